"""Tickets as the account shows them at an instant: state, timeline, last message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from ingestion.simulator.edesk.reference import TAG_IDS
from ingestion.simulator.edesk.timeline import Item, timeline
from ingestion.simulator.world.tickets import IDS_PER_TICKET, Audit, Ticket
from ingestion.simulator.world.world import World

_STATUS = {
    "new": "Open",
    "open": "Open",
    "pending": "Pending",
    "hold": "Scheduled",
    "solved": "Closed",
    "closed": "Closed",
    "deleted": "Archived",
}
"""Status words of the world's helpdesk → those of this one; who waits for a third party schedules the ticket."""

STALE_SECONDS = 60


@dataclass(frozen=True)
class Shown:
    """One ticket at an instant; ``tags`` are ids in the order of their coming."""

    ticket: Ticket
    status: str
    owner: int | None
    tags: tuple[int, ...]
    items: tuple[Item, ...]
    last_message_at: int | None


def clock_text(seconds: int) -> str:
    """Epoch seconds as the vendor writes an instant: UTC without saying so."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def shown_at(world: World, ticket: Ticket, instant: int) -> Shown | None:
    """The ticket as of ``instant`` (epoch seconds); None while it does not exist."""
    known = [audit for audit in ticket.audits if audit.seen <= instant]
    if ticket.created > instant or not known:
        return None
    fields: dict[str, object] = {}
    tags: tuple[str, ...] = ()
    words: list[tuple[Audit, str, str]] = []
    word = "Open"
    for place, audit in enumerate(known):
        for fact in audit.facts:
            if fact[0] == "set" and fact[1] == "tags":
                tags = fact[2]
            elif fact[0] == "set":
                fields[fact[1]] = fact[2]
        now = "Spam" if "spam" in tags else _STATUS[str(fields.get("status") or "new")]
        if now != word and place > 0:
            words.append((audit, word, now))
        word = now
    items = tuple(timeline(world, ticket, known, words))
    messages = [item.at for item in items if item.is_message]
    reason = fields.get("reason")
    owner = fields.get("assignee_id")
    labels = ([str(reason)] if reason else []) + [tag for tag in tags if tag != reason]
    return Shown(
        ticket,
        word,
        owner if isinstance(owner, int) and owner in world.staff.by_id else None,
        tuple(TAG_IDS[label] for label in labels if label in TAG_IDS),
        items,
        max(messages, default=None),
    )


class Account:
    """All tickets of the seller by id; computed once for a pinned clock, else once a minute."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._at = -1
        self._shown: dict[int, Shown] = {}

    def tickets(self, instant: int) -> dict[int, Shown]:
        """What exists at ``instant``, by ticket id in ascending order."""
        if not self._at <= instant < self._at + STALE_SECONDS or self._at < 0:
            found = (shown_at(self.world, one, instant) for one in self.world.tickets)
            shown = {one.ticket.ticket_id: one for one in found if one is not None}
            self._shown = dict(sorted(shown.items()))
            self._at = instant
        return self._shown

    def item(self, item_id: int, instant: int) -> tuple[Shown, Item] | None:
        """The timeline item of an id."""
        shown = self.tickets(instant).get(item_id // IDS_PER_TICKET)
        for item in _items_of(shown):
            if item.item_id == item_id and shown is not None:
                return shown, item
        return None


def _items_of(shown: Shown | None) -> Iterator[Item]:
    if shown is not None:
        yield from shown.items
