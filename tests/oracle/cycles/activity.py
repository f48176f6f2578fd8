"""Assignment spans and closings (cards `tat`, `unanswered_holds`, `transfer_rate`, `closed_without_reply`)."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.oracle.turns.obligations import Obligation
from tests.oracle.turns.turns import Turn
from tests.oracle.turns.verdicts import Judge
from tests.oracle.world.canonical_rows import SECOND, Row
from tests.oracle.world.tickets import DONE, UNSOLVED, Ticket, is_human_reply

HOLD = 3600 * SECOND
BOUNCE = 60 * SECOND


@dataclass
class Span:
    """One agent holding one original ticket without interruption; ``ended_at`` null while it lasts."""

    root: Ticket
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
    transfers: list[int] = field(default_factory=list)


def spans_of(judge: Judge, group: list[Ticket], rows: list[Obligation]) -> list[Span]:
    """Assignment spans of every ticket of a merge group, each until it was merged."""
    found = []
    running = [row for row in rows if row.turn.mode == "turn" and row.state != "excluded"]
    for ticket in group:
        spans = _cut(judge, group[0], ticket)
        for span in spans:
            _name_successor(judge, span)
            span.transfers = _transfers(judge, span, spans)
            _measure_reply(judge, span, running)
            _measure_hold(judge, span, running)
            found.append(span)
    return found


def _cut(judge: Judge, root: Ticket, ticket: Ticket) -> list[Span]:
    """Spans between the instants at which assignee or status change, or the ticket is merged."""
    stop = ticket.merged_at
    until = judge.world.as_of if stop is None else stop
    assignee, status = ticket.own["assignee"], ticket.own["status"]
    created: int = ticket.row["created_at"]
    instants = sorted({*assignee.changes(created, until), *status.changes(created, until)})
    if stop is not None:
        instants = [when for when in instants if when < stop] + [stop]
    spans: list[Span] = []
    current: Span | None = None
    for when in [created, *instants]:
        agent = _person(judge, ticket, assignee.at(when))
        is_done = status.at(when) in DONE
        is_merged = stop is not None and when >= stop
        if current is not None and (is_done or is_merged or agent != current.agent):
            how = "merged" if is_merged else "solved" if agent == current.agent else "reassignment"
            current.ended_at, current.ended_by = when, how
            current.reason_code = _reason(ticket, when) if how == "reassignment" else None
            spans.append(current)
            current = None
        if is_merged or agent is None or current is not None:
            continue
        was_open = status.at(when - 1) not in DONE
        is_new = when == created or assignee.at(when - 1) != agent
        if not is_done:
            current = Span(root, ticket, agent, when)
        elif was_open and is_new:
            spans.append(Span(root, ticket, agent, when, when, "solved"))
    return spans + ([current] if current is not None else [])


def _person(judge: Judge, ticket: Ticket, assignee: str | None) -> str | None:
    return None if judge.world.is_bot(ticket.row["source_system"], assignee) else assignee


def _reason(ticket: Ticket, when: int, kind: str = "assignee_change") -> str | None:
    codes = [
        event["reason_code"]
        for event in ticket.events
        if event["occurred_at"] == when and event["event_type"] == kind
    ]
    return codes[-1] if codes else None


def _name_successor(judge: Judge, span: Span) -> None:
    span.team = judge.team_of(span.ticket, span.agent, span.started_at)
    if span.ended_by != "reassignment" or span.ended_at is None:
        return
    teams = span.ticket.own["team"]
    span.next_agent = _person(judge, span.ticket, span.ticket.own["assignee"].at(span.ended_at))
    span.next_team = teams.at(span.ended_at)


def _transfers(judge: Judge, span: Span, spans: list[Span]) -> list[int]:
    """Instants at which the ticket left this agent or, with this agent, the team; a stay below a minute is a bounce."""
    end = span.ended_at if span.ended_at is not None else judge.world.as_of + 1
    since, found = span.started_at, []
    for when in _team_moves(span.ticket, span.started_at, end - 1):
        if when - since >= BOUNCE and not _is_handover(span.ticket, when, "team_change"):
            found.append(when)
        since = when
    if span.ended_by != "reassignment" or end - since < BOUNCE:
        return found
    if _is_handover(span.ticket, end, "assignee_change"):
        return found
    if span.next_agent is not None or _team_moves(span.ticket, end - 1, end):
        return [*found, end]
    return found + _queue_move(judge, span, end, spans)


def _queue_move(judge: Judge, span: Span, end: int, spans: list[Span]) -> list[int]:
    """The first move of the team while nobody has the ticket that was given back, and before it is done."""
    ticket = span.ticket
    taken = min((s.started_at for s in spans if s.started_at > end), default=None)
    done = [w for w in ticket.own["status"].changes(end, judge.world.as_of)]
    stops = [when - 1 for when in done if ticket.own["status"].at(when) in DONE]
    stops += [ticket.merged_at - 1] if ticket.merged_at is not None else []
    stops += [taken] if taken is not None else []
    moves = _team_moves(ticket, end, min([*stops, judge.world.as_of]))
    return [when for when in moves if not _is_handover(ticket, when, "team_change")][:1]


def _team_moves(ticket: Ticket, after: int, until: int) -> list[int]:
    """Changes from one team to another in ``(after, until]``; a ticket's first team is none."""
    teams = ticket.own["team"]
    steps = {when: (teams.at(when - 1), teams.at(when)) for when in teams.changes(after, until)}
    return [when for when, (old, new) in steps.items() if None not in (old, new) and old != new]


def _is_handover(ticket: Ticket, when: int, kind: str) -> bool:
    return _reason(ticket, when, kind) == "shift_handover"


def _measure_reply(judge: Judge, span: Span, rows: list[Obligation]) -> None:
    replied = [
        row.turn
        for row in rows
        if row.turn.satisfied_at is not None
        and row.turn.responder == span.agent
        and row.turn.ticket.root_at(row.turn.satisfied_at) is span.ticket
        and span.started_at <= row.turn.satisfied_at
        and _is_inside(span, row.turn.satisfied_at)
    ]
    first = min((turn.ended_at for turn in replied if turn.ended_at is not None), default=None)
    if first is None:
        return
    oldest = min(turn.available_at for turn in replied if turn.ended_at == first)
    begin = min(max(span.started_at, oldest), first)
    span.tat_replied_at, span.tat_cal_s = first, (first - begin) // SECOND
    source = span.ticket.row["source_system"]
    calendar = judge.world.team_calendar(source, judge.team_of(span.ticket, span.agent, first))
    if calendar in judge.calendars.zones:
        total = judge.calendars.open_microseconds([(begin, None, calendar)], begin, first) or 0
        span.tat_bus_s = total // SECOND


def _is_inside(span: Span, when: int) -> bool:
    if span.ended_at is None or when < span.ended_at:
        return True
    return when == span.ended_at and span.ended_by == "solved"


def _measure_hold(judge: Judge, span: Span, rows: list[Obligation]) -> None:
    stop = span.ended_at if span.ended_at is not None else judge.world.as_of
    for row in rows:
        turn = row.turn
        begin = max(span.started_at, turn.started_at)
        finish = stop if turn.ended_at is None else min(stop, turn.ended_at)
        is_here = turn.ticket.root_at(begin) is span.ticket
        if begin >= finish or not is_here or _held(judge, row, begin, finish) < HOLD:
            continue
        span.is_hold = True
        is_waiting = turn.ended_at is None or turn.ended_at > stop
        if is_waiting and span.ended_by == "reassignment" and span.reason_code != "shift_handover":
            span.is_unanswered_hold = True


def _held(judge: Judge, row: Obligation, begin: int, finish: int) -> int:
    for layer in ("internal", "marketplace"):
        target = row.layers[layer].target
        if target is not None:
            return judge.clock(row.turn, target, finish).microseconds(begin, finish)
    return finish - begin


@dataclass
class Closing:
    """A change from an unsolved status to solved or closed."""

    root: Ticket
    ticket: Ticket
    event: Row
    closed_at: int
    closer: str | None = None
    closer_team: str | None = None
    turns: list[Turn] = field(default_factory=list)
    is_merge_or_spam: bool = False
    has_unanswered_turn: bool = False
    is_waived_only: bool = False
    is_with_reply: bool = False
    is_without_reply: bool = False
    is_repaired: bool = False

    @property
    def is_human(self) -> bool:
        """Closed by a person of the team."""
        return bool(self.event["actor_role"] == "agent")


def closings_of(judge: Judge, group: list[Ticket], rows: list[Obligation]) -> list[Closing]:
    """Closing events of a merge group with what stood unanswered."""
    found = []
    for ticket in group:
        status, previous = ticket.own["status"].steps[0][1], None
        for event in ticket.events:
            if event["event_type"] != "status_change":
                continue
            when, new = event["occurred_at"], event["to_value"]
            if ticket.merged_at is not None and when > ticket.merged_at:
                break
            if new in DONE and status in UNSOLVED:
                found.append(_closing(judge, group, ticket, event, rows, previous))
                previous = when
            status = new
    return found


def _closing(
    judge: Judge,
    group: list[Ticket],
    ticket: Ticket,
    event: Row,
    rows: list[Obligation],
    previous: int | None,
) -> Closing:
    when = event["occurred_at"]
    result = Closing(group[0], ticket, event, when)
    holder = ticket.root_at(when)
    result.turns = [
        row.turn
        for row in rows
        if row.turn.mode == "turn"
        and row.turn.started_at <= when
        and row.turn.ticket.root_at(when) is holder
        and (previous is None or row.turn.ended_at is None or row.turn.ended_at > previous)
    ]
    waiting = [turn for turn in result.turns if _is_unanswered(turn, when)]
    answered = [t for t in result.turns if t.satisfied_at is not None and t.satisfied_at <= when]
    result.has_unanswered_turn = bool(waiting)
    result.is_repaired = bool(waiting) and all(t.satisfied_at is not None for t in waiting)
    result.is_merge_or_spam = event["reason_code"] in ("merged", "spam") or when == ticket.merged_at
    if not result.is_merge_or_spam:
        result.is_without_reply = bool(waiting)
        result.is_with_reply = not waiting and bool(answered)
        is_waived = any(turn.state == "waived" for turn in result.turns)
        result.is_waived_only = not waiting and not answered and is_waived
    if result.is_human:
        result.closer = event["actor_id"]
    elif result.is_with_reply:
        result.closer = _last_replier(group, holder, when)
    result.closer_team = judge.team_of(ticket, result.closer, when)
    return result


def _is_unanswered(turn: Turn, when: int) -> bool:
    if turn.state == "answered":
        return turn.satisfied_at is not None and turn.satisfied_at > when
    return turn.state in ("open", "closed_unanswered")


def _last_replier(group: list[Ticket], holder: Ticket, when: int) -> str | None:
    replies = [
        (m["sent_at"], m["message_id"], m["author_id"])
        for ticket in group
        for m in ticket.messages
        if is_human_reply(m) and m["sent_at"] <= when and ticket.root_at(m["sent_at"]) is holder
    ]
    return max(replies, key=lambda reply: reply[:2])[2] if replies else None
