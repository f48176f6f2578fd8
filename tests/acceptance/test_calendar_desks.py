"""Which calendar counts the time of a team without one, and of a ticket without a team."""

from __future__ import annotations

import pytest

from tests.acceptance.calendar_desks import MONDAY, SWITCH
from tests.acceptance.conftest import Warehouse
from tests.landing_builder import hours

pytestmark = pytest.mark.slow

HOUR = 3600


@pytest.mark.parametrize("tenant", ["no_calendars", "sheet_24_7"])
def test_around_the_clock_business_seconds_are_calendar_seconds(
    warehouse: Warehouse, tenant: str
) -> None:
    begin = SWITCH.replace(tzinfo=None)
    wanted = {"late": (12, "breached"), "kept": (7, "met"), "nobodys": (8, "met")}
    for ticket, (reply, verdict) in wanted.items():
        row = warehouse.obligation(tenant, ticket)
        assert row["elapsed_bus_s"] == row["elapsed_cal_s"] == reply * HOUR
        assert row["internal_due_at"] == begin + hours(8)
        assert row["internal_verdict"] == verdict
    late = warehouse.obligation(tenant, "late")
    assert (late["internal_overrun_s"], late["internal_owner"]) == (4 * HOUR, None)
    cycles = warehouse.rows(
        """
        select tickets.ticket_id, first_contact_to_end_bus_s as seconds, verdicts.verdict
        from core.fct_resolution_cycles as cycles
        inner join core.dim_tickets as tickets on cycles.ticket_key = tickets.ticket_key
        inner join core.fct_sla_verdicts as verdicts
            on cycles.ticket_key = verdicts.ticket_key and verdicts.layer = 'internal'
        where cycles.tenant_id = ? order by 1
        """,
        tenant,
    )
    assert [tuple(row.values()) for row in cycles] == [
        ("kept", 9 * HOUR, "met"),
        ("late", 20 * HOUR, "met"),
        ("nobodys", 30 * HOUR, "breached"),
    ]


@pytest.mark.parametrize("tenant", ["no_calendars", "sheet_24_7"])
def test_every_kpi_of_both_clocks_is_equal_around_the_clock(
    warehouse: Warehouse, tenant: str
) -> None:
    found = warehouse.rows(
        """
        select calendar.kpi_id, calendar.stat, calendar.value, business.value as business
        from governance_review.kpi_monthly as calendar
        inner join governance_review.kpi_monthly as business
            using (tenant_id, month, kpi_id, stat, layer, variant, scope_type, scope_id)
        where tenant_id = ? and calendar.clock = 'calendar' and business.clock = 'business'
            and (calendar.value is not null or business.value is not null)
        """,
        tenant,
    )
    measured = {"frt", "reaction_time", "tat", "full_resolution_time", "on_hold_time"}
    assert measured <= {row["kpi_id"] for row in found}
    assert [row for row in found if row["value"] != row["business"]] == []


def test_without_a_team_time_counts_while_any_team_is_at_work(warehouse: Warehouse) -> None:
    row = warehouse.obligation("two_shifts")
    # Monday 06 to 18 while nobody's, from 20 on in the office: Tuesday 09 to 10
    assert row["elapsed_bus_s"] == 13 * HOUR
    assert row["internal_due_at"] == (MONDAY + hours(9)).replace(tzinfo=None)
    assert row["internal_verdict"] == "breached"
    # three of those hours lie after closing time of the early team, one on Tuesday
    assert row["internal_overrun_s"] == 5 * HOUR


def test_the_same_business_day_of_nobody_is_that_of_any_team(warehouse: Warehouse) -> None:
    row = warehouse.kpi("two_shifts", "sdr_bd", "2026-03-01")
    # due at the end of Monday, answered on Tuesday
    assert (int(row["numerator"]), int(row["denominator"])) == (0, 1)
