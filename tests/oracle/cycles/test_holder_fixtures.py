"""Assignments, holds, closings and reopens of small worlds by hand (catalogue §16: F5, F9 to F11; card `tat`)."""

from __future__ import annotations

from tests.oracle.numbers.by_hand import START, kpi_values
from tests.oracle.numbers.tenants import compute
from tests.oracle.world.story import Story, at, hours, us


def test_tat_counts_from_the_later_of_assignment_and_message() -> None:
    story = Story()
    morning = at("2026-03-02 09:00")
    story.ticket("1", morning, assignee_id="ana")
    story.event("1", morning, "assignee_change", None, "ana")
    story.message("1", morning + hours(1))
    story.message("1", morning + hours(3), "agent", author_id="ana")
    values = kpi_values(story.tables(), morning + hours(9))
    assert values["tat", "median", "company", "none/none"].value == 7_200


def test_f5_hands_on_one_unanswered_hold() -> None:
    story = Story()
    story.target("marketplace", 86_400)
    story.ticket("1", START, assignee_id="B")
    story.message("1", START)
    story.event("1", START + hours(20), "assignee_change", None, "A")
    story.event("1", START + hours(23.5), "assignee_change", "A", "B")
    story.message("1", START + hours(24.5), "agent", author_id="B")
    values = kpi_values(story.tables(), START + hours(48))
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
