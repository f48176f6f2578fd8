"""Tickets, their values over time, and which messages count as whose (catalogue §2, §3.1)."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.world.canonical_rows import MINUTE, Row

BEGINNING = -(10**18)
UNSOLVED = ("new", "open", "pending", "on_hold")
DONE = ("solved", "closed")
_TYPE_ORDER = {
    "merged": 0,
    "unmerged": 0,
    "policy_applied": 1,
    "priority_change": 2,
    "team_change": 3,
    "assignee_change": 4,
    "message_deleted": 5,
    "message_hidden": 5,
    "message_edited": 5,
    "status_change": 6,
}


def event_order(event: Row) -> tuple[int, int, int, str]:
    """Total order of events: instant, seq, kind of event, id."""
    return (
        event["occurred_at"],
        event["seq"],
        _TYPE_ORDER.get(event["event_type"], 7),
        event["event_id"],
    )


class Timeline:
    """A value over time: ``at(t)`` is the last change at or before ``t``."""

    def __init__(self, steps: list[tuple[int, Any]]) -> None:
        """``steps`` = (from, value), first from the beginning, ordered, equal instants: last wins."""
        self.steps = steps
        self._starts = [start for start, _ in steps]

    def at(self, when: int) -> Any:
        """Value in force at an instant."""
        place = bisect_right(self._starts, when)
        return self.steps[place - 1 if place else 0][1]

    def changes(self, after: int, until: int) -> list[int]:
        """Instants in ``(after, until]`` at which the value really changes."""
        found = []
        for index in range(1, len(self.steps)):
            start, value = self.steps[index]
            if after < start <= until and value != self.steps[index - 1][1]:
                found.append(start)
        return found

    def pieces(self, until: int) -> list[tuple[int, int | None, Any]]:
        """``(from, to, value)`` as known at ``until``; the last value holds on for ever."""
        known = [step for step in self.steps if step[0] <= until] or self.steps[:1]
        ends: list[int | None] = [start for start, _ in known[1:]]
        ends.append(None)
        return [
            (start, end, value)
            for (start, value), end in zip(known, ends, strict=True)
            if end is None or start < end
        ]

    def joined(self, when: int, later: Timeline) -> Timeline:
        """This timeline until ``when``, the other from then on."""
        own = [step for step in self.steps if step[0] < when]
        rest = [step for step in later.steps if step[0] > when]
        return Timeline([*own, (when, later.at(when)), *rest])


@dataclass
class Ticket:
    """One ticket as visible at ``as_of``."""

    row: Row
    events: list[Row]
    own: dict[str, Timeline]
    merged_at: int | None = None
    parent: Ticket | None = None
    children: list[Ticket] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    has_later_merge: bool = False
    told_marks: set[str] = field(default_factory=set)
    _effective: dict[str, Timeline] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str]:
        """Tenant, source system and ticket id."""
        return (self.row["tenant_id"], self.row["source_system"], self.row["ticket_id"])

    @property
    def root(self) -> Ticket:
        """Root of the merge chain as known now."""
        return self.parent.root if self.parent is not None else self

    def value(self, attribute: str) -> Timeline:
        """Own value until the merge, from then on the (then) root's."""
        if attribute not in self._effective:
            timeline = self.own[attribute]
            if self.parent is not None and self.merged_at is not None:
                timeline = timeline.joined(self.merged_at, self.parent.value(attribute))
            self._effective[attribute] = timeline
        return self._effective[attribute]

    def root_at(self, when: int) -> Ticket:
        """Root of the merge chain at an instant."""
        if self.parent is not None and self.merged_at is not None and self.merged_at <= when:
            return self.parent.root_at(when)
        return self

    def merge_instants(self, after: int, until: int) -> list[int]:
        """Instants in ``(after, until]`` at which this ticket's root changes."""
        found, node, reached = [], self, BEGINNING
        while node.parent is not None and node.merged_at is not None:
            reached = max(reached, node.merged_at)
            if after < reached <= until:
                found.append(reached)
            node = node.parent
        return found


def is_customer_message(message: Row) -> bool:
    """A public message by the customer."""
    return message["visibility"] == "public" and message["author_role"] == "customer"


def is_human_reply(message: Row) -> bool:
    """A public, delivered message a person sent."""
    return (
        message["visibility"] == "public"
        and message["author_role"] == "agent"
        and not message["is_automated"]
        and message["delivery_status"] in ("sent", "delivered")
    )


def is_bot_answer(message: Row) -> bool:
    """A public, delivered message by a bot or a rule."""
    return (
        message["visibility"] == "public"
        and message["delivery_status"] in ("sent", "delivered")
        and (
            message["author_role"] == "bot"
            or (message["is_automated"] and message["author_role"] in ("agent", "system"))
        )
    )


def qualifying_replies(ticket: Ticket) -> list[Row]:
    """Replies that satisfy a turn: human, no case action, not withdrawn within 15 minutes unreplaced."""
    human = [
        m
        for m in ticket.messages
        if is_human_reply(m)
        and m["message_kind"] != "case_action"
        and m["call_queue_entered_at"] is None
    ]
    standing = [m for m in human if not _is_withdrawn(m)]
    found = []
    for message in human:
        if _is_withdrawn(message):
            deleted = message["deleted_at"]
            message["is_replaced"] = any(
                other["sent_at"] > message["sent_at"] and other["sent_at"] <= deleted + 15 * MINUTE
                for other in standing
            )
            if not message["is_replaced"]:
                continue
        found.append(message)
    return found


def _is_withdrawn(message: Row) -> bool:
    deleted = message["deleted_at"]
    return deleted is not None and deleted - message["sent_at"] < 15 * MINUTE
