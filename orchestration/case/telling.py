"""A story as sections of texts: what the terminal prints and the file shows, the same in both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.case.story import NOBODY, Row, Story
from orchestration.presenting.languages import Language, language

LAYERS = ("marketplace", "internal")
_VERDICTS = {"met": "● in time", "breached": "■ late", "pending": "… still open"}


@dataclass(frozen=True)
class Section:
    """A table of texts under a heading; ``note`` stands where there is no row."""

    title: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""


def told(story: Story) -> tuple[list[tuple[str, str]], list[Section]]:
    """The head of a story as pairs, and its sections."""
    own = language("en")
    return list(_head(story, own)), [
        _turns(story, own),
        _holders(story, own),
        _cycles(story, own),
        _happened(story, own),
    ]


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
        ("judged at", own.instant(story.as_of)),
    )
    for name, value in named:
        if value:
            yield name, str(value)


def _turns(story: Story, own: Language) -> Section:
    heads = ("turn", "kind", "asked", "answered", "by", "took", "marketplace", "our promise")
    rows = [
        (
            str(turn["turn_no"] or ""),
            str(turn["kind"]),
            own.instant(turn["started_at"]),
            own.instant(turn["satisfied_at"]) or str(turn["state"]),
            story.name(turn["responder_agent_key"]),
            own.duration(turn["elapsed_cal_s"]),
            *(_verdict(story, own, turn, layer) for layer in LAYERS),
        )
        for turn in story.turns
    ]
    return Section("What was owed", heads, rows, "No customer turn is known.")


def _verdict(story: Story, own: Language, turn: Row, layer: str) -> str:
    verdict = turn[f"{layer}_verdict"]
    if verdict is None:
        return "no promise"
    said = _VERDICTS.get(verdict, str(verdict))
    due = own.instant(turn[f"{layer}_due_at"])
    parts = [said + (f" (due {due})" if due else "")]
    if turn[f"{layer}_overrun_s"]:
        parts.append(f"{own.duration(turn[f'{layer}_overrun_s'])} over")
    owner = story.name(turn[f"{layer}_sla_owner_agent_key"])
    if owner and turn[f"{layer}_owner_rule"]:
        parts.append(f"{owner}: {str(turn[f'{layer}_owner_rule']).replace('_', ' ')}")
    if turn["is_time_uncertain"]:
        parts.append("time uncertain")
    return ", ".join(parts)


def _holders(story: Story, own: Language) -> Section:
    rows = [
        (
            str(part["turn_no"] or ""),
            str(part["holder_class"]),
            story.name(part["agent_key"]),
            own.instant(part["from_at"]),
            own.instant(part["to_at"]),
            own.duration(part["cal_s"]),
        )
        for part in story.holders
    ]
    heads = ("turn", "held by", "who", "from", "to", "for")
    return Section("Who held it while the customer waited", heads, rows, "Nobody waited.")


def _cycles(story: Story, own: Language) -> Section:
    promises: dict[Any, list[str]] = {}
    for one in story.promises:
        said = f"{one['layer']}: {_VERDICTS.get(one['verdict'], one['verdict'])}"
        promises.setdefault(one["cycle_no"], []).append(said)
    rows = [
        (
            str(cycle["cycle_no"]),
            own.instant(cycle["started_at"]),
            own.instant(cycle["ended_at"]),
            story.name(cycle["resolver_agent_key"]),
            own.duration(cycle["first_contact_to_end_cal_s"]),
            str(cycle["reply_count"] or ""),
            own.instant(cycle["reopened_at"]),
            ", ".join(promises.get(cycle["cycle_no"], [])),
        )
        for cycle in story.cycles
    ]
    heads = ("cycle", "began", "solved", "by", "took", "replies", "came back", "promise")
    return Section("How it was solved", heads, rows, "It was never solved.")


def _happened(story: Story, own: Language) -> Section:
    rows = [
        (
            own.instant(one["at"]),
            str(one["kind"]),
            str(one["what"] or "").replace("_", " "),
            _who(story, one),
            _change(story, one),
            str(one["reason"] or "").replace("_", " "),
        )
        for one in story.happened
    ]
    heads = ("when", "kind", "what", "who", "change", "reason")
    return Section("Everything that happened", heads, rows, "Nothing is known.")


def _who(story: Story, one: Row) -> str:
    """The person; where it was nobody the part that was played."""
    role = str(one["role"] or "")
    return role if role and one["agent_key"] in (None, *NOBODY) else story.name(one["agent_key"])


def _change(story: Story, one: Row) -> str:
    before, after = (_value(story, one[name]) for name in ("from_value", "to_value"))
    return f"{before} → {after}" if before and after else before or after


def _value(story: Story, value: Any) -> str:
    text = "" if value is None else str(value)
    return story.names.get(text, text)
