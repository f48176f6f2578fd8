"""The oracle against the hand-computed fixtures of catalogue §16 and the cards' examples (KPIs)."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.oracle.build import TENANT, Story, at, hours, us
from tests.oracle.canonical_rows import Tables, from_rows, instant
from tests.oracle.kpis import Value, quantile, wilson
from tests.oracle.kpis_reasons import ranking, real_moves, vital_few
from tests.oracle.rows import compute
from tests.property.worlds import random_world

START = at("2026-03-02 00:00")


def _values(tables: Tables, as_of: datetime) -> dict[tuple[str, str, str, str], Value]:
    seen = instant(as_of)
    assert seen is not None
    (tenant,) = compute(tables, seen)
    return {
        (v.cell.kpi, v.stat, v.cell.scope_type, f"{v.cell.layer}/{v.cell.variant}"): v
        for v in tenant.kpis()
        if v.cell.scope_type in ("company", "marketplace_account")
    }


def test_f12_outbound_reply_time_belongs_to_the_customers_day() -> None:
    story = Story()
    monday, wednesday = at("2026-03-30 09:00"), at("2026-04-01 10:00")
    story.ticket("1", monday, origin="outbound", created_by_role="agent")
    story.message("1", monday, "agent", author_id="ana")
    story.message("1", wednesday)
    story.message("1", wednesday + hours(1), "agent", author_id="ana")
    value = _values(story.tables(), at("2026-04-02 00:00"))["frt", "median", "company", "none/none"]
    assert (value.cell.month, value.value, value.n) == (date(2026, 4, 1), 3_600, 1)


def test_f13_f14_bot_answers() -> None:
    story = Story()
    for ticket in ("1", "2"):
        story.ticket(ticket, START, status="solved")
        story.message(ticket, START)
        story.message(ticket, START + timedelta(minutes=1), "bot", is_automated=True)
        story.event(ticket, START + hours(90), "status_change", "open", "solved")
    story.message("2", START + timedelta(minutes=5))
    story.message("2", START + timedelta(minutes=60), "agent", author_id="ana")
    values = _values(story.tables(), START + hours(100))
    assert values["frt", "median", "company", "none/none"].value == 3_600
    assert values["frt_any", "median", "company", "none/none"].value == 60
    contained = values["bot_containment_rate", "ratio", "company", "none/none"]
    assert (contained.numerator, contained.denominator) == (1, 2)


def test_f16_a_late_turn_counts_in_the_later_month() -> None:
    story = Story()
    story.target("marketplace", 86_400)
    start = at("2026-01-31 20:00")
    story.ticket("1", start)
    story.message("1", start)
    story.message("1", at("2026-02-02 08:00"), "agent", author_id="ana")
    values = _values(story.tables(), at("2026-02-20 00:00"))
    for kpi, stat, layer in (
        ("sla_compliance_first_reply", "ratio", "marketplace"),
        ("frt", "median", "none"),
    ):
        assert values[kpi, stat, "company", f"{layer}/none"].cell.month == date(2026, 2, 1)


def test_f22_compliance_is_the_ratio_of_sums() -> None:
    story = Story()
    story.target("internal", 3_600)
    story.target("internal", 3_600, metric="next_reply")
    late = {("first", n) for n in range(10)} | {("next", n) for n in range(20)}
    for number in range(100):
        ticket = story.ticket(str(number), START)
        turns = [("first", number)] + [("next", number + 100 * k) for k in range(5)]
        for place, turn in enumerate(turns):
            asked = START + hours(4 * place)
            story.message(ticket, asked)
            wait = 2.0 if turn in late else 0.5
            story.message(ticket, asked + hours(wait), "agent", author_id="ana")
    values = _values(story.tables(), START + hours(60))
    value = values["sla_compliance", "ratio", "company", "internal/none"]
    assert (value.numerator, value.denominator, value.value) == (570, 600, 0.95)


@pytest.mark.parametrize(("met", "n", "low", "high"), [(9, 10, 59.6, 98.2), (270, 300, 86.1, 92.9)])
def test_f24_wilson(met: int, n: int, low: float, high: float) -> None:
    bounds = wilson(met, n)
    assert (round(bounds[0] * 100, 1), round(bounds[1] * 100, 1)) == (low, high)


def test_reaction_example_median_and_mean() -> None:
    minutes = [4, 5, 6, 7, 178]
    assert (quantile(minutes, 0.5), sum(minutes) / 5) == (6, 40)


@pytest.mark.parametrize("seed", range(40))
def test_f30_agents_and_unowned_add_up_to_the_company(seed: int) -> None:
    as_of = datetime(2026, 5, 20, 12, tzinfo=UTC)
    seen = instant(as_of)
    assert seen is not None
    (tenant,) = compute(from_rows(random_world(seed, TENANT, as_of)), seen)
    totals: dict[tuple[str, str, date, str, str], dict[str, float]] = defaultdict(
        lambda: defaultdict(float)
    )
    for value in tenant.kpis():
        cell = value.cell
        if cell.kpi in (
            "sla_compliance",
            "sla_breach_count",
            "replies_sent",
            "closed_without_reply_rate",
            "sdr_24h",
            "unanswered_overdue",
            "backlog",
        ):
            address = (cell.kpi, value.stat, cell.month, cell.layer, cell.variant)
            totals[address][cell.scope_type] += value.numerator or 0
    for address, sums in totals.items():
        assert sums["agent"] == sums["team"] == sums["channel"] == sums["company"], address


def test_f33_two_messages_one_late() -> None:
    story = Story()
    story.add(
        "marketplace_accounts",
        marketplace_account_id="amazon.it",
        platform="amazon",
        site="amazon.it",
        country="IT",
    )
    start = at("2026-03-02 10:00")
    story.ticket("1", start, marketplace_account_id="amazon.it")
    story.message("1", start)
    story.message("1", start + timedelta(minutes=20))
    story.message("1", at("2026-03-03 10:15"), "agent", author_id="ana")
    values = _values(story.tables(), at("2026-03-05 00:00"))
    late = values["amz_late_response_rate_est", "ratio", "marketplace_account", "none/7d"]
    assert (late.numerator, late.denominator) == (1, 2)
    assert values["frt", "median", "company", "none/none"].value == 87_300
    assert values["frt", "median", "company", "none/none"].n == 1


def test_f35_top_five_and_vital_few() -> None:
    volumes: Counter[str | None] = Counter(
        {
            "tracking": 310,
            "return": 190,
            "product": 120,
            "damaged": 90,
            "cancel": 70,
            "other": 140,
            None: 80,
        }
    )
    ranked = ranking(volumes, dict.fromkeys(["tracking", "return", "product"], 0))
    top = sum(volumes[name] for name in ranked[:5])
    few = vital_few(volumes, ranked)
    assert (top / 1000, round(top / 920 * 100, 1), few) == (0.78, 84.8, 5)


def test_only_moves_beyond_chance_are_real() -> None:
    now: Counter[str | None] = Counter({"late": 60, "return": 45, "size": 31, None: 64})
    then: Counter[str | None] = Counter({"late": 30, "return": 46, "size": 32, None: 92})
    assert real_moves(now, then) == {"late"}


def test_tat_counts_from_the_later_of_assignment_and_message() -> None:
    story = Story()
    morning = at("2026-03-02 09:00")
    story.ticket("1", morning, assignee_id="ana")
    story.event("1", morning, "assignee_change", None, "ana")
    story.message("1", morning + hours(1))
    story.message("1", morning + hours(3), "agent", author_id="ana")
    values = _values(story.tables(), morning + hours(9))
    assert values["tat", "median", "company", "none/none"].value == 7_200


def test_f5_hands_on_one_unanswered_hold() -> None:
    story = Story()
    story.target("marketplace", 86_400)
    story.ticket("1", START, assignee_id="B")
    story.message("1", START)
    story.event("1", START + hours(20), "assignee_change", None, "A")
    story.event("1", START + hours(23.5), "assignee_change", "A", "B")
    story.message("1", START + hours(24.5), "agent", author_id="B")
    values = _values(story.tables(), START + hours(48))
    assert values["unanswered_holds", "count", "company", "none/none"].numerator == 1


def test_f9_f10_closings_without_reply() -> None:
    story = Story()
    for ticket in ("9", "10"):
        story.ticket(ticket, START, status="solved")
        story.message(ticket, START)
        story.event(ticket, START + hours(1), "status_change", "open", "solved", actor_id="bob")
    story.event("9", START + hours(2), "status_change", "solved", "open", actor_id="bob")
    story.message("9", START + hours(3), "agent", author_id="ana")
    seen = us(START + hours(48))
    (tenant,) = compute(story.tables(), seen)
    marks = {
        c.ticket.row["ticket_id"]: (c.is_without_reply, c.is_repaired) for c in tenant.closings
    }
    assert marks == {"9": (True, True), "10": (True, False)}


def test_f11_thanks_is_no_reopen() -> None:
    story = Story()
    story.ticket("1", START, status="solved")
    story.message("1", START)
    story.message("1", START + hours(1), "agent", author_id="ana")
    story.event("1", START + hours(1), "status_change", "open", "solved", actor_id="ana")
    story.message("1", START + hours(2), is_thanks=True, body_chars=7)
    story.event("1", START + hours(2), "status_change", "solved", "open", actor_role="customer")
    story.event("1", START + hours(3), "status_change", "open", "solved", actor_id="ana")
    (tenant,) = compute(story.tables(), us(START + hours(300)))
    (cycle,) = tenant.cycles
    assert (cycle.ended_at, cycle.reopened_at, cycle.is_mature) == (
        us(START + hours(1)),
        None,
        True,
    )
