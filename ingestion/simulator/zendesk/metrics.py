"""The account's own clocks: metric sets beside tickets, and the SLA metric events.

These are the vendor's figures, rounded and simplified as vendors do; the warehouse reconciles with them but computes
its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ingestion.simulator.clock import iso_z
from ingestion.simulator.world.buyers import FIRST_END_USER_ID
from ingestion.simulator.world.calendars import CALENDARS, OpenWindows, calendar_windows
from ingestion.simulator.world.people import BOT_ID
from ingestion.simulator.world.tickets import IDS_PER_TICKET, Ticket
from ingestion.simulator.world.world import World

FIRST_REPLY_TARGET_SECONDS = 86_400
_UNSOLVED = ("new", "open", "hold")
_MINUTE = 60


@dataclass
class Clocks:
    """What happened to a ticket until an instant, in epoch seconds and counts."""

    first_reply_at: int | None = None
    first_solved_at: int | None = None
    solved_at: int | None = None
    assigned_first_at: int | None = None
    assigned_at: int | None = None
    status_at: int = 0
    last_comment_at: int = 0
    requester_at: int = 0
    replies: int = 0
    reopens: int = 0
    assignees: set[int] = field(default_factory=set)
    groups: set[int] = field(default_factory=set)
    spans: list[tuple[str, int, int]] = field(default_factory=list)


def is_reply(author: int, public: bool) -> bool:
    """Whether a comment stops the vendor's first-reply clock: public, by a person of the desk."""
    return public and 0 < author < FIRST_END_USER_ID and author != BOT_ID


def clocks_of(ticket: Ticket, instant: int) -> Clocks:
    """Fold the visible audits of a ticket into its clocks."""
    clocks = Clocks(
        status_at=ticket.created, requester_at=ticket.created, last_comment_at=ticket.created
    )
    status, since = "new", ticket.created
    for audit in ticket.audits:
        if audit.seen > instant:
            continue
        at = audit.at
        for fact in audit.facts:
            if fact[0] == "comment":
                clocks.last_comment_at = at
                if fact[2] == ticket.requester_id:
                    clocks.requester_at = at
                elif is_reply(fact[2], fact[3]):
                    clocks.replies += 1
                    clocks.first_reply_at = clocks.first_reply_at or at
            elif fact[0] == "set" and fact[1] == "assignee_id" and fact[2] is not None:
                clocks.assignees.add(fact[2])
                clocks.assigned_first_at = clocks.assigned_first_at or at
                clocks.assigned_at = at
            elif fact[0] == "set" and fact[1] == "group_id" and fact[2] is not None:
                clocks.groups.add(fact[2])
            elif fact[0] == "set" and fact[1] == "status":
                clocks.spans.append((status, since, at))
                if fact[2] in ("solved", "closed") and status not in ("solved", "closed"):
                    clocks.first_solved_at = clocks.first_solved_at or at
                    clocks.solved_at = at
                elif status in ("solved",) and fact[2] not in ("solved", "closed", "deleted"):
                    clocks.reopens += 1
                    clocks.solved_at = None
                status, since = fact[2], at
                clocks.status_at = at
    # The span still running counts only once it ends, as in real accounts: a metric set moves with its ticket.
    return clocks


class MetricSets:
    """Renders ``metric_set`` objects; business minutes follow the office in Rome, the account's default schedule."""

    def __init__(self, world: World) -> None:
        first = world.options.start - timedelta(days=3)
        last = world.options.start + timedelta(days=world.options.days + 60)
        self._open: OpenWindows = calendar_windows(CALENDARS[0], first, last)

    def _minutes(self, spans: list[tuple[int, int]]) -> dict[str, int | None]:
        if not spans:
            return {"calendar": None, "business": None}
        return {
            "calendar": sum(stop - start for start, stop in spans) // _MINUTE,
            "business": sum(self._open.between(start, stop) for start, stop in spans) // _MINUTE,
        }

    def _since_creation(self, ticket: Ticket, stop: int | None) -> dict[str, int | None]:
        return self._minutes([(ticket.created, stop)] if stop else [])

    def metric_set(
        self, ticket: Ticket, instant: int, base_url: str, updated_at: int
    ) -> dict[str, Any]:
        """The ``metric_set`` of a ticket as of ``instant``."""
        clocks = clocks_of(ticket, instant)
        metric_id = ticket.ticket_id * 10 + 3

        def spent(*statuses: str) -> dict[str, int | None]:
            return self._minutes(
                [(start, stop) for name, start, stop in clocks.spans if name in statuses]
            )

        return {
            "url": f"{base_url}/api/v2/ticket_metrics/{metric_id}.json",
            "id": metric_id,
            "ticket_id": ticket.ticket_id,
            "created_at": iso_z(ticket.created),
            "updated_at": iso_z(updated_at),
            "group_stations": len(clocks.groups),
            "assignee_stations": len(clocks.assignees),
            "reopens": clocks.reopens,
            "replies": clocks.replies,
            "assignee_updated_at": _iso(clocks.assigned_at),
            "requester_updated_at": iso_z(clocks.requester_at),
            "status_updated_at": iso_z(clocks.status_at),
            "initially_assigned_at": _iso(clocks.assigned_first_at),
            "assigned_at": _iso(clocks.assigned_at),
            "solved_at": _iso(clocks.solved_at),
            "latest_comment_added_at": iso_z(clocks.last_comment_at),
            "custom_status_updated_at": iso_z(clocks.status_at),
            "reply_time_in_minutes": self._since_creation(ticket, clocks.first_reply_at),
            "first_resolution_time_in_minutes": self._since_creation(
                ticket, clocks.first_solved_at
            ),
            "full_resolution_time_in_minutes": self._since_creation(ticket, clocks.solved_at),
            "agent_wait_time_in_minutes": spent("pending"),
            "requester_wait_time_in_minutes": spent(*_UNSOLVED),
            "on_hold_time_in_minutes": spent("hold"),
        }


def _iso(seconds: int | None) -> str | None:
    return iso_z(seconds) if seconds else None


MetricRow = tuple[int, int, int, int, str, str]
"""(time, event id, visible from, ticket id, metric, type); rows sort in the order of the export."""


def metric_rows(ticket: Ticket) -> list[MetricRow]:
    """All SLA metric events of a ticket's life; the caller cuts at its instant."""
    created = ticket.created
    rows: list[tuple[int, int, str, str]] = [
        (created, created, metric, "activate")
        for metric in ("reply_time", "agent_work_time", "requester_wait_time", "resolution_time")
    ]
    rows.append((created, created, "reply_time", "apply_sla"))
    rows.extend(_status_rows(ticket))
    rows.sort(key=lambda row: row[0])
    first_id = ticket.ticket_id * IDS_PER_TICKET
    return [
        (at, first_id + place, seen, ticket.ticket_id, metric, kind)
        for place, (at, seen, metric, kind) in enumerate(rows)
    ]


def metric_event_json(row: MetricRow) -> dict[str, Any]:
    """One record of ``/incremental/ticket_metric_events``."""
    return {
        "id": row[1],
        "ticket_id": row[3],
        "metric": row[4],
        "instance_id": 1,
        "type": row[5],
        "time": iso_z(row[0]),
    }


def _status_rows(ticket: Ticket) -> Iterator[tuple[int, int, str, str]]:
    replied = False
    deadline = ticket.created + FIRST_REPLY_TARGET_SECONDS
    breach = (deadline, deadline, "reply_time", "breach")
    for audit in ticket.audits:
        for fact in audit.facts:
            if fact[0] == "comment" and not replied and is_reply(fact[2], fact[3]):
                replied = True
                if audit.at > deadline:
                    yield breach
                yield audit.at, audit.seen, "reply_time", "fulfill"
            elif fact[0] == "set" and fact[1] == "status" and not fact[4]:
                for metric, kind in _moves(fact[3], fact[2]):
                    yield audit.at, audit.seen, metric, kind
    if not replied:
        yield breach


def _moves(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """What a change of status does to the clocks that depend on it."""
    if new == "solved":
        return (
            ("agent_work_time", "fulfill"),
            ("requester_wait_time", "fulfill"),
            ("resolution_time", "fulfill"),
        )
    if old == "solved" and new == "open":
        return (
            ("agent_work_time", "activate"),
            ("requester_wait_time", "activate"),
            ("resolution_time", "activate"),
        )
    if new == "pending":
        return (("agent_work_time", "pause"), ("requester_wait_time", "pause"))
    return (("requester_wait_time", "update_status"),)
