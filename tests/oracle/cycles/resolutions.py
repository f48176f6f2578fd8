"""Resolution cycles and their verdicts (catalogue §3.5, cards of the resolution KPIs)."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.oracle.turns.obligations import Obligation, business_seconds
from tests.oracle.turns.stretches import Verdict
from tests.oracle.turns.turns import Turn
from tests.oracle.turns.verdicts import Judge
from tests.oracle.world.canonical_rows import DAY, SECOND, Row
from tests.oracle.world.history import World
from tests.oracle.world.policies import LAYERS
from tests.oracle.world.tickets import DONE, UNSOLVED, Ticket, is_customer_message, is_human_reply

MATURITY = 7 * DAY
REOPEN_WINDOW = 30 * DAY


@dataclass
class Cycle:
    """One resolution cycle of a root ticket; ``ended_at`` null while unsolved."""

    root: Ticket
    number: int
    started_at: int
    ended_at: int | None = None
    ended_by: str | None = None
    resolver: str | None = None
    resolver_team: str | None = None
    reopened_at: int | None = None
    is_last: bool = False
    is_mature: bool = False
    first_contact_at: int = 0
    replies: list[Row] = field(default_factory=list)
    to_end_cal_s: int | None = None
    to_end_bus_s: int | None = None
    layers: dict[str, Verdict] = field(default_factory=dict)
    exclusion: str | None = None

    @property
    def is_reopened_within_7d(self) -> bool:
        """A genuine reopen at most seven days after the end."""
        return (
            self.ended_at is not None
            and self.reopened_at is not None
            and self.reopened_at - self.ended_at <= MATURITY
        )


def cycles_of(judge: Judge, group: list[Ticket], rows: list[Obligation]) -> list[Cycle]:
    """Cycles of a merge group's root, judged."""
    world, root = judge.world, group[0]
    contact = _first_contact(world, group, rows)
    if contact is None:
        return []
    messages = sorted(
        (m for ticket in group for m in ticket.messages),
        key=lambda m: (m["sent_at"], m["message_id"]),
    )
    cycles = _cut(world, root, rows, messages, contact)
    for cycle in cycles:
        cycle.is_last = cycle is cycles[-1]
        cycle.first_contact_at = contact
        cycle.exclusion = world.exclusion(root)
        _finish(judge, cycle, messages, rows)
    return cycles


Step = tuple[str, Row]


def _first_contact(world: World, group: list[Ticket], rows: list[Obligation]) -> int | None:
    instants = [row.turn.started_at for row in rows]
    for ticket in group:
        if ticket.row["origin"] == "inbound" and world.is_silent(ticket):
            instants.append(ticket.row["created_at"])
        sessions = any(m["call_queue_entered_at"] is not None for m in ticket.messages)
        for message in ticket.messages:
            is_line = sessions and message["message_kind"] in ("call", "chat_line")
            is_live = message["call_queue_entered_at"] is not None
            is_logged = ticket.row["origin"] == "proxy" and (
                message["message_kind"] == "call" or message["sent_at"] <= ticket.row["created_at"]
            )
            is_out = message["is_duplicate"] or is_line or is_live or is_logged
            if is_customer_message(message) and not is_out:
                instants.append(message["sent_at"])
    return min(instants, default=None)


def _transitions(root: Ticket) -> list[Step]:
    """Ends (unsolved to solved or closed) and returns (solved or closed to unsolved), in order."""
    found: list[Step] = []
    status, is_done = root.own["status"].steps[0][1], False
    is_done = status in DONE
    for event in root.events:
        if event["event_type"] != "status_change":
            continue
        new = event["to_value"]
        if new in DONE and (status is None or status in UNSOLVED):
            found.append(("end", event))
            is_done = True
        elif new in UNSOLVED and is_done:
            found.append(("return", event))
            is_done = False
        status = new
    return found


def _cut(
    world: World, root: Ticket, rows: list[Obligation], messages: list[Row], contact: int
) -> list[Cycle]:
    steps = [step for step in _transitions(root) if step[1]["occurred_at"] >= contact]
    genuine = ("agent", "customer", "unknown") if world.is_silent(root) else ("agent", "customer")
    steps = _without_thanks(_without_void(steps, messages, genuine), rows, messages)
    cycles = [Cycle(root, 1, contact)]
    for kind, event in steps:
        current = cycles[-1]
        if kind == "end":
            _end(current, event, messages)
        elif current.ended_at is not None:
            when = event["occurred_at"]
            if when - current.ended_at <= REOPEN_WINDOW:
                current.reopened_at = when
            cycles.append(Cycle(root, len(cycles) + 1, when))
    return cycles


def _without_void(steps: list[Step], messages: list[Row], genuine: tuple[str, ...]) -> list[Step]:
    """Ends that automation undid without the customer writing never happened; ``genuine`` = roles that reopen."""
    kept: list[Step] = []
    for kind, event in steps:
        if kind == "return":
            if not kept or kept[-1][0] != "end":
                continue
            ended_at = kept[-1][1]["occurred_at"]
            if event["actor_role"] not in genuine and not _has_written(event, ended_at, messages):
                kept.pop()
                continue
        kept.append((kind, event))
    return kept


def _without_thanks(steps: list[Step], rows: list[Obligation], messages: list[Row]) -> list[Step]:
    """Returns that held nothing but waived thank-yous did not happen, nor the solve after them."""
    kept: list[Step] = []
    index = 0
    while index < len(steps):
        kind, event = steps[index]
        if kind == "return" and index + 1 < len(steps):
            before, after = steps[index - 1][1]["occurred_at"], steps[index + 1][1]["occurred_at"]
            if _is_only_thanks(before, after, rows, messages):
                index += 2
                continue
        kept.append((kind, event))
        index += 1
    return kept


def _end(cycle: Cycle, event: Row, messages: list[Row]) -> None:
    cycle.ended_at, cycle.ended_by = event["occurred_at"], event["actor_role"]
    if event["actor_role"] == "agent":
        cycle.resolver = event["actor_id"]
        return
    replies = _replies(cycle, messages)
    cycle.resolver = replies[-1]["author_id"] if replies else None


def _replies(cycle: Cycle, messages: list[Row]) -> list[Row]:
    stop = cycle.ended_at
    return [
        m
        for m in messages
        if is_human_reply(m)
        and cycle.started_at <= m["sent_at"]
        and (stop is None or m["sent_at"] <= stop)
    ]


def _has_written(event: Row, ended_at: int, messages: list[Row]) -> bool:
    return any(
        is_customer_message(m)
        and not m["is_duplicate"]
        and ended_at < m["sent_at"] <= event["occurred_at"]
        for m in messages
    )


def _is_only_thanks(
    ended_at: int, solved_at: int, rows: list[Obligation], messages: list[Row]
) -> bool:
    turns = [row.turn for row in rows if ended_at < row.turn.started_at <= solved_at]
    replies = [m for m in messages if is_human_reply(m) and ended_at < m["sent_at"] <= solved_at]
    return bool(turns) and all(t.waiver == "thank_you_rule" for t in turns) and not replies


def _finish(judge: Judge, cycle: Cycle, messages: list[Row], rows: list[Obligation]) -> None:
    world, root = judge.world, cycle.root
    available = cycle.started_at
    if cycle.number == 1 and rows:
        available = max(available, rows[0].turn.available_at)
    turn = Turn(
        root,
        [],
        cycle.started_at,
        available,
        kind="first" if cycle.number == 1 else "next",
        mode="cycle",
    )
    if cycle.ended_at is not None:
        turn.responder = cycle.resolver
        turn.end("answered", cycle.ended_at)
        cycle.resolver_team = judge.team_of(root, cycle.resolver, cycle.ended_at)
        is_old = world.as_of >= cycle.ended_at + MATURITY
        cycle.is_mature = is_old and not cycle.is_reopened_within_7d
    cycle.replies = _replies(cycle, messages)
    for layer in LAYERS:
        cycle.layers[layer] = judge.judge(turn, layer, cycle.exclusion, None)
    if cycle.ended_at is not None:
        cycle.to_end_cal_s = (cycle.ended_at - cycle.first_contact_at) // SECOND
        target = cycle.layers["internal"].target
        calendar = target.calendar_id if target is not None else None
        cycle.to_end_bus_s = business_seconds(
            judge, root, calendar, cycle.first_contact_at, cycle.ended_at
        )
