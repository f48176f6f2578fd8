"""explain shows the rows that the mart added up: for every number that has an observation model, at every scope."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from ingestion.errors import ConfigurationError
from orchestration.cli import app
from orchestration.explain.evidence import (
    COLUMNS,
    Makings,
    Model,
    find_makings,
    registered,
)
from orchestration.explain.listing import listed_rows
from orchestration.explain.number import (
    Explanation,
    Part,
    duration_value,
    explain,
    factor_of,
    write_rows,
)
from orchestration.explain.question import (
    Question,
    UnknownNumberError,
    find_definition,
    parse_month,
    records,
    relation_columns,
)
from orchestration.explain.relations import COUNTS, DURATIONS, EVIDENCE, WHOLE, Kind
from orchestration.explain.show import print_explanation
from orchestration.terminal import Terminal
from orchestration.warehouse import open_read_only

KEY = ("month", "clock", "layer", "variant")
FIGURES = ("numerator", "denominator", "n", "value")
COMPARED = (
    "tenant_id",
    "kpi_id",
    "stat",
    "status",
    *KEY,
    "scope_type",
    "scope_id",
    "unit",
    *FIGURES,
)
JANUARY = date(2026, 1, 1)


def test_month_is_parsed_and_nonsense_is_named() -> None:
    assert parse_month("2026-10") == date(2026, 10, 1)
    for text in ("2026", "2026-13", "October", "2026-10-01"):
        with pytest.raises(ConfigurationError, match="2026-10"):
            parse_month(text)


@pytest.mark.parametrize(
    ("stat", "expected"),
    [("median", 25.0), ("mean", 25.0), ("p90", 37.0), ("p10", 13.0), ("min", 10.0), ("max", 40.0)],
)
def test_durations_are_interpolated_between_ranks(stat: str, expected: float) -> None:
    assert duration_value(stat, [40, 10, 30, 20]) == pytest.approx(expected)
    assert duration_value(stat, []) is None


def _part(stat: str, kind: Kind, mart: dict[str, Any], rows: list[dict[str, Any]]) -> Part:
    return Part({"stat": stat, "unit": "%", "value": None, **mart}, rows, kind)


def test_a_row_too_few_or_a_changed_value_is_a_disagreement() -> None:
    rows = [{"numerator": Decimal(number), "denominator": 1, "n": 1} for number in (1, 0, 1)]
    mart = {"numerator": 2, "denominator": 3, "n": 3, "value": 2 / 3}
    assert _part("ratio", Kind.COUNTS, mart, rows).disagreements == []
    assert len(_part("ratio", Kind.COUNTS, mart, rows[:2]).disagreements) == 4
    assert len(_part("ratio", Kind.COUNTS, mart | {"value": 0.66}, rows).disagreements) == 1
    seconds = [{"seconds": number} for number in (10, 20, 90)]
    mart = {"numerator": 120, "denominator": 3, "n": 3, "value": 20}
    assert _part("median", Kind.DURATIONS, mart, seconds).disagreements == []
    assert _part("median", Kind.DURATIONS, mart, [*seconds[:2], {"seconds": 91}]).disagreements


_KEPT = {
    **{"tenant_id": "main", "month": date(2026, 1, 1), "kpi_id": "csat", "kpi_version": 1},
    **{"stat": "ratio", "clock": "none", "layer": "none", "variant": "none", "unit": "%"},
    **{"scope_type": "company", "scope_id": "company", "is_governed": True, "value_text": None},
    **{"value": Decimal("0.8"), "numerator": 8, "denominator": 10, "n": 10},
    **{"ci_low": Decimal("0.49"), "ci_high": Decimal("0.94"), "target": Decimal("0.85")},
    **{"target_high": None, "target_class": "B", "target_version_id": "t1", "direction": "higher"},
    **{"amber_tolerance": Decimal("0.02"), "status": "red", "status_reason": None},
    "provisional_reason": None,
    **{"gap_to_target": Decimal("-0.05"), "accountable_role": "team_lead"},
    **{"accountable_person": "key", "accountable_name": "Ada", "close_state": "restated"},
    **{"value_presented": Decimal("0.9"), "n_presented": 10, "status_presented": "green"},
    **{"presented_as_of": datetime(2026, 2, 8, 6, tzinfo=UTC)},
}
_RESTATED = {
    **{"old_value": Decimal("0.9"), "new_value": Decimal("0.8"), "old_status": "green"},
    **{"new_status": "red", "reason_code": "survey_changed", "detail": "1 answer"},
    "detected_at": datetime(2026, 2, 20, tzinfo=UTC),
}


def _printed(facts: dict[str, Any], rows: list[dict[str, Any]], restated: list[Any]) -> str:
    part = Part(facts, rows, Kind.COUNTS, restatements=restated)
    card = ("name", "formula", "numerator_meaning", "denominator_meaning", "attribution", "period")
    definition = {name: name for name in card} | {
        **{"kpi_version": 1, "definition_hash": "hash", "stat": "ratio", "companions": None},
    }
    explanation = Explanation(
        Question("csat", date(2026, 1, 1)),
        "company",
        definition,
        Model("m", Kind.COUNTS),
        [part],
        [("tickets excluded: spam", 3)],
    )
    file = io.StringIO()
    print_explanation(Terminal(file=file), explanation)
    return file.getvalue()


def test_a_closed_month_shows_presented_against_current_with_the_reason() -> None:
    rows = [{"numerator": number < 8, "denominator": 1, "n": 1} for number in range(10)]
    said = _printed(_KEPT, rows, [_RESTATED])
    for text in (
        "presented      90.0%, n 10, on target, as known at 2026-02-08 06:00 UTC",
        "known now      80.0%, n 10, off target",
        "restated       2026-02-20 90.0% → 80.0%, on target → off target: survey_changed, 1 answer",
        "misses the target by 5.0%, more than the tolerance of 2.0%",
        "team_lead · Ada",
        "10, which add up to the mart exactly",
        "3  tickets excluded: spam",
    ):
        assert text in said, said
    same = _KEPT | {"value_presented": _KEPT["value"], "close_state": "frozen"}
    assert "known now      as presented" in _printed(same, rows, [])
    never = _KEPT | {"presented_as_of": None, "close_state": "open"}
    assert "presented" not in _printed(never, rows, [])
    assert "which do not add up: numerator 7" in _printed(_KEPT, rows[1:], [])


@pytest.fixture(scope="module")
def connection(
    simulated_warehouse: tuple[Path, datetime],
) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_read_only(simulated_warehouse[0]) as opened:
        yield opened


SCOPE_COLUMNS = {
    "platform": "platform",
    "marketplace_account": "marketplace_account_id",
    "channel": "channel_id",
    "team": "team_id",
    "agent": "agent_key",
}


def scopes_of(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The scopes a row belongs to, as the catalogue says: its own places, its agent, its subject, the company."""
    yield "company", "company"
    for scope_type, column in SCOPE_COLUMNS.items():
        if row[column] is not None:
            yield scope_type, row[column]
    if row["subject_type"] is not None and row["subject_id"] is not None:
        yield row["subject_type"], row["subject_id"]


UNIONS = {Kind.COUNTS: COUNTS, Kind.DURATIONS: DURATIONS, Kind.RECOMPUTED: EVIDENCE}


@pytest.fixture(scope="module")
def united(connection: duckdb.DuckDBPyConnection) -> dict[Kind, Model]:
    """The rows of all models, read for all KPIs at once: 140 KPIs would cost minutes one by one."""
    found = {}
    for kind, relation in UNIONS.items():
        table = f"all_{relation}"
        connection.execute(f"create temp table {table} as select * from intermediate.{relation}")
        assert relation_columns(connection, "intermediate", relation) >= COLUMNS[kind]
        found[kind] = Model(table, kind, schema="")
    return found


@pytest.fixture(scope="module")
def makings(connection: duckdb.DuckDBPyConnection, united: dict[Kind, Model]) -> dict[str, Makings]:
    """What explain finds out about one KPI, told by the rows themselves."""

    def made(columns: str, relation: str) -> dict[str, set[tuple[str, ...]]]:
        found: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for kpi_id, *key in connection.execute(
            f"select distinct kpi_id, {columns} from {relation}"
        ).fetchall():
            found[kpi_id].add(tuple(key))
        return found

    keys = "clock, layer, variant"
    counts = made(f"stat, {keys}, computed_in", united[Kind.COUNTS].address)
    durations = made(keys, united[Kind.DURATIONS].address)
    whole = made(f"stat, {keys}, scope_type, computed_in", f"intermediate.{WHOLE}")
    found = {}
    for definition in records(
        connection,
        "select kpi_id, stat, computed_in from governance_review.kpi_definitions "
        "where computed_in is not null and valid_to is null order by kpi_id",
        [],
    ):
        kpi = definition["kpi_id"]
        kind, counted_facts = registered(connection, kpi)
        found[kpi] = Makings(
            Model(definition["computed_in"], kind),
            counted_facts,
            {tuple(key): model for *key, model in counts[kpi]},
            frozenset(durations[kpi]),
            {tuple(key): model for *key, model in whole[kpi]},
        )
    return found


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Kind.COUNTS, Kind.RECOMPUTED])
def test_the_members_are_the_union_row_for_row(
    connection: duckdb.DuckDBPyConnection, united: dict[Kind, Model], kind: Kind
) -> None:
    added = "select computed_in, count(*), sum(cast(hash(found) as hugeint)) from {} as found group by all"
    whole = connection.execute(added.format(united[kind].address)).fetchall()
    members = connection.execute(
        "select table_name from information_schema.tables where table_schema = ? order by all",
        [UNIONS[kind]],
    ).fetchall()
    alone = [
        row
        for (name,) in members
        for row in connection.execute(added.format(f"{UNIONS[kind]}.{name}")).fetchall()
    ]
    assert sorted(alone) == sorted(whole)
    assert {model for model, *_ in whole} <= {name for (name,) in members}
    assert len(whole) >= 15


@pytest.fixture(scope="module")
def counted(
    connection: duckdb.DuckDBPyConnection, united: dict[Kind, Model]
) -> dict[str, set[tuple[str, str]]]:
    """Keys of what each KPI counts, companions aside, with the layers."""
    companions = {
        (kpi, name)
        for kpi, names in connection.execute(
            "select kpi_id, companions from governance_review.kpi_definitions where companions is not null"
        ).fetchall()
        for name in names.split("|")
    }
    found = defaultdict(set)
    for kind, model in united.items():
        of_company = "coalesce(scope_type, 'company') = 'company'"
        rows = connection.execute(
            f"select distinct kpi_id, variant, fact_key, layer from {model.address} "
            f"where {of_company if kind is Kind.RECOMPUTED else 'true'}"
        ).fetchall()
        for kpi, variant, key, layer in rows:
            if (kpi, variant) not in companions:
                found[kpi].add((key, layer))
    return found


CORE_KEYS = {
    "dim_tickets": "ticket_key",
    "fct_response_obligations": "obligation_key",
    "fct_sla_verdicts": "sla_verdict_key",
    "fct_resolution_cycles": "cycle_key",
    "fct_closings": "closing_key",
    "fct_assignment_spans": "span_key",
    "fct_messages": "message_key",
    "fct_ticket_events": "event_key",
    "fct_satisfaction_responses": "response_key",
    "fct_qa_reviews": "review_key",
}


@pytest.mark.slow
def test_the_registry_names_the_facts_that_a_kpi_counts(
    connection: duckdb.DuckDBPyConnection, counted: dict[str, set[tuple[str, str]]]
) -> None:
    """All of them, and no others: what was left out of a number is sought there."""
    keys = {
        table: {
            found for (found,) in connection.execute(f"select {key} from core.{table}").fetchall()
        }
        for table, key in CORE_KEYS.items()
    }
    everything = set().union(*keys.values())
    wrong = []
    for kpi, rows in counted.items():
        mine = {key for key, _ in rows} & everything
        _, named = registered(connection, kpi)
        if unnamed := mine.difference(*(keys[table] for table in named)):
            wrong.append(f"{kpi}: {len(unnamed)} rows of no table that it names")
        wrong += [f"{kpi}: no row of {table}" for table in named if not mine & keys[table]]
    assert wrong == []
    assert len(counted) > 100


@pytest.mark.slow
def test_what_may_be_missing_names_the_kpis_that_count_it(
    connection: duckdb.DuckDBPyConnection, counted: dict[str, set[tuple[str, str]]]
) -> None:
    expected = defaultdict(set)
    for kpi, rows in counted.items():
        for key, layer in rows:
            expected[(key, layer)].add(kpi)
            expected[(key, "none")].add(kpi)
    rows = connection.execute(
        "select fact_key, layer, counted_by from intermediate.int_kpi_left_out"
    ).fetchall()
    wrong = [
        (key, layer, kpis)
        for key, layer, kpis in rows
        if (kpis.split("|") if kpis else []) != sorted(expected[(key, layer)])
    ]
    assert wrong == []
    assert {kpis is None for _, _, kpis in rows} == {True, False}


def disagreements_of(
    connection: duckdb.DuckDBPyConnection,
    kpi_id: str,
    makings: Makings,
    united: dict[Kind, Model],
) -> tuple[int, list[str]]:
    """All rows of the mart of one KPI against its observations, added up here scope by scope: how many, what not."""
    definition = find_definition(connection, kpi_id)
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for kind in (Kind.COUNTS, Kind.DURATIONS):
        for row in listed_rows(connection, united[kind], {"kpi_id": kpi_id}):
            own = (kind.value, row["stat"], *(row[name] for name in KEY))
            for scope in scopes_of(row):
                found[(own, scope)].append(row)
    mart = records(
        connection,
        f"select {', '.join(COMPARED)} from governance_review.kpi_monthly where kpi_id = ?",
        [kpi_id],
    )
    compared, wrong = 0, []
    for facts in mart:
        kind = makings.kind_of(facts)
        if kind in (Kind.COUNTS, Kind.DURATIONS):
            stat = facts["stat"] if kind is Kind.COUNTS else None
            key = tuple(facts[name] for name in KEY)
            scope = (facts["scope_type"], facts["scope_id"])
            rows = found.get(((kind.value, stat, *key), scope), [])
            if not rows and not any(facts[name] for name in FIGURES):
                compared += 1  # most of the grid: nothing happened, and nothing is said
                continue
            part = Part(facts, rows, kind, factor_of(definition, facts))
            compared += 1
            wrong += [
                f"{kpi_id} {facts['stat']} {key} {scope}: {text}" for text in part.disagreements
            ]
    return compared, wrong


@pytest.mark.slow
def test_every_number_of_the_mart_is_the_sum_of_its_rows(
    connection: duckdb.DuckDBPyConnection,
    makings: dict[str, Makings],
    united: dict[Kind, Model],
) -> None:
    found = {kpi: disagreements_of(connection, kpi, made, united) for kpi, made in makings.items()}
    assert [text for _, wrong in found.values() for text in wrong] == []
    assert len([kpi for kpi, (compared, _) in found.items() if compared]) >= 60
    # Nothing that has rows is left uncompared, except what a missing input makes unmeasurable.
    unmeasured = connection.execute(
        "select kpi_id from governance_review.kpi_monthly group by kpi_id "
        "having bool_and(status = 'grey_not_measurable')"
    ).fetchall()
    uncompared = {
        kpi
        for kpi, made in makings.items()
        if (made.counts or made.durations) and not found[kpi][0]
    }
    assert uncompared <= {kpi for (kpi,) in unmeasured}


@pytest.mark.slow
def test_every_number_computed_as_a_whole_lists_the_rows_it_was_computed_from(
    connection: duckdb.DuckDBPyConnection,
    makings: dict[str, Makings],
    united: dict[Kind, Model],
) -> None:
    """Of one month, every KPI, statistic, variant and scope: numerator, denominator and n are those of the rows."""
    compared: dict[str, int] = defaultdict(int)
    wrong = []
    for kpi_id, made in makings.items():
        found: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
        for model in sorted(set(made.whole.values())):
            asked = {"kpi_id": kpi_id, "month": JANUARY, "computed_in": model}
            for row in listed_rows(connection, united[Kind.RECOMPUTED], asked):
                named = [(row["scope_type"], row["scope_id"])] if row["scope_type"] else None
                for scope in named or scopes_of(row):
                    found[model, row["layer"] or "none", row["variant"], *scope].append(row)
        mart = records(
            connection,
            "select * from governance_review.kpi_monthly where kpi_id = ? and month = ?",
            [kpi_id, JANUARY],
        )
        for facts in mart:
            key = ("layer", "variant", "scope_type", "scope_id")
            if (whole := made.whole_model(facts)) and made.kind_of(facts) is Kind.RECOMPUTED:
                part = Part(facts, found[whole, *(facts[name] for name in key)], Kind.RECOMPUTED)
                compared[whole] += 1
                texts = part.disagreements
                if facts["n"] and not part.rows:
                    texts = [f"no rows, n {facts['n']} in the mart"]
                wrong += [f"{kpi_id} {[facts[name] for name in key]}: {text}" for text in texts]
    assert wrong == []
    assert len(compared) >= 15, sorted(compared)


@pytest.mark.slow
def test_what_explain_reads_of_one_kpi_is_its_part_of_the_whole(
    connection: duckdb.DuckDBPyConnection, makings: dict[str, Makings]
) -> None:
    """The roll-ups name the models that the rows are from; every kind of KPI but none occurs."""
    assert {made.model.kind for made in makings.values()} == set(Kind) - {Kind.NONE}
    for kpi_id, made in makings.items():
        assert find_makings(connection, find_definition(connection, kpi_id)) == made, kpi_id


@pytest.mark.slow
def test_the_registry_says_what_the_rows_of_a_kpi_are(
    connection: duckdb.DuckDBPyConnection, makings: dict[str, Makings]
) -> None:
    """Of every KPI that has numbers: its governed statistic is made as its card says."""
    governed = connection.execute(
        "select distinct kpi_id, stat, clock, layer, variant, scope_type, status from governance_review.kpi_monthly "
        "where is_governed and status not in ('grey_not_measurable') and n > 0 and scope_type = 'company'"
    ).fetchall()
    names = ("stat", "clock", "layer", "variant", "scope_type", "status")
    wrong = {
        kpi_id: (made.model.kind, kind)
        for kpi_id, *key in governed
        if (made := makings.get(kpi_id))
        and (kind := made.kind_of(dict(zip(names, key, strict=True)))) is not made.model.kind
    }
    assert wrong == {}
    assert len({kpi_id for kpi_id, *_ in governed}) > 80


@pytest.mark.slow
def test_a_companion_of_a_rate_per_100_is_a_plain_share(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    units = connection.execute(
        "select distinct variant, unit from governance_review.kpi_monthly where kpi_id = 'contact_rate' order by 1"
    ).fetchall()
    assert ("unlinked_share", "%") in units
    assert {unit for variant, unit in units if variant != "unlinked_share"} == {"per 100"}


@pytest.mark.slow
def test_explain_itself_agrees_at_every_kind_of_scope(
    simulated_warehouse: tuple[Path, datetime], connection: duckdb.DuckDBPyConnection
) -> None:
    # One number of every second model, chosen by hash, so that all kinds of scope occur.
    asked = connection.execute(
        """
        select distinct kpi_id, month, scope_type, scope_id from (
            select
                numbers.*,
                definitions.computed_in,
                row_number() over (
                    partition by definitions.computed_in
                    order by hash(numbers.kpi_id || scope_type), hash(scope_id || cast(month as varchar))
                ) as place
            from governance_review.kpi_monthly as numbers
            inner join governance_review.kpi_definitions as definitions using (kpi_id)
            where month >= date '2025-12-01' and status <> 'grey_not_measurable'
        )
        where place = 1 and hash(computed_in) % 2 = 0
        order by 1, 2, 3, 4
        """
    ).fetchall()
    assert {scope_type for _, _, scope_type, _ in asked} >= {"company", "agent", "team"}
    wrong = []
    for kpi_id, month, scope_type, scope_id in asked:
        (found,) = explain(simulated_warehouse[0], Question(kpi_id, month, scope_type, scope_id))
        for part in found.parts:
            wrong += [
                f"{kpi_id} {month} {scope_type} {scope_id}: {text}" for text in part.disagreements
            ]
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("kpi", ["sla_compliance", "frt", "tag_share", "cost_per_unit"])
def test_a_cut_list_says_the_same_of_the_number(
    simulated_warehouse: tuple[Path, datetime], kpi: str
) -> None:
    """Of counts, durations and numbers computed as a whole: sums, values and persons are those of all rows."""
    # of January no costs are booked yet
    question = Question(kpi, date(2025, 12, 1))
    (whole,), (cut,) = (
        explain(simulated_warehouse[0], question),
        explain(simulated_warehouse[0], question, 3),
    )
    assert cut.left_out == whole.left_out
    assert any(part.count > 3 for part in cut.parts)
    for all_of, some_of in zip(whole.parts, cut.parts, strict=True):
        assert len(some_of.rows) == min(3, all_of.count)
        assert all(row in all_of.rows for row in some_of.rows)
        for name in ("count", "found", "agent_keys", "disagreements"):
            assert getattr(some_of, name) == getattr(all_of, name), (all_of.facts, name)
        assert some_of.value_found == pytest.approx(all_of.value_found)


@pytest.mark.slow
def test_the_csv_holds_every_row_and_the_exclusions_are_said(
    simulated_warehouse: tuple[Path, datetime], tmp_path: Path
) -> None:
    warehouse, _ = simulated_warehouse
    (found,) = explain(
        warehouse,
        Question("sla_compliance_first_reply", date(2026, 1, 1), layer="internal", variant="none"),
    )
    assert [part.facts["layer"] for part in found.parts] == ["internal"]
    path = tmp_path / "rows.csv"
    assert write_rows([found], path) == found.parts[0].facts["n"] > 0
    with path.open(encoding="utf-8-sig", newline="") as handle:
        lines = list(csv.DictReader(handle))
    assert sum(Decimal(line["numerator"]) for line in lines) == found.parts[0].facts["numerator"]
    assert sum(found.parts[0].owner_rules().values()) == len(lines)
    assert any(reason.startswith("tickets excluded: spam") for reason, _ in found.left_out)
    assert any(reason.startswith("turns waived") for reason, _ in found.left_out)


@pytest.mark.slow
def test_what_is_left_out_is_counted_once_and_not_in_the_number(
    simulated_warehouse: tuple[Path, datetime], connection: duckdb.DuckDBPyConnection
) -> None:
    (found,) = explain(simulated_warehouse[0], Question("contact_volume", date(2026, 1, 1)))
    turns, excluded, waived = connection.execute(
        "select count(*), count(*) filter (where state = 'excluded'), "
        "count(*) filter (where state = 'waived') from core.fct_response_obligations "
        "where started_at >= timestamp '2025-12-31 23:00' and started_at < timestamp '2026-01-31 23:00' "
        "and kind in ('first', 'next')"
    ).fetchall()[0]
    absent = dict(found.left_out)
    said = sum(count for reason, count in absent.items() if reason.startswith("turns excluded"))
    assert said == excluded
    assert found.parts[0].facts["n"] + excluded == turns
    # A waived turn is a contact all the same, so contact volume must not call it left out.
    assert waived > 0
    assert not any(reason.startswith("turns waived") for reason in absent)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "says"),
    [
        (Question("ftr", date(2026, 1, 1)), "frt"),
        (
            Question("frt", date(2001, 1, 1)),
            r"2001-01 and company; it has the months \d{4}-\d\d to \d{4}-\d\d\.$",
        ),
        (Question("frt", date(2026, 1, 1), "agent", "nobody"), "no agent nobody in the mart"),
        (Question("frt", date(2026, 1, 1), "channel", "pigeon"), "Amazon.de"),
        (Question("csat", date(2026, 1, 1), layer="internal"), "no layers"),
        (Question("frt", date(2026, 1, 1), variant="30d"), "no variants"),
    ],
)
def test_what_does_not_exist_is_named_with_what_does(
    simulated_warehouse: tuple[Path, datetime], question: Question, says: str
) -> None:
    with pytest.raises(UnknownNumberError, match=says):
        explain(simulated_warehouse[0], question)


@pytest.mark.slow
def test_names_of_any_case_are_taken_for_their_scope(
    simulated_warehouse: tuple[Path, datetime], connection: duckdb.DuckDBPyConnection
) -> None:
    channel_id, name = connection.execute(
        "select min_by(channel_id, channel_id), min_by(name, channel_id) from core.dim_channels "
        "where platform = 'amazon'"
    ).fetchall()[0]
    (found,) = explain(
        simulated_warehouse[0], Question("frt", date(2026, 1, 1), "channel", name.upper())
    )
    assert found.scope_id == channel_id


@pytest.mark.slow
def test_the_command_prints_the_number_and_its_rows_in_a_pipe(
    simulated_warehouse: tuple[Path, datetime], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DESKHOUSE_HOME", str(simulated_warehouse[0].parent))
    path = tmp_path / "rows.csv"
    asked = ["explain", "sla_compliance_first_reply", "2026-01", "--platform", "amazon"]
    result = CliRunner().invoke(app, [*asked, "--layer", "marketplace", "--csv", str(path)])
    assert result.exit_code == 0, result.output
    for text in (
        "met over met and breached",
        "which add up to the mart exactly",
        "owners by rule",
        "responder",
        "Not in the number",
        "close state",
        f"rows written to {path}",
    ):
        assert text in result.output
    assert "\x1b[" not in result.output
    unmeasurable = CliRunner().invoke(app, ["explain", "wmt_response_rate", "2026-01"])
    assert unmeasurable.exit_code == 0
    assert "none: no platform of the tenant publishes it" in unmeasurable.output
    two = CliRunner().invoke(app, ["explain", "frt", "2026-01", "--agent", "a", "--team", "b"])
    assert two.exit_code == 2
    assert "one scope only" in two.output


def test_without_a_warehouse_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"deskhouse run first.*DESKHOUSE_HOME"):
        explain(tmp_path / "warehouse.duckdb", Question("frt", date(2026, 1, 1)))
