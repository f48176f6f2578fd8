"""Who works in two helpdesks is one person where the sheet says so, and two where it does not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.acceptance.conftest import Warehouse
from tests.acceptance.person_desks import SECOND
from tests.landing_builder import SOURCE
from tests.oracle.world.keys import agent_of, join_persons

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _nobody_joined() -> None:
    """Keys below are those that an agent has alone."""
    join_persons([])


def _judged(warehouse: Warehouse, tenant: str) -> dict[str, tuple[int, int]]:
    """Met and judged promises by person, of the daily mart."""
    return {
        row["agent_key"]: (int(row["met"]), int(row["judged"]))
        for row in warehouse.rows(
            """
            select agent_key, sum(n_met) as met, sum(n_met + n_breached) as judged
            from agent_sla.agent_sla_daily
            where tenant_id = ? and layer = 'internal' group by agent_key having judged > 0
            """,
            tenant,
        )
    }


def _own(tenant: str, source: str, agent: str) -> str:
    return str(agent_of(tenant, source, agent))


def test_without_the_sheet_they_are_two(warehouse: Warehouse) -> None:
    assert _judged(warehouse, "two_people") == {
        _own("two_people", SOURCE, "b"): (3, 4),
        _own("two_people", SECOND, "a"): (1, 4),
    }


def test_one_person_has_one_key_and_all_the_work(warehouse: Warehouse) -> None:
    person = _own("both_desks", SOURCE, "b")
    assert _judged(warehouse, "both_desks") == {person: (4, 8)}
    (row,) = warehouse.rows(
        "select * from core.dim_agents where tenant_id = 'both_desks' and agent_key = ?", person
    )
    assert (row["agent_id"], row["source_system"], row["person_key"]) == ("b", SOURCE, person)
    kpi = warehouse.kpi(
        "both_desks",
        "sla_compliance",
        "2026-03-01",
        layer="internal",
        scope_type="agent",
        scope_id=person,
    )
    assert (kpi["numerator"], kpi["denominator"]) == (4, 8)
    cards = warehouse.rows(
        "select distinct agent_key from agent_sla.agent_scorecards where tenant_id = 'both_desks'"
    )
    assert {row["agent_key"] for row in cards} <= {person}


def test_hours_of_both_desks_are_those_of_one_day(warehouse: Warehouse) -> None:
    """Three hours in either desk at the same time are three hours of a person, and six of two people."""

    def hours(tenant: str) -> Decimal:
        (row,) = warehouse.rows(
            """
            select sum(denominator) as hours from governance_review.kpi_monthly
            where tenant_id = ? and kpi_id = 'productivity' and variant = 'per_paid_hour' and scope_type = 'company'
                and month = date '2026-03-01'
            """,
            tenant,
        )
        return Decimal(row["hours"] or 0)

    assert hours("two_people") == 2 * hours("both_desks") > 0


def test_the_work_of_a_team_is_the_same_whoever_did_it(warehouse: Warehouse) -> None:
    def numbers(tenant: str) -> list[dict[str, Any]]:
        return warehouse.rows(
            """
            select kpi_id, stat, clock, layer, variant, scope_type, scope_id, value, n
            from governance_review.kpi_monthly
            where tenant_id = ? and scope_type in ('company', 'team', 'channel')
                and kpi_id in ('frt', 'sla_compliance', 'sla_breach_count', 'full_resolution_time', 'ticket_volume')
            order by all
            """,
            tenant,
        )

    assert numbers("both_desks") == numbers("two_people") != []


def test_lines_that_do_not_hold_are_named_and_join_nobody(
    warehouse: Warehouse,
) -> None:
    found = {
        (row["column_name"], row["reason"].split(";")[0])
        for row in warehouse.rows(
            """
            select column_name, reason from data_quality.quarantined_records
            where tenant_id = 'both_desks' and table_name = 'agent_identities'
            """
        )
    }
    assert found == {
        ("agent_id", "no source knows this agent, so the line joins nobody"),
        (
            "same_as_agent_id",
            "the agent it names as the same person is on a line of their own",
        ),
    }
    keys = {
        row["agent_key"]
        for row in warehouse.rows(
            "select agent_key from core.dim_agents where tenant_id = 'both_desks'"
        )
    }
    assert _own("both_desks", SECOND, "c") in keys
    assert _own("both_desks", SECOND, "a") not in keys


def test_tenants_judge_apart_and_meet_in_the_person(warehouse: Warehouse) -> None:
    main = _own("both_desks", SOURCE, "b")
    found = {
        (row["tenant_id"], row["agent_key"])
        for row in warehouse.rows(
            "select tenant_id, agent_key from core.dim_agents where person_key = ?", main
        )
    }
    # in the brand the person is two agents, and one key there
    inside = _own("brand", SOURCE, "c")
    assert found == {("both_desks", main), ("brand", inside)}
    assert _judged(warehouse, "brand")[inside] == (1, 4)
    (row,) = warehouse.rows(
        """
        select sum(n_met) as met, sum(n_met + n_breached) as judged
        from agent_sla.agent_sla_daily as days
        inner join core.dim_agents as people using (agent_key)
        where people.person_key = ? and layer = 'internal'
        """,
        main,
    )
    assert (row["met"], row["judged"]) == (5, 12)
