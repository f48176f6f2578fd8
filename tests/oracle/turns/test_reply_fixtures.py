"""Replies, days and compliance of small worlds by hand (catalogue §16: F12 to F16, F22, F33)."""

from __future__ import annotations

from datetime import date, timedelta

from tests.oracle.numbers.by_hand import START, kpi_values
from tests.oracle.world.story import Story, at, hours


def test_f12_outbound_reply_time_belongs_to_the_customers_day() -> None:
    story = Story()
    monday, wednesday = at("2026-03-30 09:00"), at("2026-04-01 10:00")
    story.ticket("1", monday, origin="outbound", created_by_role="agent")
    story.message("1", monday, "agent", author_id="ana")
    story.message("1", wednesday)
    story.message("1", wednesday + hours(1), "agent", author_id="ana")
    value = kpi_values(story.tables(), at("2026-04-02 00:00"))[
        "frt", "median", "company", "none/none"
    ]
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
    values = kpi_values(story.tables(), START + hours(100))
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
    values = kpi_values(story.tables(), at("2026-02-20 00:00"))
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
    values = kpi_values(story.tables(), START + hours(60))
    value = values["sla_compliance", "ratio", "company", "internal/none"]
    assert (value.numerator, value.denominator, value.value) == (570, 600, 0.95)


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
    values = kpi_values(story.tables(), at("2026-03-05 00:00"))
    late = values["amz_late_response_rate_est", "ratio", "marketplace_account", "none/7d"]
    assert (late.numerator, late.denominator) == (1, 2)
    assert values["frt", "median", "company", "none/none"].value == 87_300
    assert values["frt", "median", "company", "none/none"].n == 1
