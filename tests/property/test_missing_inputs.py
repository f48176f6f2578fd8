"""What a source cannot know never looks like zero: each canonical table and each capability is taken away in turn.

One warehouse holds a whole seller and, for every table and capability, the same seller without it, each a tenant. Every
number of such a tenant is exactly what it was, or null with the reason; what may differ otherwise is listed here, each
with why.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from orchestration.explain.number import Part, explain
from orchestration.explain.question import Question
from tests.landing_builder import Desk, write
from tests.oracle.comparison.compare import compare_core, compare_kpis
from tests.oracle.comparison.registry import MARTS, compared
from tests.oracle.scorecards import test_fairness
from tests.pipeline import run_landing
from tests.property.whole_world import (
    AS_OF,
    CAPABILITIES,
    inbox_desk,
    mixed_desk,
    whole_desk,
)
from tests.shared_build import built_once, held_for_reading

CONTRACT = Path(__file__).parents[2] / "ingestion" / "canonical.yml"
TABLES = tuple(
    name
    for name in yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    if name not in ("envelope", "tenants", "source_capabilities")
)
REMOVALS = (*(f"no_{table}" for table in TABLES), *(f"not_{name}" for name in CAPABILITIES))
ABOUT_ROWS = {"freshness_lag", "load_completeness", "unmapped_rate", "late_arrival_rate"}
"""What they count are the rows of the tables themselves."""
ANOTHER_RULE = {
    "no_sla_policies": "the policies of the seed come into force",
    "no_incident_windows": "what fell due inside the incident is judged like everything else",
}
REQUESTS_COUNT_TOO = {
    *("sla_compliance", "sla_breach_count", "sla_overrun", "sla_at_risk", "unanswered_overdue"),
    *("policy_coverage", "clock_anomaly_rate", "time_precision_share", "agent_consistency"),
}
"""They add requests of buyers to their messages; most sellers have no requests, so these are no input of theirs."""
BY_BUSINESS_TIME = {"sdr_bd", "speed_volume_verdict"}
MAY_DIFFER = {
    "no_order_defects": REQUESTS_COUNT_TOO,
    "no_orders": REQUESTS_COUNT_TOO,
    "no_sla_targets": {"policy_coverage"},  # says that there are none: 0 %
    "no_business_calendars": {"speed_volume_verdict"},  # speed is read on the calendar clock
    "no_calendar_hours": {"speed_volume_verdict"},
    "no_teams": BY_BUSINESS_TIME,  # without teams somebody is always at work
}
COMPANY = {"company"}
COMPANY_SCOPE = ("company", "company")
NOT_OF_PERSONS = {"company", "platform", "marketplace_account", "channel"}
SCOPES = {
    "no_channels": COMPANY,
    "no_marketplace_accounts": COMPANY,
    "no_teams": COMPANY,
    "no_team_membership": COMPANY,
    "no_orders": COMPANY,  # a request has no place but its order's
    "no_tickets": COMPANY,
    "no_tags": {*NOT_OF_PERSONS, "team", "agent"},
    "no_ticket_events": NOT_OF_PERSONS,  # without a log a ticket was always whose it is now
}
"""Scopes in which numbers are compared where the rows of the table say what belongs to which scope."""
WORDS = {
    "no_account_health_snapshots": ("health_snapshots", "publishes"),
    "no_business_calendars": ("opening hours", "business_calendar"),
    "no_calendar_hours": ("opening hours",),
    "no_sla_targets": ("target",),
    "no_tags": ("reason_tags",),
    "no_channels": ("channels", "amazon_messages"),
    "no_marketplace_accounts": ("marketplace_accounts", "amazon_messages"),
    "no_teams": ("opening hours", "team"),
    "no_messages": ("messages", "live contacts"),
    "no_tickets": ("tickets", "messages", "ticket_events", "responses", "live contacts"),
    "no_handle_sessions": ("handle_sessions",),
}
"""Words of which the reason has one; else it names the table or the capability."""
Number = tuple[Any, ...]
KEY = ("month", "kpi_id", "stat", "clock", "layer", "variant", "scope_type", "scope_id")


def _desk(removal: str) -> Desk:
    desk = whole_desk(removal)
    kind, name = removal.split("_", 1)
    if kind == "no":
        assert desk.rows[name], f"the whole seller has no {name}"
        desk.rows[name] = []
    else:
        (row,) = (row for row in desk.rows["source_capabilities"] if row["capability"] == name)
        row["level"] = "none"
    return desk


@pytest.fixture(scope="session")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The warehouse of the whole seller and of all that lack something."""

    def build(home: Path) -> None:
        mixed = [mixed_desk("mixed"), inbox_desk("inbox")]
        desks = [whole_desk("whole"), *mixed, *map(_desk, REMOVALS)]
        run_landing(write(desks, home / "landing"), home, AS_OF)

    with held_for_reading(built_once(tmp_path_factory, "matrix", build)) as home:
        yield home / "warehouse.duckdb"


@pytest.fixture(scope="module")
def warehouse(matrix: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Reading connection to the matrix."""
    with duckdb.connect(str(matrix), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def months(warehouse: duckdb.DuckDBPyConnection) -> dict[str, dict[Number, dict[str, Any]]]:
    """Monthly numbers by tenant; persons by their ids, which all tenants share."""
    rows = _rows(
        warehouse,
        "select numbers.*, coalesce(agents.agent_id, numbers.scope_id) as plain_id "
        "from governance_review.kpi_monthly as numbers "
        "left join core.dim_agents as agents on numbers.scope_id = agents.agent_key",
    )
    found: dict[str, dict[Number, dict[str, Any]]] = defaultdict(dict)
    for row in rows:
        row["scope_id"] = row["plain_id"]
        found[row["tenant_id"]][tuple(row[name] for name in KEY)] = row
    return found


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _is_same(ours: Any, theirs: Any) -> bool:
    if ours is None or theirs is None or isinstance(ours, str | bool | date):
        return bool(ours == theirs)
    return math.isclose(float(ours), float(theirs), rel_tol=1e-6, abs_tol=1e-6)


def _is_measured_alike(now: dict[str, Any], whole: dict[str, Any]) -> bool:
    names = ("value", "value_text", "numerator", "denominator", "n")
    return all(_is_same(now[name], whole[name]) for name in names)


@pytest.mark.slow
@pytest.mark.parametrize("removal", [name for name in REMOVALS if name not in ANOTHER_RULE])
def test_every_monthly_number_is_what_it_was_or_grey(
    removal: str, months: dict[str, dict[Number, dict[str, Any]]]
) -> None:
    whole, now = months["whole"], months[removal]
    free = ABOUT_ROWS | MAY_DIFFER.get(removal, set())
    wrong = []
    # without tickets, or turns, the seller has no months at all
    known = {key[0] for key in now}
    alive = {(key[0], *key[6:]) for key in now}
    grey = {
        (key[0], key[1], *key[6:])
        for key, row in now.items()
        if row["status"] == "grey_not_measurable"
    }
    words = WORDS.get(removal, (removal.split("_", 1)[1],))
    for key in sorted(whole.keys() | now.keys(), key=str):
        month, kpi, _, clock, *_ = key
        is_out = key[6] not in SCOPES.get(removal, {key[6]}) or month not in known
        is_other_time = removal == "no_teams" and clock == "business"
        if kpi in free or is_out or is_other_time:
            continue
        row, before = now.get(key), whole.get(key)
        if row is None:
            # a scope that has a row of anything says so of this too, in the governed clock and statistic; one of which
            # nothing at all is known any more is told by the company, as are twin clocks
            scope = (month, *key[6:]) if (month, *key[6:]) in alive else (month, *COMPANY_SCOPE)
            is_gone = (month, kpi, *scope[1:]) in grey
            is_gone = is_gone or (clock == "business" and "opening hours" in words)
            wrong += [] if is_gone else [f"{key}: gone, was {before and before['value']}"]
        elif row["status"] == "grey_not_measurable":
            if row["value"] is not None or row["value_text"] is not None or row["n"]:
                wrong.append(f"{key}: grey with a number")
            was_grey = before is not None and before["status"] == "grey_not_measurable"
            if not was_grey and not any(word in row["status_reason"] for word in words):
                wrong.append(f"{key}: {row['status_reason']}")
        elif before is None or not _is_measured_alike(row, before):
            wrong.append(f"{key}: {row['value']} (n {row['n']}), was {before and before['value']}")
    assert now and not wrong, f"{len(wrong)} numbers: " + "\n".join(wrong[:20])


@pytest.mark.slow
def test_every_removal_that_a_card_names_is_seen(
    months: dict[str, dict[Number, dict[str, Any]]],
) -> None:
    """Otherwise the comparison would also hold of a world without the numbers."""
    measured = _measured(months["whole"])
    assert len(measured) > 100
    for removal, least in (("no_messages", 60), ("no_ticket_events", 40), ("not_event_log", 40)):
        assert len(measured - _measured(months[removal])) >= least, removal
    exact = ("resolution_volume", "full_resolution_time", "transfer_rate", "backlog", "reopen_rate")
    assert {*exact} <= _measured(months["no_messages"])
    false_zeros = (
        *("unanswered_overdue", "sla_breach_count", "sla_at_risk", "unanswered_holds"),
        *("fcr_operational", "contacts_to_resolve", "contact_volume"),
    )
    for kpi in false_zeros:
        reasons = {
            row["status_reason"] for key, row in months["no_messages"].items() if key[1] == kpi
        }
        assert {"no source delivers messages"} <= reasons, kpi
    assert "sensitive_actions" not in _measured(months["not_delete_log"])


def _measured(rows: dict[Number, dict[str, Any]]) -> set[str]:
    return {
        key[1]
        for key, row in rows.items()
        if row["status"] != "grey_not_measurable" and row["n"] and key[5] != "resolution"
    }


MIXED = {
    "mixed": (
        "no source delivers messages (log)",
        ("contact_volume", "fcr_operational", "contacts_to_resolve", "waiver_rate", "tat"),
        ("cost_per_unit",),
    ),
    "inbox": (
        "no source of the tenant has the capability event_log (inbox)",
        ("resolution_volume", "transfer_rate", "reopen_rate", "backlog_days", "macro_aht_delta"),
        ("tag_cost",),
    ),
}
"""Of a second source that tells less: the reason, KPIs of the other source alone, and costs that cannot be spread."""


@pytest.mark.slow
@pytest.mark.parametrize("tenant", MIXED)
def test_a_source_that_tells_less_beside_one_that_tells_all(
    tenant: str, months: dict[str, dict[Number, dict[str, Any]]]
) -> None:
    whole, now = months["whole"], months[tenant]
    reason, told, spread = MIXED[tenant]
    for key, row in whole.items():
        is_company = key[6] == "company"
        if key[1] in told and is_company:
            assert _is_measured_alike(now[key], row), key
        if key[1] in spread and key[5] in ("per_contact", "none") and is_company:
            grey = now[key]
            assert (grey["status"], grey["value"]) == ("grey_not_measurable", None), key
            assert grey["status_reason"] == reason
    month = sorted({key[0] for key in whole})[1]
    name = reason[reason.index("(") + 1 : -1]
    scopes = [("channel", f"{name}-mail"), ("platform", "other")]
    for kpi in told:
        governed = [k for k in whole if (k[0], k[1], *k[6:]) == (month, kpi, "channel", "mail")]
        assert governed or kpi == "macro_aht_delta", kpi
        for scope in scopes:
            rows = [r for k, r in now.items() if (k[0], k[1], *k[6:]) == (month, kpi, *scope)]
            assert len(rows) == 1, (kpi, scope)
            assert (rows[0]["status"], rows[0]["value"]) == ("grey_not_measurable", None), kpi
            assert rows[0]["status_reason"] == reason


@pytest.mark.slow
def test_what_a_log_knows_is_counted_beside_a_helpdesk(
    months: dict[str, dict[Number, dict[str, Any]]],
) -> None:
    whole, now = months["whole"], months["mixed"]
    month = sorted({key[0] for key in whole})[1]
    key = (month, "resolution_volume", "count", "none", "none", "none", "channel")
    assert now[*key, "log-mail"]["value"] == whole[*key, "mail"]["value"]
    # costs of the company have both sources' resolutions below the line, and lie on no channel
    cost = (month, "cost_per_unit", "ratio", "none", "none", "per_resolution")
    assert now[*cost, "company", "company"]["n"] == 2 * whole[*cost, "company", "company"]["n"]
    assert not [k for k, row in now.items() if k[:6] == cost and k[6] == "channel" and row["n"]]


DAYS = {
    "agent_sla.agent_sla_daily": ("date_day", "layer", "kind"),
    "agent_sla.operator_activity_daily": ("date_day",),
    "agent_sla.backlog_daily": ("date_day", "age_band"),
    "agent_sla.speed_volume": ("grain", "period_start", "scope_type"),
    "agent_sla.agent_scorecards": ("period_type", "period_start", "layer", "platform", "agent_id"),
}
_KEYS = (
    *("_key", "tenant_id", "source_system", "agent_id", "as_of_at", "review_", "policy_id"),
    *("customer_type", "region"),
)
CAN_BE_TOLD_ELSEWHERE = {
    *("not_measurable_reason", "eligibility_reason", "gate_evidence", "verdict_reason"),
    *("band_reason", "duration_reason", "composite_reason"),
}
DAYS_OF = ("no_messages", "not_event_log", "not_delete_log", "not_agent_state", "no_customers")
"""Removals that take a daily number away, and one that takes none."""


@pytest.mark.slow
@pytest.mark.parametrize("table", DAYS)
@pytest.mark.parametrize("removal", DAYS_OF)
def test_every_daily_number_is_what_it_was_or_null_with_its_reason(
    removal: str, table: str, warehouse: duckdb.DuckDBPyConnection
) -> None:
    whole, now = (_days(warehouse, table, tenant) for tenant in ("whole", removal))
    wrong = []
    for key, rows in now.items():
        for row in rows:
            hidden = {name for name, value in row.items() if value is None}
            if not row["not_measurable_reason"] and key in whole:
                hidden = set()
            before = whole.get(key, [])
            for name, value in row.items():
                if name in CAN_BE_TOLD_ELSEWHERE or name in hidden:
                    continue
                is_same = any(_is_same(value, other[name]) for other in before)
                if not is_same and value not in ("insufficient", "none", False):
                    wrong.append(f"{key} {name}: {value} {row['not_measurable_reason']}")
    for key in whole.keys() - now.keys():
        if removal != "no_messages":
            wrong.append(f"{key}: gone")
    assert not wrong, f"{len(wrong)} numbers: " + "\n".join(wrong[:20])


def _days(
    connection: duckdb.DuckDBPyConnection, table: str, tenant: str
) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    person = "agents.agent_id" if "agent_key" in _columns(connection, table) else "null"
    join = (
        "left join core.dim_agents as agents on days.agent_key = agents.agent_key"
        if person != "null"
        else ""
    )
    found = defaultdict(list)
    for row in _rows(
        connection,
        f"select days.*, {person} as agent_id from {table} as days {join} "
        f"where days.tenant_id = '{tenant}'",
    ):
        key = tuple(row[name] for name in DAYS[table])
        found[key].append(
            {
                name: value
                for name, value in row.items()
                if not any(part in name for part in _KEYS) and name not in DAYS[table]
            }
        )
    return found


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    return {row[0] for row in connection.execute(f"describe {table}").fetchall()}


@pytest.mark.slow
@pytest.mark.parametrize("removal", REMOVALS)
def test_an_alert_that_is_silent_says_so(
    removal: str, warehouse: duckdb.DuckDBPyConnection
) -> None:
    if removal in ANOTHER_RULE:
        pytest.skip(ANOTHER_RULE[removal])
    whole, now = (
        {row["rule_id"] for row in _rows(warehouse, _ALERTS.format(tenant=tenant))}
        for tenant in ("whole", removal)
    )
    rules = {
        row["rule_id"]: row
        for row in _rows(
            warehouse, f"select * from agent_sla.alert_rules where tenant_id = '{removal}'"
        )
    }
    dumb = {rule for rule, row in rules.items() if not row["is_measurable"]}
    free = {"data_stale", "mapping_gap", "completeness"}
    # who has no open request, or no order to it, has no deadline either
    free |= {"case_deadline"} if removal in ("no_order_defects", "no_orders") else set()
    assert all(rules[rule]["not_measurable_reason"] for rule in dumb)
    assert not (now & dumb) - free - SEEN
    assert (whole - now) - free <= dumb or not rules


@pytest.mark.slow
@pytest.mark.parametrize("removal", REMOVALS)
def test_a_coaching_flag_that_cannot_be_raised_says_so(
    removal: str, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Each flag with all that it reads is taken away in test_missing_coaching.py."""
    whole, now = (
        {row["flag_id"] for row in _rows(warehouse, _FLAGS.format(tenant=tenant))}
        for tenant in ("whole", removal)
    )
    query = f"select * from agent_sla.coaching_rules where tenant_id = '{removal}'"
    reasons = {row["rule_id"]: row["not_measurable_reason"] for row in _rows(warehouse, query)}
    dumb = {rule for rule, reason in reasons.items() if reason}
    assert whole == {"knowledge_gap"}
    assert now <= whole and not now & dumb
    assert whole - now <= dumb or not reasons


_FLAGS = "select distinct flag_id from agent_sla.coaching_flags where tenant_id = '{tenant}'"
SEEN = {
    *("obligation_at_risk", "obligation_breached", "oldest_overdue", "case_deadline"),
    "sensitive_burst",
}
"""Rules about single things: one that was seen is a finding, also where others are not."""
_ALERTS = "select distinct rule_id from agent_sla.alerts where tenant_id = '{tenant}'"


@pytest.mark.slow
def test_whoever_was_active_has_a_card_and_what_is_empty_says_why(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """Active by another mart: who has a row of a day in operator_activity_daily."""
    without = _rows(
        warehouse,
        """
        select days.tenant_id, days.agent_key, date_trunc('month', days.date_day) as month
        from agent_sla.operator_activity_daily as days
        inner join core.dim_agents as agents
            on days.agent_key = agents.agent_key and agents.agent_analytics_allowed and not agents.is_bot
        left join agent_sla.agent_scorecards as cards
            on days.tenant_id = cards.tenant_id and days.agent_key = cards.agent_key
            and cards.period_type = 'month' and cards.platform = 'all' and cards.layer = 'internal'
            and cards.period_start = date_trunc('month', days.date_day)
        where cards.agent_key is null and days.agent_key <> 'unowned'
        """,
    )
    assert without == []
    cards = _rows(warehouse, "select * from agent_sla.agent_scorecards")
    assert {"no_messages", "no_sla_targets", "no_tickets"} <= {row["tenant_id"] for row in cards}
    for row in cards:
        assert (row["band"] == "insufficient") == (row["band_reason"] is not None)
        assert (row["composite"] is None) == (row["composite_reason"] is not None)
        assert (row["duration_ratio_low"] is None) == (row["duration_reason"] is not None)
        assert row["is_eligible"] == (row["eligibility_reason"] is None)
        assert row["n"] or not row["is_eligible"]


@pytest.mark.slow
def test_explain_names_what_is_missing_and_adds_nothing_up(matrix: Path) -> None:
    found = explain(matrix, Question("contact_volume", date(2026, 10, 1)))
    parts = {part.facts["tenant_id"]: part for one in found for part in one.parts}
    logged_calls = parts["no_messages"]
    assert (logged_calls.uncounted, logged_calls.rows, logged_calls.disagreements) == (2, [], [])
    assert logged_calls.facts["status_reason"] == "no source delivers messages"
    assert parts["whole"].uncounted == 0 and len(parts["whole"].rows) > 2


def _explained(matrix: Path, question: Question, *tenants: str) -> dict[str, Part]:
    """What is said of a number of some of the tenants; all the dozens take half a minute."""
    asked = [replace(question, tenant_id=tenant) for tenant in tenants]
    parts = [part for one in asked for each in explain(matrix, one) for part in each.parts]
    found = {part.facts["tenant_id"]: part for part in parts}
    assert found.keys() == {*tenants}
    return found


@pytest.mark.slow
def test_explain_lists_what_is_left_of_a_number_computed_as_a_whole(matrix: Path) -> None:
    parts = _explained(matrix, Question("backlog_days", date(2026, 10, 1)), "whole", "inbox")
    assert len(parts["inbox"].rows) == len(parts["whole"].rows) > 20
    assert not parts["inbox"].disagreements
    question = Question("cost_per_unit", date(2026, 10, 1), variant="per_resolution")
    costs = _explained(matrix, question, "whole", "mixed", "inbox")
    grey, whole = costs["inbox"], costs["whole"]
    assert grey.facts["status"] == "grey_not_measurable" and grey.rows == []
    assert grey.uncounted > 20 and len(whole.rows) > 20 and whole.uncounted == 0
    assert len(costs["mixed"].rows) > len(whole.rows)


@pytest.mark.slow
def test_a_second_computation_agrees_on_what_is_left(matrix: Path) -> None:
    # it begins with tickets, and reads accounts and teams off the rows that describe them
    tenants = {"whole", "mixed", "inbox", *REMOVALS} - {
        "no_tickets",
        "no_marketplace_accounts",
        "no_teams",
    }
    report, computed = compare_core(matrix, AS_OF, tenants)
    compare_kpis(report, matrix, computed)
    assert not report.differences, report.text()
    for table in ("agent_sla_daily", "operator_activity_daily", "backlog_daily"):
        assert f"agent_sla.{table}" in MARTS
        mart = compared(matrix, AS_OF, f"agent_sla.{table}")
        assert mart.compared > 100 and not mart.differences, mart.text()
    cards, _ = test_fairness.differences(matrix, AS_OF)
    told = [line for line in cards.differences if not line.startswith("('no_tickets'")]
    assert cards.compared > 1_000 and not told, told[:20]
