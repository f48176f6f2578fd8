"""Exports of three kinds of tools end in the values that a second computation counts from the exports alone."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.e2e.files_home import (
    AS_OF,
    CALLS,
    INBOX,
    NOWHERE,
    TENANTS,
    TICKETS,
    House,
    shared_house,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

MONTH = "2026-10-01"
Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return shared_house(tmp_path_factory)


@pytest.fixture(scope="module")
def marts(house: House) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(house.marts), read_only=True) as connection:
        yield connection


def _kpi(
    marts: duckdb.DuckDBPyConnection, tenant: str, kpi: str, scope: str = "company", **more: str
) -> dict[str, dict[str, Any]]:
    """Rows of a KPI by the id of their scope; of persons by the id that their tool gives them."""
    wanted = {"layer": "none", "clock": "none"} | more
    rows = marts.execute(
        """
        select coalesce(agents.agent_id, tags.tag_id, kpi.scope_id) as scope, kpi.*
        from governance_review.kpi_monthly as kpi
        left join core.dim_agents as agents on kpi.scope_id = agents.agent_key
        left join core.dim_tags as tags on kpi.scope_id = tags.tag_key
        where kpi.tenant_id = ? and kpi.kpi_id = ? and kpi.month = cast(? as date) and scope_type = ?
            and layer = ? and kpi.clock = ? and coalesce(?, stat) = stat and kpi.variant = coalesce(?, (
                select max(governed_variant) from governance_review.kpi_definitions as definitions
                where definitions.kpi_id = kpi.kpi_id
            ))
        """,
        [
            tenant,
            kpi,
            MONTH,
            scope,
            wanted["layer"],
            wanted["clock"],
            more.get("stat"),
            more.get("variant"),
        ],
    )
    names = [column[0] for column in rows.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows.fetchall()}


def _one(marts: duckdb.DuckDBPyConnection, tenant: str, kpi: str, **more: str) -> dict[str, Any]:
    (row,) = _kpi(marts, tenant, kpi, **more).values()
    return row


def test_speed_of_answer_and_missed_calls(marts: duckdb.DuckDBPyConnection) -> None:
    waits = [int(line["Wait"]) for line in CALLS.answered]
    offered, missed = len(CALLS.offered), len(CALLS.offered) - len(waits)
    asa = _one(marts, "strict", "asa", clock="calendar", stat="mean")
    assert (int(asa["numerator"]), asa["n"]) == (sum(waits), len(waits))
    for kpi in ("abandonment_rate", "missed_contact_rate"):
        row = _one(marts, "strict", kpi)
        assert (int(row["numerator"]), int(row["denominator"])) == (missed, offered)


@pytest.mark.parametrize(
    ("tenant", "policy"),
    [("strict", "count_as_missed"), ("normal", "treat_normally"), ("mild", "ignore")],
)
def test_missed_calls_three_ways(
    marts: duckdb.DuckDBPyConnection, tenant: str, policy: str
) -> None:
    row = _one(marts, tenant, "sla_compliance_first_reply", layer="internal", variant="none")
    assert (int(row["numerator"]), int(row["denominator"])) == CALLS.compliance(policy)


def test_talking_time_and_transfers(marts: duckdb.DuckDBPyConnection) -> None:
    """A call back is no contact of its own, and the missed one that it answers was not handled as a call."""
    talked = sum(int(line["Talk"]) for line in CALLS.answered)
    handled = _one(marts, "strict", "aht", stat="mean")
    assert (int(handled["numerator"]), handled["n"]) == (talked, len(CALLS.answered))
    row = _one(marts, "strict", "transfer_rate")
    assert 0 < CALLS.transfers < sum(line["Result"] == "transferred" for line in CALLS.lines)
    assert (int(row["numerator"]), int(row["denominator"])) == (
        CALLS.transfers,
        len(CALLS.answered),
    )


def test_reaction_time_of_each_operator(marts: duckdb.DuckDBPyConnection) -> None:
    rows = _kpi(marts, "social", "reaction_time", "agent", clock="calendar", stat="mean")
    found = {who: (int(row["numerator"]), row["n"]) for who, row in rows.items() if row["n"]}
    assert found == {who: (sum(each), len(each)) for who, each in INBOX.reactions.items()}


@pytest.mark.parametrize("kpi", ["closed_with_reply", "closed_without_reply", "comments_deleted"])
def test_the_log_of_each_operator(marts: duckdb.DuckDBPyConnection, kpi: str) -> None:
    rows = _kpi(marts, "social", kpi, "agent")
    found = {who: int(row["value"]) for who, row in rows.items() if row["value"]}
    assert found == {who: count for (what, who), count in INBOX.counts.items() if what == kpi}


def test_blocked_authors_and_deletions_are_found_again(marts: duckdb.DuckDBPyConnection) -> None:
    rows: Rows = marts.execute(
        """
        select action_type, agents.agent_id, count(*) from agent_sla.agent_actions
        join core.dim_agents as agents using (agent_key) where agent_actions.tenant_id = 'social'
            and action_type in ('author_blocked', 'message_deleted', 'message_hidden') group by all
        """
    ).fetchall()
    blocked = {who: count for what, who, count in rows if what == "author_blocked"}
    assert blocked == {
        who: n for (what, who), n in INBOX.counts.items() if what == "author blocked"
    }
    gone: Counter[str] = Counter()
    for what, who, count in rows:
        gone[who] += count * (what != "author_blocked")
    assert +gone == {
        who: n for (what, who), n in INBOX.counts.items() if what == "comments_deleted"
    }


def test_a_list_tells_volumes_reasons_and_ratings(marts: duckdb.DuckDBPyConnection) -> None:
    assert int(_one(marts, "list", "ticket_volume")["value"]) == 50
    reasons = _kpi(marts, "list", "tag_volume", "reason")
    expected = Counter(line["Reason"] for line in TICKETS.lines)
    assert {name: int(row["value"]) for name, row in reasons.items() if row["value"]} == expected
    rated = [int(line["Rating"]) for line in TICKETS.lines if line["Rating"]]
    csat = _one(marts, "list", "csat")
    assert int(csat["numerator"]) == sum(one >= 4 for one in rated)
    assert int(csat["denominator"]) == len(rated)


def test_a_list_tells_first_responses_and_last_resolutions(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    for kpi, seconds in (
        ("frt", TICKETS.first_responses),
        ("full_resolution_time", TICKETS.resolutions),
    ):
        row = _one(marts, "list", kpi, clock="calendar", stat="mean")
        assert (int(row["numerator"]), row["n"]) == (sum(seconds), len(seconds)), kpi


@pytest.mark.parametrize(
    ("kpi", "missing"),
    [
        ("nrt", "no source delivers messages"),
        ("contact_volume", "no source delivers messages"),
        ("replies_sent", "no source delivers messages"),
        ("internal_notes", "no source delivers messages"),
        ("reopen_rate", "no source of the tenant has the capability event_log"),
        ("backlog", "no source of the tenant has the capability event_log"),
        ("comments_deleted", "no source of the tenant has the capability delete_log"),
        ("aht", "no source of the tenant has the capability handle_time"),
    ],
)
def test_what_a_list_cannot_tell_is_grey_with_its_reason(
    marts: duckdb.DuckDBPyConnection, kpi: str, missing: str
) -> None:
    rows = marts.execute(
        "select distinct status, status_reason, value from governance_review.kpi_monthly "
        "where tenant_id = 'list' and kpi_id = ? and month = cast(? as date) and scope_type = 'company'",
        [kpi, MONTH],
    ).fetchall()
    assert rows == [("grey_not_measurable", missing, None)]


def test_check_said_before_the_run_what_the_run_measures(
    house: House, marts: duckdb.DuckDBPyConnection
) -> None:
    from ingestion.config import IngestionSettings, parse_instant
    from orchestration.landing_check import check_folder

    settings = IngestionSettings(house.folder / "nowhere", parse_instant(AS_OF))
    verdicts = check_folder(settings, house.landing).verdicts
    grey = set(
        marts.execute(
            """
            select tenant_id, kpi_id from governance_review.kpi_monthly
            where month = cast(? as date) and scope_type = 'company'
            group by all having bool_and(status = 'grey_not_measurable')
            """,
            [MONTH],
        ).fetchall()
    )
    shown = set(
        marts.execute(
            "select distinct tenant_id, kpi_id from governance_review.kpi_monthly "
            "where month = cast(? as date) and scope_type = 'company'",
            [MONTH],
        ).fetchall()
    )
    said = {(one.tenant_id, one.kpi_id): one.missing is not None for one in verdicts}
    assert {tenant for tenant, _ in said} == {*TENANTS}
    wrong = {key: said[key] for key in shown & said.keys() if said[key] != (key in grey)}
    assert wrong == {}
    assert len(shown & said.keys()) > 500


def test_names_and_texts_stay_outside(house: House) -> None:
    outside = (
        "Fan Number",
        "rec1.wav",
        "Please, call me",
        "buyer1@example.org",
        "fan7",
        "Where is my parcel",
    )
    with duckdb.connect(str(house.home / "warehouse.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where schema_name = 'raw_landing'"
        ).fetchall()
        for schema, table in tables:
            rows = connection.execute(f'select * from "{schema}"."{table}"').fetchall()
            text = json.dumps(rows, default=str).lower()
            assert not [word for word in outside if word.lower() in text], table


def test_the_second_run_read_nothing_and_columns_that_are_not_used_are_named(house: House) -> None:
    checked = house.said("check")
    assert checked.code == 0, checked.out + checked.err
    assert "does not use the column trunk" in checked.out
    assert "KPIs of list" in checked.out
    assert house.said("again").code == 0, house.said("again").err
    with duckdb.connect(str(house.home / "warehouse.duckdb"), read_only=True) as connection:
        changed = connection.execute(
            "select count(distinct _dlt_load_id) from raw_landing.tickets"
        ).fetchall()
        parts = connection.execute(
            "select file_name, state from raw_landing.landing_files where profile = 'telephone_calls' order by 1"
        ).fetchall()
    assert changed == [(1,)]
    assert ("calls_mild.csv (messages)", "loaded") in parts


def test_an_unreachable_vendor_does_not_keep_the_files_from_being_published(
    house: House, marts: duckdb.DuckDBPyConnection
) -> None:
    """Of which nothing was ever loaded; the run says so and ends with a code of its own."""
    done = house.said("run")
    assert done.code == 3, done.out + done.err
    said = " ".join((done.out + done.err).split())
    assert "zendesk" in said.lower() and NOWHERE in said
    assert "Traceback" not in done.err
    ((found,),) = marts.execute("select count(*) from core.fct_response_obligations").fetchall()
    assert found > 0


def test_the_exports_are_what_they_seem(house: House) -> None:
    """The second computation reads the same file that the run read."""
    text = (house.landing / "calls_mild.csv").read_bytes().decode("windows-1252")
    lines = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [line["Call ID"] for line in lines] == [line["Call ID"] for line in CALLS.lines]
