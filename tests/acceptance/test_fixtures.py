"""Acceptance fixtures of the KPI catalogue, §16, through the landing source."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.acceptance.conftest import Warehouse
from tests.acceptance.desks import MONDAY
from tests.landing_builder import at

pytestmark = pytest.mark.slow

Obligation = Callable[..., dict[str, Any]]


def naive(instant: datetime) -> datetime:
    """Published instants are UTC without zone."""
    return instant.replace(tzinfo=None)


START = naive(MONDAY)


def test_f01_friday_evening_message_has_both_durations(
    obligation: Obligation, warehouse: Warehouse
) -> None:
    row = obligation("f01")
    assert (row["elapsed_cal_s"], row["elapsed_bus_s"]) == (232_200, 5_400)
    for clock, seconds in (("calendar", 232_200), ("business", 5_400)):
        kpi = warehouse.kpi("f01", "frt", "2026-03-01", stat="median", clock=clock)
        assert (float(kpi["value"]), int(kpi["n"])) == (seconds, 1)


def test_f02_day_target_over_the_autumn_switch_is_86400_seconds(obligation: Obligation) -> None:
    in_time, late = obligation("f02", "in_time"), obligation("f02", "late")
    assert in_time["marketplace_due_at"] == naive(at("2025-10-26 16:00"))
    assert in_time["marketplace_verdict"] == "met"
    assert late["marketplace_verdict"] == "breached"


def test_f03_day_target_over_the_spring_switch_ends_an_hour_later_by_the_wall(
    obligation: Obligation,
) -> None:
    assert obligation("f03")["marketplace_due_at"] == naive(at("2026-03-29 17:00"))  # 19:00 in Rome


def test_f04_night_shift_has_nine_hours_in_autumn_and_seven_in_spring(
    obligation: Obligation,
) -> None:
    assert obligation("f04", "autumn")["elapsed_bus_s"] == 32_400
    assert obligation("f04", "spring")["elapsed_bus_s"] == 25_200


def test_f05_late_handover_is_owned_by_the_queue(
    obligation: Obligation, warehouse: Warehouse
) -> None:
    row = obligation("f05")
    assert row["marketplace_verdict"] == "breached"
    assert row["marketplace_verdict_at"] == START + timedelta(hours=24)
    assert row["marketplace_owner"] is None or row["marketplace_sla_owner_agent_key"] == "unowned"
    assert row["marketplace_owner_team"] == "t"
    assert row["marketplace_owner_rule"] == "fair_window"
    holds = warehouse.rows(
        """
        select agents.agent_id from core.fct_assignment_spans as spans
        join core.dim_agents as agents using (agent_key)
        where spans.tenant_id = 'f05' and spans.is_unanswered_hold
        """
    )
    assert holds == [{"agent_id": "a"}]
    assert int(warehouse.kpi("f05", "unanswered_holds", "2026-03-01", stat="count")["value"]) == 1


def test_f06_late_handover_is_owned_by_the_agent_who_held_it_longest(
    obligation: Obligation,
) -> None:
    row = obligation("f06")
    assert (row["marketplace_owner"], row["marketplace_owner_rule"]) == ("a", "fair_window")


def test_f07_handover_with_four_hours_left_is_the_holders(obligation: Obligation) -> None:
    row = obligation("f07")
    assert (row["marketplace_owner"], row["marketplace_owner_rule"]) == ("b", "holder")


def test_f08_who_replies_late_gets_the_reply_not_the_breach(
    obligation: Obligation, warehouse: Warehouse
) -> None:
    row = obligation("f08")
    assert (row["marketplace_owner"], row["marketplace_owner_rule"]) == ("b", "holder")
    assert row["responder"] == "c"
    sent = warehouse.rows(
        """
        select scope_id, value from governance_review.kpi_monthly
        where tenant_id = 'f08' and kpi_id = 'replies_sent' and scope_type = 'agent' and value > 0
        """
    )
    assert [int(row["value"]) for row in sent] == [1]
    breaches = warehouse.rows(
        """
        select value from governance_review.kpi_monthly
        where tenant_id = 'f08' and kpi_id = 'sla_breach_count' and layer = 'marketplace'
            and scope_type = 'agent' and scope_id = ?
        """,
        sent[0]["scope_id"],
    )
    assert not any(row["value"] for row in breaches)


def test_f09_a_repaired_close_is_met_and_still_counted_as_a_close_without_reply(
    obligation: Obligation, warehouse: Warehouse
) -> None:
    row = obligation("f09")
    assert (row["marketplace_verdict"], row["marketplace_owner"]) == ("met", "b")
    assert row["marketplace_owner_rule"] == "responder"
    closings = warehouse.rows(
        "select is_without_reply, is_repaired from core.fct_closings where tenant_id = 'f09'"
    )
    assert closings == [{"is_without_reply": True, "is_repaired": True}]


def test_f10_a_close_without_reply_breaches_at_its_due_time_and_is_the_closers(
    obligation: Obligation,
) -> None:
    row = obligation("f10")
    assert row["state"] == "closed_unanswered"
    assert row["marketplace_verdict"] == "breached"
    assert row["marketplace_verdict_at"] == START + timedelta(hours=24)
    assert (row["marketplace_owner"], row["marketplace_owner_rule"]) == ("a", "closer")


def test_f11_a_thank_you_is_waived_and_no_reopen(warehouse: Warehouse) -> None:
    first, thanks = warehouse.obligations("f11")
    assert first["state"] == "answered"
    assert (thanks["state"], thanks["waiver_reason"]) == ("waived", "thank_you_rule")
    assert thanks["marketplace_verdict"] == "waived"
    cycles = warehouse.rows("select * from core.fct_resolution_cycles where tenant_id = 'f11'")
    assert len(cycles) == 1
    assert cycles[0]["ended_at"] == START + timedelta(hours=1)
    reopens = warehouse.kpi("f11", "reopen_rate", "2026-03-01")
    assert (int(reopens["numerator"]), int(reopens["denominator"])) == (0, 1)


def test_f12_an_outbound_ticket_owes_nothing_until_the_customer_writes(
    obligation: Obligation, warehouse: Warehouse
) -> None:
    row = obligation("f12")
    assert (row["kind"], row["elapsed_cal_s"]) == ("first", 3_600)
    assert row["started_at"] == naive(at("2026-07-01 10:00"))
    assert (
        float(warehouse.kpi("f12", "frt", "2026-07-01", stat="median", clock="calendar")["value"])
        == 3_600
    )
    months = warehouse.rows(
        """
        select month from governance_review.kpi_monthly
        where tenant_id = 'f12' and kpi_id = 'contact_volume' and scope_type = 'company' and value > 0
        """
    )
    assert [row["month"].isoformat() for row in months] == ["2026-07-01"]


def test_f13_a_bot_answer_is_ignored_when_the_customer_writes_again(
    obligation: Obligation, warehouse: Warehouse
) -> None:
    assert obligation("f13")["elapsed_cal_s"] == 3_600
    assert float(warehouse.kpi("f13", "frt_any", "2026-03-01", stat="median")["value"]) == 60
    assert (
        float(warehouse.kpi("f13", "frt", "2026-03-01", stat="median", clock="calendar")["value"])
        == 3_600
    )


def test_f14_a_contained_turn_is_outside_human_kpis(
    obligation: Obligation, warehouse: Warehouse
) -> None:
    row = obligation("f14")
    assert (row["state"], row["marketplace_verdict"]) == ("answered_by_bot", "excluded")
    contained = warehouse.kpi("f14", "bot_containment_rate", "2026-03-01")
    assert (int(contained["numerator"]), int(contained["denominator"])) == (1, 1)
    answered = warehouse.rows(
        """
        select n from governance_review.kpi_monthly
        where tenant_id = 'f14' and kpi_id = 'frt' and scope_type = 'company' and n > 0
        """
    )
    assert answered == []


def test_f15_a_breach_before_the_merge_stays_with_its_owner(warehouse: Warehouse) -> None:
    first, moved = warehouse.obligations("f15")
    assert {first["ticket_id"], moved["ticket_id"]} == {"one"}
    assert moved["original_ticket_id"] == "two"
    assert (moved["marketplace_verdict"], moved["marketplace_owner"]) == ("breached", "a")
    assert moved["satisfied_at"] == START + timedelta(hours=31)
    assert int(warehouse.kpi("f15", "ticket_volume", "2026-03-01")["value"]) == 1


def test_f16_the_verdict_decides_the_month(warehouse: Warehouse) -> None:
    def count(month: str) -> int:
        found = warehouse.rows(
            """
            select value from governance_review.kpi_monthly
            where tenant_id = 'f16' and kpi_id = 'sla_breach_count' and layer = 'marketplace'
                and scope_type = 'company' and month = cast(? as date)
            """,
            month,
        )
        return sum(int(row["value"] or 0) for row in found)

    assert (count("2026-01-01"), count("2026-02-01")) == (0, 1)
    assert int(warehouse.kpi("f16", "frt", "2026-02-01", stat="median", clock="calendar")["n"]) == 1


def test_f17_a_tightened_target_breaches_at_the_change(obligation: Obligation) -> None:
    row = obligation("f17")
    assert row["marketplace_verdict"] == "breached"
    assert row["marketplace_verdict_at"] == START + timedelta(hours=10)
    assert row["marketplace_due_at"] == START + timedelta(hours=4)
    assert row["marketplace_owner"] == "a"


def test_f18_a_relaxed_target_does_not_undo_a_breach(obligation: Obligation) -> None:
    row = obligation("f18")
    assert row["marketplace_verdict"] == "breached"
    assert row["marketplace_verdict_at"] == START + timedelta(hours=4)


def test_f19_a_reply_deleted_after_ten_minutes_never_was(
    obligation: Obligation, warehouse: Warehouse
) -> None:
    row = obligation("f19")
    assert row["satisfied_at"] is None
    assert row["state"] == "open"
    assert row["started_at"] == START
    actions = warehouse.rows(
        "select 1 from agent_sla.agent_actions where tenant_id = 'f19' and action_type = 'message_deleted'"
    )
    assert len(actions) == 1


def test_f20_a_reply_that_stood_twenty_minutes_counts(
    obligation: Obligation, warehouse: Warehouse
) -> None:
    row = obligation("f20")
    assert row["marketplace_verdict"] == "met"
    actions = warehouse.rows(
        "select 1 from agent_sla.agent_actions where tenant_id = 'f20' and action_type = 'message_deleted'"
    )
    assert len(actions) == 1


@pytest.mark.parametrize(
    ("tenant", "met", "judged"), [("f21a", 81, 100), ("f21b", 85, 100), ("f21c", 81, 90)]
)
def test_f21_the_three_readings_of_a_missed_call(
    warehouse: Warehouse, tenant: str, met: int, judged: int
) -> None:
    kpi = warehouse.kpi(
        tenant, "sla_compliance_first_reply", "2026-03-01", layer="internal", variant="none"
    )
    assert (int(kpi["numerator"]), int(kpi["denominator"])) == (met, judged)
    classes = warehouse.rows(
        """
        select internal_missed_class as class, count(*) as n from core.fct_response_obligations
        where tenant_id = ? group by 1 order by 1
        """,
        tenant,
    )
    assert {row["class"]: row["n"] for row in classes} == {
        "met_answered": 81,
        "late_answered": 9,
        "missed_recovered_in_target": 4,
        "missed_recovered_late": 3,
        "missed_never": 3,
    }


def test_f22_compliance_is_pooled_not_averaged(warehouse: Warehouse) -> None:
    def kpi(kpi_id: str) -> tuple[int, int, float]:
        row = warehouse.kpi("f22", kpi_id, "2026-03-01", layer="marketplace", variant="none")
        return int(row["numerator"]), int(row["denominator"]), float(row["value"])

    assert kpi("sla_compliance_first_reply")[:2] == (90, 100)
    assert kpi("sla_compliance_next_reply")[:2] == (480, 500)
    assert kpi("sla_compliance") == (570, 600, pytest.approx(0.95))


def test_f24_the_interval_says_how_much_is_known(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        """
        select numerator, denominator, ci_low, ci_high from governance_review.kpi_monthly
        where tenant_id = 'f24' and kpi_id = 'sla_compliance_first_reply' and layer = 'marketplace'
            and scope_type = 'agent' and denominator > 0 order by denominator
        """
    )
    found = [
        tuple(
            round(float(row[name]), 3) for name in ("numerator", "denominator", "ci_low", "ci_high")
        )
        for row in rows
    ]
    assert found == [(9, 10, 0.596, 0.982), (270, 300, 0.861, 0.929)]


@pytest.mark.parametrize(
    "kpi_id", ["sla_compliance", "sla_breach_count", "replies_sent", "resolution_volume"]
)
def test_f30_agents_and_unowned_add_up_every_month(warehouse: Warehouse, kpi_id: str) -> None:
    sums = warehouse.rows(
        """
        select month, layer, scope_type, sum(numerator) as numerator, sum(denominator) as denominator
        from governance_review.kpi_monthly
        where tenant_id = 'f30' and kpi_id = ? and scope_type in ('agent', 'channel', 'company')
        group by all having sum(n) > 0
        """,
        kpi_id,
    )
    assert sums
    by_scope: dict[Any, dict[str, Any]] = {}
    for row in sums:
        by_scope.setdefault((row["month"], row["layer"]), {})[row["scope_type"]] = (
            row["numerator"],
            row["denominator"],
        )
    for scopes in by_scope.values():
        assert scopes["agent"] == scopes["company"] == scopes["channel"]


def test_f30_agents_and_unowned_add_up_every_day(warehouse: Warehouse) -> None:
    daily = warehouse.rows(
        "select date_day as day, sum(n_met) as met, sum(n_breached) as breached"
        " from agent_sla.agent_sla_daily where tenant_id = 'f30' and layer = 'marketplace'"
        " group by 1 having sum(n_met) + sum(n_breached) > 0 order by 1"
    )
    facts = warehouse.rows(
        """
        select
            cast(marketplace_verdict_at at time zone 'UTC' at time zone 'Europe/Rome' as date) as day,
            sum((marketplace_verdict = 'met')::int) as met,
            sum((marketplace_verdict = 'breached')::int) as breached
        from core.fct_response_obligations
        where tenant_id = 'f30' and marketplace_verdict in ('met', 'breached') group by 1 order by 1
        """
    )
    assert daily == facts
    activity = warehouse.rows(
        "select sum(replies_sent) as n from agent_sla.operator_activity_daily where tenant_id = 'f30'"
    )
    replies = warehouse.rows(
        "select count(*) as n from core.fct_messages where tenant_id = 'f30' and is_human_public_reply"
    )
    assert activity == replies


def test_f32_each_calendar_counts_while_its_team_holds_the_ticket(obligation: Obligation) -> None:
    # Monday 09–16 under the first team's hours, Tuesday 06–08 under the second's.
    assert obligation("f32")["elapsed_bus_s"] == 7 * 3600 + 2 * 3600


def test_f33_the_estimate_counts_messages_the_obligation_counts_the_turn(
    obligation: Obligation, warehouse: Warehouse
) -> None:
    assert obligation("f33")["elapsed_cal_s"] == 87_300
    estimate = warehouse.kpi(
        "f33",
        "amz_late_response_rate_est",
        "2026-03-01",
        scope_type="marketplace_account",
        variant="30d",
    )
    assert (int(estimate["numerator"]), int(estimate["denominator"])) == (1, 2)


def test_f35_top_five_reasons_of_all_and_of_tagged(warehouse: Warehouse) -> None:
    top = warehouse.kpi("f35", "top5_share", "2026-10-01", variant="30d", scope_type="channel")
    assert (int(top["numerator"]), int(top["denominator"])) == (780, 1000)
    rows = warehouse.rows(
        """
        select reason_name, tickets, share_all, share_tagged, cumulative_share, rank
        from tag_volume.tag_volume_windows
        where tenant_id = 'f35' and window_days = 30 and scope_type = 'company' and rank <= 5
        order by rank
        """
    )
    assert [row["tickets"] for row in rows] == [310, 190, 120, 90, 70]
    assert sum(float(row["share_all"]) for row in rows) == pytest.approx(0.78, abs=1e-5)
    assert sum(float(row["share_tagged"]) for row in rows) == pytest.approx(780 / 920, abs=1e-5)
