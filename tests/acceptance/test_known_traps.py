"""Situations in which helpdesk warehouses are known to go wrong: calendars, vanished people, unanswered tickets."""

from __future__ import annotations

import pytest

from tests.acceptance.conftest import Warehouse
from tests.landing_builder import hours

pytestmark = pytest.mark.slow


def test_a_switch_sunday_under_a_24_7_calendar_has_its_real_hours(warehouse: Warehouse) -> None:
    spring = warehouse.obligation("dst_sunday", "spring")
    autumn = warehouse.obligation("dst_sunday", "autumn")
    assert spring["elapsed_bus_s"] == spring["elapsed_cal_s"] == 22 * 3600
    assert autumn["elapsed_bus_s"] == autumn["elapsed_cal_s"] == 24 * 3600


def test_a_friday_switch_takes_its_hour(warehouse: Warehouse) -> None:
    # 20:00 to 08:00 by the wall is eleven hours when the clock jumps at midnight.
    assert warehouse.obligation("friday_switch")["elapsed_bus_s"] == 11 * 3600


def test_a_half_hour_switch_gives_half_an_hour(warehouse: Warehouse) -> None:
    assert warehouse.obligation("half_hour_switch")["elapsed_bus_s"] == int(8.5 * 3600)


def test_an_evening_shift_over_the_utc_week_end_counts(warehouse: Warehouse) -> None:
    assert warehouse.obligation("utc_week_end")["elapsed_bus_s"] == int(4.5 * 3600)


def test_a_later_schedule_change_leaves_the_verdict(warehouse: Warehouse) -> None:
    before = warehouse.obligation("schedule_change", "before")
    after = warehouse.obligation("schedule_change", "after")
    assert (before["elapsed_bus_s"], before["internal_verdict"]) == (3600, "met")
    assert (after["elapsed_bus_s"], after["internal_verdict"]) == (3 * 3600, "breached")


def test_a_solve_without_reply_at_night_keeps_its_events(warehouse: Warehouse) -> None:
    row = warehouse.obligation("night_close")
    assert row["state"] == "closed_unanswered"
    # Two business hours from the next opening, a week later.
    assert row["internal_verdict"] == "breached"
    assert row["internal_due_at"] - row["started_at"] == hours(7 * 24 - 20 + 11)
    closings = warehouse.rows(
        "select closed_at, is_without_reply from core.fct_closings where tenant_id = 'night_close'"
    )
    assert [closing["is_without_reply"] for closing in closings] == [True]


def test_a_ticket_of_an_unknown_requester_counts(warehouse: Warehouse) -> None:
    assert warehouse.obligation("unknown_requester")["state"] == "answered"
    assert int(warehouse.kpi("unknown_requester", "ticket_volume", "2026-03-01")["value"]) == 1


def test_an_agents_own_first_comment_is_no_first_response(warehouse: Warehouse) -> None:
    assert warehouse.obligations("agent_monologue") == []
    answered = warehouse.rows(
        """
        select 1 from governance_review.kpi_monthly
        where tenant_id = 'agent_monologue' and kpi_id = 'frt' and n > 0
        """
    )
    assert answered == []


def test_deleted_tickets_are_no_backlog(warehouse: Warehouse) -> None:
    backlog = warehouse.kpi("deleted_ticket", "backlog", "2026-11-01")
    assert int(backlog["value"]) == 1
    assert warehouse.obligation("deleted_ticket", "gone")["state"] == "excluded"


def test_a_former_agents_old_reply_stays_a_reply(warehouse: Warehouse) -> None:
    row = warehouse.obligation("former_agent")
    assert (row["state"], row["responder"]) == ("answered", "d")


def test_a_ticket_open_for_sixty_weeks_keeps_its_business_time(warehouse: Warehouse) -> None:
    assert warehouse.obligation("year_old")["elapsed_bus_s"] == 60 * 3600


def test_what_a_channel_or_person_nobody_described_did_is_counted(warehouse: Warehouse) -> None:
    volumes = {
        scope: int(
            warehouse.kpi(
                "strangers", "ticket_volume", "2026-03-01", scope_type="channel", scope_id=scope
            )["value"]
        )
        for scope in ("pigeon", "mail")
    }
    assert volumes == {"pigeon": 1, "mail": 1}
    (ghost,) = warehouse.rows(
        "select * from core.dim_agents where tenant_id = 'strangers' and agent_id = 'ghost'"
    )
    assert (ghost["display_name"], ghost["agent_analytics_allowed"]) == ("ghost", False)
    (channel,) = warehouse.rows(
        "select * from core.dim_channels where tenant_id = 'strangers' and channel_id = 'pigeon'"
    )
    assert (channel["name"], channel["platform"], channel["modality"]) == (
        "pigeon",
        "other",
        "async",
    )
    assert not warehouse.rows(
        "select 1 from agent_sla.agent_scorecards where agent_key = ?", ghost["agent_key"]
    )
