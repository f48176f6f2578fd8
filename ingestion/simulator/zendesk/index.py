"""What the account shows at an instant, found without walking the world: changes, events and ratings in order."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingestion.simulator.world.people import BOT_ID
from ingestion.simulator.world.tickets import Audit, Ticket
from ingestion.simulator.world.world import World

ARCHIVED_AFTER_SECONDS = 120 * 86_400
_SILENT = frozenset({"scrub", "survey", "error"})
"""Facts that change a record without moving its ``updated_at`` (trap Z3)."""


@dataclass
class State:
    """A ticket as it stands at an instant."""

    fields: dict[str, Any]
    updated_at: int
    tags: tuple[str, ...] = ()
    is_scrubbed: bool = False
    redacted: set[int] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)

    @property
    def status(self) -> str:
        """Status word of the vendor."""
        return str(self.fields["status"])


def state_of(ticket: Ticket, instant: int) -> State:
    """Fold the audits that are visible at ``instant`` (epoch seconds)."""
    state = State(
        {"status": "new", "priority": None, "group_id": None, "assignee_id": None, "reason": None},
        ticket.created,
    )
    for audit in ticket.audits:
        if audit.seen > instant:
            continue
        moves = False
        for fact in audit.facts:
            kind = fact[0]
            moves = moves or kind not in _SILENT
            if kind == "set":
                if fact[1] == "tags":
                    state.tags = fact[2]
                else:
                    state.fields[fact[1]] = fact[2]
            elif kind == "redact":
                state.redacted.add(fact[1])
            elif kind == "privacy":
                state.hidden.add(fact[1])
            elif kind == "scrub":
                state.is_scrubbed = True
        if moves:
            state.updated_at = max(state.updated_at, audit.at)
    return state


class ExportIndex:
    """Sorted views of the world's changes; built once, asked for any instant."""

    def __init__(self, world: World) -> None:
        self.world = world
        changes: set[tuple[int, int]] = set()
        self.seen: dict[int, list[int]] = {}
        self.events: list[tuple[int, int, Ticket, Audit]] = []
        self.ratings: list[tuple[int, Ticket]] = []
        self.macro_uses: dict[int, list[int]] = defaultdict(list)
        self.redactions: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.followups: dict[int, list[int]] = defaultdict(list)
        self.deletable = [ticket for ticket in world.tickets if "deleted" in ticket.planted]
        for ticket in world.tickets:
            self._add(ticket, changes)
        for origin, followers in self.followups.items():
            self._note_followers(origin, followers, changes)
        self.changes = sorted(changes)
        self.events.sort(key=lambda entry: (entry[0], entry[1]))
        self.event_times = [entry[0] for entry in self.events]
        self.ratings.sort(key=lambda entry: (entry[0], entry[1].ticket_id))
        for uses in self.macro_uses.values():
            uses.sort()

    def _add(self, ticket: Ticket, changes: set[tuple[int, int]]) -> None:
        instants = sorted({audit.seen for audit in ticket.audits})
        self.seen[ticket.ticket_id] = instants
        changes.update((instant, ticket.ticket_id) for instant in instants)
        for audit in ticket.audits:
            self.events.append((audit.at, ticket.audit_id(audit), ticket, audit))
            for fact in audit.facts:
                if fact[0] == "macro":
                    self.macro_uses[fact[1]].append(audit.at)
                elif fact[0] == "redact":
                    self.redactions[ticket.ticket_id].append((audit.seen, fact[1]))
        if ticket.follow_up_of:
            self.followups[ticket.follow_up_of].append(ticket.ticket_id)
        if ticket.ratings:
            self.ratings.append((ticket.ratings[0][0], ticket))

    def _note_followers(
        self, origin: int, followers: list[int], changes: set[tuple[int, int]]
    ) -> None:
        """A follow-up appears in ``followup_ids`` of its origin, which changes with it."""
        created = [self.world.ticket_by_id[follower].created for follower in followers]
        self.seen[origin] = sorted({*self.seen[origin], *created})
        changes.update((instant, origin) for instant in created)

    def generated(self, ticket_id: int, instant: int) -> int | None:
        """``generated_timestamp`` of a ticket at ``instant``; None while it does not exist."""
        seen = self.seen[ticket_id]
        index = bisect_right(seen, instant)
        return seen[index - 1] if index else None

    def changed_tickets(self, after: tuple[int, int], instant: int) -> Iterator[tuple[int, Ticket]]:
        """Tickets in order of (generated timestamp, id) behind ``after``, each once, as of ``instant``."""
        by_id = self.world.ticket_by_id
        for position in range(bisect_right(self.changes, after), len(self.changes)):
            seen, ticket_id = self.changes[position]
            if seen > instant:
                return
            if self.generated(ticket_id, instant) == seen:
                yield seen, by_id[ticket_id]

    def redacted(self, ticket_id: int, instant: int) -> set[int]:
        """Numbers of the comments of a ticket that are redacted at ``instant``."""
        found = self.redactions.get(ticket_id)
        return {number for seen, number in found if seen <= instant} if found else set()

    def ticket(self, ticket_id: int, instant: int) -> Ticket | None:
        """The ticket, if it exists at ``instant``."""
        ticket = self.world.ticket_by_id.get(ticket_id)
        return (
            ticket
            if ticket is not None and self.generated(ticket_id, instant) is not None
            else None
        )

    def support_type(self, ticket: Ticket, instant: int) -> str:
        """``ai_agent`` while only the bot has handled the ticket, else ``agent`` (trap Z19)."""
        if "bot_contained" in ticket.planted:
            assignee = state_of(ticket, instant).fields["assignee_id"]
            return "ai_agent" if assignee == BOT_ID else "agent"
        return "agent"

    def archived(self, ticket: Ticket, instant: int) -> bool:
        """Whether the ticket was closed so long ago that many endpoints no longer show it (trap Z10)."""
        for audit in ticket.audits:
            if any(
                fact[0] == "set" and fact[1] == "status" and fact[2] == "closed"
                for fact in audit.facts
            ):
                return audit.seen + ARCHIVED_AFTER_SECONDS < instant
        return False
