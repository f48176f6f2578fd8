"""The speed KPIs of group A that follow a ticket through its states (catalogue §6 A), each card in its own function.

`requester_wait_time`, `agent_work_time`, `on_hold_time`, `customer_wait_time`, `update_gap`, `group_ownership_time`,
`time_to_assign`. Business seconds run in the calendar of the ticket's own team.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from tests.oracle.cycles.resolutions import Cycle
from tests.oracle.cycles.solutions import (
    both_clocks,
    count_last_reply,
    count_solution,
    own_business,
)
from tests.oracle.numbers.kpis import NO_AGENT, Collector, Facts
from tests.oracle.turns.obligations import Obligation
from tests.oracle.world.canonical_rows import SECOND
from tests.oracle.world.tickets import (
    DONE,
    UNSOLVED,
    Ticket,
    qualifying_replies,
)

_STATUSES = {
    "requester_wait_time": ("new", "open", "on_hold"),
    "agent_work_time": ("new", "open"),
    "on_hold_time": ("on_hold",),
    "customer_wait_time": ("pending",),
}


def collect_speed(found: Collector) -> None:
    """Every fact of these KPIs."""
    world = found.facts.world
    last: dict[int, Cycle] = {}
    for cycle in found.facts.cycles:
        if cycle.exclusion is None:
            last[id(cycle.root)] = cycle
            if cycle.number == 1 and cycle.ended_at is not None:
                count_solution(found, cycle)
    for cycle in last.values():
        if cycle.ended_at is not None:
            _life(found, cycle)
            count_last_reply(found, cycle)
    for ticket in world.tickets.values():
        if world.exclusion(ticket.root) is None:
            _gaps(found, ticket)
            if ticket.parent is None:
                _team_spans(found, ticket)
    _first_assignments(found)
    _pending_marks(found)
    for span in found.facts.spans:
        when = span.tat_replied_at
        if when is None or world.exclusion(span.root) is not None:
            continue
        team = found.facts.judge.team_of(span.ticket, span.agent, when)
        hit = int(span.tat_cal_s == 0)
        found.add("tat", when, span.root, team, span.agent, hit=hit, of=1, variant="tat_zero_share")


# ---- status times


def _pieces(ticket: Ticket, start: int, stop: int, *attributes: str) -> Iterator[tuple[int, int]]:
    cuts = {start, stop}
    for attribute in attributes:
        cuts.update(ticket.own[attribute].changes(start, stop))
    ordered = sorted(cuts)
    if len(ordered) == 1:
        yield start, stop
    yield from pairwise(ordered)


def _life(found: Collector, cycle: Cycle) -> None:
    """Time by status and holder from opening to the last resolution."""
    facts, root, stop = found.facts, cycle.root, cycle.ended_at
    assert stop is not None
    start = min(max(root.row["created_at"], cycle.first_contact_at), stop)
    calendar: dict[tuple[str, str | None], int] = defaultdict(int)
    business: dict[tuple[str, str | None], list[int]] = defaultdict(list)
    for low, high in _pieces(root, start, stop, "status", "assignee", "team"):
        agent = root.own["assignee"].at(low)
        if facts.world.is_bot(root.row["source_system"], agent):
            agent = None
        where = (root.own["status"].at(low), agent)
        calendar[where] += high - low
        source = root.row["source_system"]
        team_calendar = facts.world.team_calendar(source, root.own["team"].at(low))
        if team_calendar in facts.judge.calendars.zones:
            windows = facts.judge.calendars.windows(str(team_calendar), low, high)
            business[where].append(sum(b - a for a, b in windows))
    team = root.own["team"].at(stop)
    for kpi, statuses in _STATUSES.items():
        wanted = [where for where in calendar if where[0] in statuses]
        if kpi == "on_hold_time" and not any(calendar[where] for where in wanted):
            continue
        variant = "per_ticket" if kpi == "agent_work_time" else "none"
        spent = sum(sum(business[where]) for where in wanted) if any(business.values()) else None
        times = (sum(calendar[where] for where in wanted), spent)
        _cut(found, kpi, stop, root, team, NO_AGENT, times, variant)
    for agent in {agent for status, agent in calendar if status in ("new", "open")}:
        mine = [where for where in calendar if where[1] == agent]
        worked = [where for where in mine if where[0] in ("new", "open")]
        is_known = any(business[where] for where in mine)
        times = (
            sum(calendar[where] for where in worked),
            sum(sum(business[where]) for where in worked) if is_known else None,
        )
        whose = facts.judge.team_of(root, agent, stop)
        _cut(found, "agent_work_time", stop, root, whose, agent, times, "per_holder")


def _cut(
    found: Collector,
    kpi: str,
    when: int,
    root: Ticket,
    team: str | None,
    agent: object,
    times: tuple[int, int | None],
    variant: str,
) -> None:
    """A duration in microseconds on both clocks; null business time is left out."""
    for clock, time in zip(("calendar", "business"), times, strict=True):
        if time is not None:
            seconds = time // SECOND
            found.add(
                kpi, when, root.root, team, agent, seconds=seconds, clock=clock, variant=variant
            )


def _gaps(found: Collector, ticket: Ticket) -> None:
    judge, status = found.facts.judge, ticket.own["status"]
    replies = [
        m for m in qualifying_replies(ticket) if m["message_kind"] not in ("call", "chat_line")
    ]
    replies.sort(key=lambda m: (m["sent_at"], m["message_id"]))
    for before, after in pairwise(replies):
        start, stop = before["sent_at"], after["sent_at"]
        if ticket.merged_at is not None and stop > ticket.merged_at:
            continue
        spans = list(_pieces(ticket, start, stop, "status"))
        if status.at(start) in DONE or any(status.at(low) in DONE for low, _ in spans):
            continue
        # a merge comes before a message of the same instant: the root's assignee holds it then
        agent = ticket.value("assignee").at(stop)
        if found.facts.world.is_bot(ticket.row["source_system"], agent):
            agent = None
        team = judge.team_of(ticket, agent, stop)
        both_clocks(found, "update_gap", stop, ticket, team, agent, start, stop, "periodic")
        running = [(low, high) for low, high in spans if status.at(low) != "pending"]
        times = (sum(high - low for low, high in running), _open_us(found.facts, ticket, running))
        if own_business(found.facts, ticket, start, stop) is None:
            times = (times[0], None)
        _cut(found, "update_gap", stop, ticket, team, agent, times, "pausable")


def _open_us(facts: Facts, ticket: Ticket, spans: list[tuple[int, int]]) -> int | None:
    calendars, spent = facts.judge.calendars, 0
    for low, high in spans:
        for a, b in _pieces(ticket, low, high, "team"):
            source = ticket.row["source_system"]
            calendar = facts.world.team_calendar(source, ticket.own["team"].at(a))
            if calendar in calendars.zones:
                spent += sum(y - x for x, y in calendars.windows(str(calendar), a, b))
    return spent


def _team_spans(found: Collector, ticket: Ticket) -> None:
    as_of, status, teams = found.facts.world.as_of, ticket.own["status"], ticket.own["team"]
    created: int = ticket.row["created_at"]
    cuts = {*status.changes(created, as_of), *teams.changes(created, as_of)}
    begun: int | None = None
    held: str | None = None
    for when in [created, *sorted(cuts)]:
        team = teams.at(when) if status.at(when) in UNSOLVED else None
        if team == held:
            continue
        if held is not None and begun is not None:
            both_clocks(found, "group_ownership_time", when, ticket, held, NO_AGENT, begun, when)
        begun, held = when, team


def _first_assignments(found: Collector) -> None:
    first: dict[int, Obligation] = {}
    for row in found.facts.obligations:
        turn = row.turn
        if turn.kind == "first" and turn.mode == "turn" and row.state != "excluded":
            first.setdefault(id(turn.ticket), row)
    world, judge = found.facts.world, found.facts.judge
    for row in first.values():
        ticket, seen = row.turn.ticket, row.turn.available_at
        if ticket.parent is not None:
            continue
        assignee = ticket.own["assignee"]
        source = ticket.row["source_system"]
        stops = [
            when
            for when in [seen, *assignee.changes(seen, world.as_of)]
            if assignee.at(when) is not None and not world.is_bot(source, assignee.at(when))
        ][:1]
        if row.turn.satisfied_at is not None:
            stops.append(max(row.turn.satisfied_at, seen))
        if not stops or min(stops) > world.as_of:
            continue
        stop = min(stops)
        team = judge.team_of(ticket, None, stop)
        both_clocks(found, "time_to_assign", stop, ticket, team, NO_AGENT, seen, stop)


def _pending_marks(found: Collector) -> None:
    turns: dict[int, list[Obligation]] = defaultdict(list)
    for row in found.facts.obligations:
        if row.turn.mode not in ("case", "live") and row.state != "excluded":
            turns[id(row.turn.ticket)].append(row)
    for ticket in found.facts.world.tickets.values():
        if found.facts.world.exclusion(ticket.root) is not None:
            continue
        for event in ticket.events:
            if event["event_type"] != "status_change" or event["to_value"] != "pending":
                continue
            when = event["occurred_at"]
            if any(_is_waiting(row, when) for row in turns[id(ticket)]):
                team = found.facts.judge.team_of(ticket, event["actor_id"], when)
                found.add(
                    "customer_wait_time",
                    when,
                    ticket.root,
                    team,
                    NO_AGENT,
                    variant="pending_without_reply",
                )


def _is_waiting(row: Obligation, when: int) -> bool:
    turn = row.turn
    ended = turn.ended_at if row.state in ("answered", "waived") else None
    return turn.started_at <= when and (ended is None or when < ended)
