"""Alert rules about single turns and requests (catalogue §13), which open and end at instants of their own.

`obligation_at_risk`, `obligation_breached`, `oldest_overdue`, `case_deadline`; marketplace layer only. What ended more
than a week ago is history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tests.oracle.alerts.alert_states import Episode, State
from tests.oracle.numbers.kpis import Facts
from tests.oracle.turns.obligations import Obligation
from tests.oracle.world.canonical_rows import DAY, SECOND
from tests.oracle.world.keys import UNOWNED, agent_of, key

_WEEK = 7 * DAY
_HELD = ("agent", "closed")


@dataclass(frozen=True)
class _Promise:
    """A turn with a marketplace deadline; ``span`` = seconds from start to due, ``ended_at`` = answered or waived."""

    row: Obligation
    name: str
    span: int
    due_at: int
    ended_at: int | None
    breached_at: int | None


def _promises(facts: Facts) -> Iterator[_Promise]:
    for row in facts.obligations:
        verdict, turn = row.layers["marketplace"], row.turn
        if row.state not in ("open", "answered", "waived") or verdict.due_at is None:
            continue
        span = (verdict.due_at - turn.started_at) // SECOND
        if verdict.verdict == "excluded" or span <= 0:
            continue
        ended = None if row.state == "open" else turn.ended_at
        breached = verdict.verdict_at if verdict.verdict == "breached" else None
        yield _Promise(row, obligation_name(row), span, verdict.due_at, ended, breached)


def obligation_name(row: Obligation) -> str:
    """What tells an obligation from the others: original ticket (a request without: its order), start and kind."""
    about = key(*row.turn.ticket.key) or key(row.root.row["tenant_id"], row.root.row["order_id"])
    return f"{about}|{row.turn.started_at}|{row.turn.kind}"


def _is_listed(facts: Facts, ended: int | None) -> bool:
    return ended is None or ended > facts.world.as_of - _WEEK


def _holder(facts: Facts, row: Obligation) -> str | None:
    """Who holds an open turn now."""
    if row.state != "open":
        return None
    holder, agent = facts.judge.holder(row.turn, facts.world.as_of)
    source = row.root.row["source_system"]
    return (agent_of(facts.world.tenant, source, agent) if holder == "agent" else None) or UNOWNED


def at_risk(facts: Facts) -> Iterator[Episode]:
    """A quarter of the time left, or half of it while nobody holds the turn; ends when answered, assigned or due."""
    for promise in _promises(facts):
        if promise.row.turn.kind == "case":
            continue
        ends = (promise.ended_at, promise.breached_at, promise.due_at)
        end = min(instant for instant in ends if instant is not None)
        stretches: list[tuple[int, int, float, str]] = []
        for start, stop, share, agent in _shares(facts, promise, end):
            if stretches and stretches[-1][1] == start:
                start = stretches.pop()[0]
            stretches.append((start, stop, share, agent))
        for start, stop, share, agent in stretches:
            is_over = stop < facts.world.as_of or end <= facts.world.as_of
            resolved = stop if is_over else None
            if _is_listed(facts, resolved):
                left = max((promise.due_at - facts.world.as_of) // SECOND, 0)
                name = ("obligation_at_risk", "obligation", promise.name, start, True, False)
                state = State(*name, left, 1, None, None, promise.span * share, agent)
                yield Episode(state, start, resolved, "high" if share > 0.25 else "medium")


def _shares(facts: Facts, promise: _Promise, end: int) -> Iterator[tuple[int, int, float, str]]:
    """Stretches at risk: from, to, the share of time that warns there, and who held it."""
    row = promise.row
    source = row.root.row["source_system"]
    for part in row.segments:
        is_held = part.holder in _HELD
        share = 0.25 if is_held else 0.5
        warned = row.turn.started_at + int(promise.span * (1 - share)) * SECOND
        start, stop = max(part.start, warned), min(part.stop, end)
        if start < stop:
            agent = agent_of(facts.world.tenant, source, part.agent) if is_held else None
            yield start, stop, share, agent or UNOWNED


def breached(facts: Facts) -> Iterator[Episode]:
    """Every breach until the customer is answered."""
    for promise in _promises(facts):
        fell, ended = promise.breached_at, promise.ended_at
        if fell is None or not _is_listed(facts, ended) or (ended is not None and ended <= fell):
            continue
        until = facts.world.as_of if ended is None else ended
        waited = (until - promise.row.turn.started_at) // SECOND
        holder = _holder(facts, promise.row)
        name = ("obligation_breached", "obligation", promise.name, fell, True, False)
        state = State(*name, waited, 1, None, None, promise.span, holder)
        yield Episode(state, fell, ended, "high")


def overdue(facts: Facts) -> Iterator[Episode]:
    """Turns that wait for twice their promise, one alert per channel."""
    waiting: dict[str, list[tuple[int, _Promise]]] = defaultdict(list)
    for promise in _promises(facts):
        doubled = promise.row.turn.started_at + 2 * promise.span * SECOND
        if promise.row.state == "open" and doubled <= facts.world.as_of:
            channel = promise.row.root.row["channel_id"] or "no_channel"
            waiting[channel].append((doubled, promise))
    for channel, rows in waiting.items():
        opened = min(doubled for doubled, _ in rows)
        oldest = min(promise.row.turn.started_at for _, promise in rows)
        age = (facts.world.as_of - oldest) // SECOND
        limit = 2 * max(promise.span for _, promise in rows)
        name = ("oldest_overdue", "channel", channel, opened, True, False)
        yield Episode(State(*name, age, len(rows), None, None, limit), opened)


def deadlines(facts: Facts) -> Iterator[Episode]:
    """Marketplace requests without action in their last day."""
    for promise in _promises(facts):
        row, now = promise.row, facts.world.as_of
        last_day = promise.due_at - DAY
        if row.turn.kind != "case" or last_day > now or not _is_listed(facts, promise.ended_at):
            continue
        if promise.ended_at is not None and promise.ended_at <= last_day:
            continue
        opened = max(last_day, row.turn.started_at)
        left = (promise.due_at - now) // SECOND
        name = ("case_deadline", "obligation", promise.name, opened, True, False)
        state = State(*name, left, 1, None, None, DAY // SECOND, _holder(facts, row))
        yield Episode(state, opened, promise.ended_at)
