"""A story as sections of texts: what the terminal prints and the file shows, the same in both."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.case import answers, consequences
from orchestration.case.sections import Section
from orchestration.case.story import Story
from orchestration.presenting.languages import Language, language

__all__ = ["Section", "told"]
_SECTIONS = (
    answers.turns,
    answers.holders,
    answers.cycles,
    consequences.work,
    answers.happened,
    consequences.surveys,
    consequences.reviews,
    consequences.orders,
    consequences.defects,
    consequences.causes,
)


def told(story: Story) -> tuple[list[tuple[str, str]], list[Section]]:
    """The head of a story as pairs, and its sections."""
    own = language("en")
    return list(_head(story, own)), [section(story, own) for section in _SECTIONS]


def _head(story: Story, own: Language) -> Iterator[tuple[str, str]]:
    ticket = story.ticket
    named = (
        ("ticket", ticket["ticket_id"]),
        ("tenant", ticket["tenant_id"]),
        ("source", ticket["source_system"]),
        ("channel", ticket["channel"]),
        ("marketplace account", ticket["account"]),
        ("status", ticket["status"]),
        ("priority", ticket["priority"]),
        ("reason", ticket["reason"]),
        ("assignee", story.name(ticket["assignee_agent_key"])),
        ("team", ticket["team"]),
        ("created", own.instant(ticket["created_at"])),
        ("first solved", own.instant(ticket["first_solved_at"])),
        ("last solved", own.instant(ticket["last_solved_at"])),
        ("merged into", ticket["merged_into"]),
        ("not counted because", ticket["exclusion_reason"]),
        ("worked on it", _worked(story, own)),
        ("judged at", own.instant(story.as_of)),
    )
    for name, value in named:
        if value:
            yield name, str(value)


def _worked(story: Story, own: Language) -> str:
    """Time that people spent on the ticket, and in how many sessions."""
    if not story.work:
        return ""
    estimated = sum(not one["is_measured"] for one in story.work)
    doubt = f", {estimated} of them estimated" if estimated else ""
    return f"{own.duration(story.handled_s)}, sessions: {len(story.work)}{doubt}"
