"""The oracle against the hand-computed fixtures of catalogue §16 (obligations, verdicts, owners)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.oracle.world.calendar import Calendars
from tests.oracle.world.story import Story, at, hours, us

WORKDAYS = {day: ("09:00", "18:00") for day in range(1, 6)}
START = at("2026-03-02 00:00")


def test_f1_reply_after_a_weekend_has_both_clocks() -> None:
    story = Story()
    story.calendar("office", "Europe/Rome", WORKDAYS)
    story.add("teams", team_id="a", name="a", calendar_id="office")
    start = at("2026-02-06 17:30", "Europe/Rome")
    story.ticket("1", start, team_id="a")
    story.message("1", start)
    story.message("1", at("2026-02-09 10:00", "Europe/Rome"), "agent", author_id="ana")
    (row,) = story.obligations(at("2026-02-10 00:00"))
    assert (row.elapsed_cal_s, row.elapsed_bus_s) == (232_200, 5_400)


@pytest.mark.parametrize(("late", "verdict"), [(0, "met"), (1, "breached")])
def test_f2_a_day_is_86400_seconds_in_autumn(late: int, verdict: str) -> None:
    story = Story()
    story.target("marketplace", 86_400)
    start = at("2025-10-25 18:00", "Europe/Rome")
    due = at("2025-10-26 16:00")
    story.ticket("1", start)
    story.message("1", start)
    story.message("1", due + timedelta(seconds=late), "agent", author_id="ana")
    (row,) = story.obligations(at("2025-10-28 00:00"))
    assert row.layers["marketplace"].due_at == us(due)
    assert row.layers["marketplace"].verdict == verdict


def test_f3_a_day_is_86400_seconds_in_spring() -> None:
    story = Story()
    story.target("marketplace", 86_400)
    start = at("2026-03-28 18:00", "Europe/Rome")
    story.ticket("1", start)
    story.message("1", start)
    (row,) = story.obligations(at("2026-03-29 00:00"))
    assert row.layers["marketplace"].due_at == us(at("2026-03-29 19:00", "Europe/Rome"))
    assert row.layers["marketplace"].verdict == "pending"


@pytest.mark.parametrize(
    ("first", "last", "seconds"),
    [("2025-10-25", "2025-10-27", 32_400), ("2026-03-28", "2026-03-30", 25_200)],
)
def test_f4_a_night_shift_over_the_switch(first: str, last: str, seconds: int) -> None:
    story = Story()
    story.calendar("night", "Europe/Rome", {6: ("22:00", "06:00")})
    calendars = Calendars(story.tables(), "t")
    start, stop = us(at(first, "Europe/Rome")), us(at(last, "Europe/Rome"))
    assert calendars.open_microseconds([(0, None, "night")], start, stop) == seconds * 1_000_000


def _held(*spans: tuple[float, str], reply: tuple[float, str]) -> Story:
    """A 24 h promise; agents get the ticket at the given hours; one replies."""
    story = Story()
    story.target("marketplace", 86_400)
    story.ticket("1", START, assignee_id=spans[-1][1])
    story.message("1", START)
    previous = None
    for when, agent in spans:
        story.event("1", START + hours(when), "assignee_change", previous, agent)
        previous = agent
    story.message("1", START + hours(reply[0]), "agent", author_id=reply[1])
    return story


@pytest.mark.parametrize(
    ("spans", "reply", "owner", "rule"),
    [
        (((20, "A"), (23.5, "B")), (24.5, "B"), None, "fair_window"),
        (((2, "A"), (23.5, "B")), (24.5, "B"), "A", "fair_window"),
        (((2, "A"), (20, "B")), (24.5, "B"), "B", "holder"),
        (((2, "A"), (20, "B"), (25, "C")), (26, "C"), "B", "holder"),
    ],
    ids=["F5", "F6", "F7", "F8"],
)
def test_f5_to_f8_owner_of_a_late_reply(
    spans: tuple[tuple[float, str], ...], reply: tuple[float, str], owner: str | None, rule: str
) -> None:
    (row,) = _held(*spans, reply=reply).obligations(START + hours(48))
    verdict = row.layers["marketplace"]
    assert (verdict.verdict, verdict.verdict_at) == ("breached", us(START + hours(24)))
    assert (verdict.owner, verdict.owner_rule) == (owner, rule)
    assert row.turn.responder == reply[1]
    assert sum(s.stop - s.start for s in row.segments) == us(START + hours(reply[0])) - us(START)


def _closed() -> Story:
    story = Story()
    story.target("marketplace", 86_400)
    story.ticket("1", START, status="solved", assignee_id="ana")
    story.message("1", START)
    story.event("1", START + hours(1), "status_change", "open", "solved", actor_id="bob")
    return story


def test_f9_a_close_repaired_in_time_is_met() -> None:
    story = _closed()
    story.event("1", START + hours(2), "status_change", "solved", "open", actor_id="bob")
    story.message("1", START + hours(3), "agent", author_id="cleo")
    (row,) = story.obligations(START + hours(48))
    verdict = row.layers["marketplace"]
    assert (row.state, verdict.verdict, verdict.owner) == ("answered", "met", "cleo")


def test_f10_a_close_without_reply_is_the_closers_breach() -> None:
    (row,) = _closed().obligations(START + hours(48))
    verdict = row.layers["marketplace"]
    assert (row.state, verdict.verdict) == ("closed_unanswered", "breached")
    assert (verdict.owner, verdict.owner_rule) == ("bob", "closer")
    assert verdict.verdict_at == us(START + hours(24))
    (before,) = _closed().obligations(START + hours(23))
    assert before.layers["marketplace"].verdict == "pending"


def test_f11_thanks_after_an_answer_is_waived() -> None:
    story = Story()
    story.target("marketplace", 86_400, metric="next_reply")
    story.ticket("1", START, status="solved")
    story.message("1", START)
    story.message("1", START + hours(1), "agent", author_id="ana")
    story.event("1", START + hours(1), "status_change", "open", "solved", actor_id="ana")
    story.message("1", START + hours(2), is_thanks=True, body_chars=7)
    story.event("1", START + hours(2), "status_change", "solved", "open", actor_role="customer")
    story.event("1", START + hours(3), "status_change", "open", "solved", actor_id="ana")
    rows = story.obligations(START + hours(200))
    assert [(row.turn.kind, row.state, row.turn.waiver) for row in rows] == [
        ("first", "answered", None),
        ("next", "waived", "thank_you_rule"),
    ]
    assert rows[1].layers["marketplace"].verdict == "waived"


def test_f12_an_outbound_ticket_waits_for_the_customer() -> None:
    story = Story()
    monday, wednesday = at("2026-03-02 09:00"), at("2026-03-04 10:00")
    story.ticket("1", monday, origin="outbound", created_by_role="agent")
    story.message("1", monday, "agent", author_id="ana")
    story.message("1", wednesday)
    story.message("1", wednesday + hours(1), "agent", author_id="ana")
    (row,) = story.obligations(at("2026-03-06 00:00"))
    assert (row.turn.kind, row.elapsed_cal_s) == ("first", 3_600)
    assert row.turn.satisfied_at == us(wednesday + hours(1))


def test_f13_a_bot_does_not_stop_the_human_clock() -> None:
    story = Story()
    story.ticket("1", START)
    story.message("1", START)
    story.message("1", START + timedelta(minutes=1), "bot", is_automated=True)
    story.message("1", START + timedelta(minutes=5))
    story.message("1", START + timedelta(minutes=60), "agent", author_id="ana")
    (row,) = story.obligations(START + hours(48))
    assert row.elapsed_cal_s == 3_600
    assert row.any_answer_at == us(START + timedelta(minutes=1))
    assert row.is_bot_first


def test_f14_a_bot_answer_and_silence_contain_the_turn() -> None:
    story = Story()
    story.target("marketplace", 86_400)
    story.ticket("1", START, status="solved")
    story.message("1", START)
    story.message("1", START + timedelta(minutes=1), "bot", is_automated=True)
    story.event("1", START + hours(1), "status_change", "open", "solved", actor_role="automation")
    (during,) = story.obligations(START + hours(48))
    assert during.layers["marketplace"].verdict == "pending"
    (row,) = story.obligations(START + hours(80))
    assert (row.state, row.layers["marketplace"].verdict) == ("answered_by_bot", "excluded")
    assert row.elapsed_cal_s is None


def test_f15_a_breach_before_the_merge_stays() -> None:
    story = Story()
    story.target("marketplace", 86_400)
    story.ticket("1", START, assignee_id="ana")
    story.message("1", START + hours(30))
    story.ticket("2", START, assignee_id="bob", merged_into_ticket_id="1", status="closed")
    story.message("2", START)
    story.event("2", START + hours(31), "merged", None, "1")
    story.event("2", START + hours(31), "status_change", "open", "closed")
    story.message("1", START + hours(32), "agent", author_id="ana")
    rows = story.obligations(START + hours(48))
    assert len({row.root.key for row in rows}) == 1
    old, new = (row.layers["marketplace"] for row in rows)
    assert (old.verdict, old.verdict_at, old.owner) == ("breached", us(START + hours(24)), "bob")
    assert (new.verdict, new.owner) == ("met", "ana")
    assert {row.turn.satisfied_at for row in rows} == {us(START + hours(32))}


def test_f16_a_breach_belongs_to_the_month_of_its_due_time() -> None:
    story = Story()
    story.target("marketplace", 86_400)
    start = at("2026-01-31 20:00")
    story.ticket("1", start)
    story.message("1", start)
    story.message("1", start + hours(30), "agent", author_id="ana")
    (row,) = story.obligations(at("2026-02-05 00:00"))
    assert row.layers["marketplace"].verdict_at == us(at("2026-02-01 20:00"))


def test_f17_a_raised_priority_breaches_at_the_change() -> None:
    story = Story()
    story.target("internal", 86_400)
    story.target("internal", 14_400, priority="urgent")
    story.ticket("1", START, priority="urgent", assignee_id="ana")
    story.message("1", START)
    story.event("1", START + hours(10), "priority_change", "normal", "urgent")
    (row,) = story.obligations(START + hours(12))
    verdict = row.layers["internal"]
    assert (verdict.verdict, verdict.verdict_at) == ("breached", us(START + hours(10)))
    assert (verdict.due_at, verdict.owner) == (us(START + hours(4)), "ana")


def test_f18_a_relaxed_target_does_not_undo_a_breach() -> None:
    story = Story()
    change = START + hours(6)
    story.target("internal", 14_400, policy="old", until=change.isoformat())
    story.target("internal", 86_400, policy="new", since=change.isoformat())
    story.ticket("1", START)
    story.message("1", START)
    story.message("1", START + hours(8), "agent", author_id="ana")
    (row,) = story.obligations(START + hours(12))
    verdict = row.layers["internal"]
    assert (verdict.verdict, verdict.verdict_at) == ("breached", us(START + hours(4)))
    assert verdict.target is not None and verdict.target.policy_id == "old"


@pytest.mark.parametrize(("stood", "state"), [(10, "open"), (15, "answered"), (20, "answered")])
def test_f19_f20_a_reply_must_stand_a_quarter_of_an_hour(stood: int, state: str) -> None:
    story = Story()
    story.target("marketplace", 86_400)
    story.ticket("1", START)
    story.message("1", START)
    sent = START + hours(1)
    story.message("1", sent, "agent", author_id="ana", deleted_at=sent + timedelta(minutes=stood))
    (row,) = story.obligations(START + hours(48))
    assert row.state == state
    assert row.layers["marketplace"].verdict == ("breached" if state == "open" else "met")


def test_f21_missed_calls_under_three_policies() -> None:
    counts = {}
    for policy in ("count_as_missed", "treat_normally", "ignore"):
        story = Story()
        story.target("internal", 60)
        story.add(
            "channels",
            channel_id="phone",
            name="p",
            platform="phone",
            channel_class="voice",
            modality="live",
            missed_policy=policy,
        )
        for number in range(100):
            start = START + timedelta(minutes=number)
            values = {"call_queue_entered_at": start, "message_kind": "call"}
            if number < 90:
                wait = 30 if number < 81 else 90
                values["call_answered_at"] = start + timedelta(seconds=wait)
            else:
                values["abandoned_at"] = start + timedelta(seconds=40)
            ticket = story.ticket(str(number), start, channel_id="phone")
            story.message(ticket, start, **values)
            if 90 <= number < 97:
                back = 70 if number < 94 else 400
                story.message(ticket, start + timedelta(seconds=back), "agent", author_id="ana")
        verdicts = [row.layers["internal"] for row in story.obligations(START + hours(48))]
        met = sum(v.verdict == "met" for v in verdicts)
        counts[policy] = (met, met + sum(v.verdict == "breached" for v in verdicts))
        classes = [v.missed_class for v in verdicts]
        assert [
            classes.count(name)
            for name in (
                "met_answered",
                "late_answered",
                "missed_recovered_in_target",
                "missed_recovered_late",
                "missed_never",
            )
        ] == [81, 9, 4, 3, 3]
    assert counts == {"count_as_missed": (81, 100), "treat_normally": (85, 100), "ignore": (81, 90)}


def test_f32_business_time_follows_the_team() -> None:
    story = Story()
    story.calendar("early", "UTC", {day: ("06:00", "14:00") for day in range(1, 8)})
    story.calendar("late", "UTC", {day: ("12:00", "20:00") for day in range(1, 8)})
    story.add("teams", team_id="a", name="a", calendar_id="early")
    story.add("teams", team_id="b", name="b", calendar_id="late")
    story.ticket("1", START, team_id="b")
    story.message("1", START + hours(5))
    story.event("1", START + hours(13), "team_change", "a", "b")
    story.message("1", START + hours(18), "agent", author_id="ana")
    (row,) = story.obligations(START + hours(48))
    assert row.elapsed_bus_s == 7 * 3600 + 5 * 3600


def test_f33_two_messages_are_one_turn() -> None:
    story = Story()
    start = at("2026-03-02 10:00")
    story.ticket("1", start)
    story.message("1", start)
    story.message("1", start + timedelta(minutes=20))
    story.message("1", at("2026-03-03 10:15"), "agent", author_id="ana")
    (row,) = story.obligations(at("2026-03-05 00:00"))
    assert row.elapsed_cal_s == 87_300
