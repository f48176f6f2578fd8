"""Assignment spans and closings (cards `tat`, `unanswered_holds`, `transfer_rate`, `closed_without_reply`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.oracle.canonical_rows import MINUTE, SECOND, Row
from tests.oracle.history import DONE, UNSOLVED, Ticket, is_human_reply
from tests.oracle.obligations import Obligation
from tests.oracle.policies import calendar_pieces
from tests.oracle.turns import Turn
from tests.oracle.verdicts import Judge

HOLD_SECONDS = 3600


@dataclass
class Span:
    """One agent holding one ticket without interruption; ``ended_at`` null while it lasts."""

    ticket: Ticket
    agent: str
    started_at: int
    ended_at: int | None = None
    ended_by: str = "open"
    reason_code: str | None = None
    next_agent: str | None = None
    next_team: str | None = None
    team: str | None = None
    tat_replied_at: int | None = None
    tat_cal_s: int | None = None
    tat_bus_s: int | None = None
    is_hold: bool = False
    is_unanswered_hold: bool = False
    is_transfer: bool = False


def spans_of(judge: Judge, group: list[Ticket], rows: list[Obligation]) -> list[Span]:
    """Assignment spans of every ticket of a merge group, each until it was merged."""
    found = []
    for ticket in group:
        turns = [row.turn for row in rows if row.state != "excluded"]
        for span in _cut(judge, ticket):
            span.team = judge.team_of(ticket, span.agent, span.started_at)
            _measure(judge, span, turns)
            found.append(span)
    return found


def _cut(judge: Judge, ticket: Ticket) -> list[Span]:
    source = ticket.row["source_system"]
    holder = ticket.own["assignee"].steps[0][1]
    status = ticket.own["status"].steps[0][1]
    spans: list[Span] = []
    current: Span | None = None

    def start(when: int) -> Span | None:
        if holder is None or status in DONE or judge.world.is_bot(source, holder):
            return None
        return Span(ticket, holder, when)

    current = start(ticket.row["created_at"])
    stop = ticket.merged_at
    for event in ticket.events:
        when, kind = event["occurred_at"], event["event_type"]
        if kind not in ("assignee_change", "status_change"):
            continue
        if stop is not None and when >= stop:
            break
        if kind == "assignee_change":
            changed = event["to_value"] != holder
            holder = event["to_value"]
            if current is not None and changed:
                _finish(spans, current, when, "reassignment", event)
                current = None
            current = current or start(when)
        else:
            status = event["to_value"]
            if current is not None and status in DONE:
                _finish(spans, current, when, "solved", event)
                current = None
            elif current is None:
                current = start(when)
    if current is not None:
        if stop is not None:
            _finish(spans, current, stop, "merged", {"reason_code": None})
        else:
            spans.append(current)
    return spans


def _finish(spans: list[Span], span: Span, when: int, how: str, event: dict[str, Any]) -> None:
    span.ended_at, span.ended_by, span.reason_code = when, how, event["reason_code"]
    if how == "reassignment":
        span.next_agent = event["to_value"]
    spans.append(span)


def _measure(judge: Judge, span: Span, turns: list[Turn]) -> None:
    stop = span.ended_at if span.ended_at is not None else judge.world.as_of
    replied = [
        t
        for t in turns
        if t.mode == "turn"
        and t.satisfied_at is not None
        and t.responder == span.agent
        and span.started_at <= t.satisfied_at <= stop
        and t.ticket.root_at(t.satisfied_at) is span.ticket
    ]
    first = min((t.satisfied_at for t in replied if t.satisfied_at is not None), default=None)
    if first is None:
        return
    oldest = min(t.available_at for t in replied if t.satisfied_at == first)
    begin = min(max(span.started_at, oldest), first)
    span.tat_replied_at, span.tat_cal_s = first, (first - begin) // SECOND
    calendar = judge.world.team_calendar(
        span.ticket.row["source_system"],
        judge.world.home_team(span.ticket.row["source_system"], span.agent, first),
    )
    total = judge.calendars.open_microseconds([(begin, None, calendar)], begin, first)
    span.tat_bus_s = None if total is None else total // SECOND


@dataclass
class Closing:
    """A change from an unsolved status to solved or closed."""

    ticket: Ticket
    event: Row
    closed_at: int
    has_unanswered_turn: bool = False
    is_with_reply: bool = False
    is_without_reply: bool = False
    is_repaired: bool = False


def closings_of(group: list[Ticket], rows: list[Obligation]) -> list[Closing]:
    """Closing events of a merge group with what stood unanswered."""
    found = []
    for ticket in group:
        status = ticket.own["status"].steps[0][1]
        for event in ticket.events:
            if event["event_type"] != "status_change":
                continue
            new = event["to_value"]
            if new in DONE and status in UNSOLVED:
                found.append(_closing(ticket, event, rows))
            status = new
    return found


def _closing(ticket: Ticket, event: Row, rows: list[Obligation]) -> Closing:
    when = event["occurred_at"]
    result = Closing(ticket, event, when)
    mine = [
        row.turn
        for row in rows
        if row.turn.ticket.root_at(when) is ticket.root_at(when) and row.turn.started_at <= when
    ]
    waiting = [
        t
        for t in mine
        if t.state in ("open", "closed_unanswered", "answered")
        and (t.satisfied_at is None or t.satisfied_at > when)
    ]
    result.has_unanswered_turn = bool(waiting)
    result.is_repaired = bool(waiting) and all(t.satisfied_at is not None for t in waiting)
    return result


__all__ = ["HOLD_SECONDS", "MINUTE", "calendar_pieces", "closings_of", "is_human_reply", "spans_of"]
