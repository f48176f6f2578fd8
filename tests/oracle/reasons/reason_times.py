"""Handle time and cost by reason, and handle time with and without macros (group E)."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tests.oracle.cycles.resolutions import Cycle
from tests.oracle.numbers.kpis import NO_AGENT, Cell, Collector, Facts, Value
from tests.oracle.numbers.statistics import month_of
from tests.oracle.reasons.reasons import reason_name
from tests.oracle.world.canonical_rows import SECOND, Row
from tests.oracle.world.tickets import Ticket, is_human_reply

LONGEST = 7200
ENOUGH = 0.7
_LEVELS = ("company", "platform", "marketplace_account", "channel")


@dataclass(frozen=True)
class Timed:
    """A ticket with sessions up to its last mature resolution."""

    month: date
    reason: str | None
    seconds: int
    scopes: tuple[tuple[str, str], ...]
    macros: frozenset[str]


def time_values(facts: Facts) -> list[Value]:
    """`tag_aht`, `tag_cost` and `macro_aht_delta` of all months."""
    found = Collector(facts)
    sessions = _sessions(facts)
    macros = macros_used(facts)
    timed = []
    for cycle, seconds in timed_cycles(facts):
        ended = cycle.ended_at
        assert ended is not None
        name = reason_name(facts, cycle.root)
        found.add(
            "tag_aht",
            ended,
            cycle.root,
            cycle.resolver_team,
            NO_AGENT,
            seconds=seconds,
            subject=("reason", name or "untagged"),
        )
        scopes = found.scopes(cycle.root, None, NO_AGENT)
        used = frozenset(m for sent, m in macros[id(cycle.root)] if sent <= ended)
        month = month_of(ended, facts.zone)
        kept = tuple(scope for scope in scopes if scope[0] in _LEVELS)
        timed.append(Timed(month, name, seconds, kept, used))
    return [*found.values(), *_costs(facts, sessions, timed), *_deltas(timed)]


def timed_cycles(facts: Facts) -> list[tuple[Cycle, int]]:
    """Last mature resolutions of tickets that had sessions until then, with their seconds."""
    sessions, last = _sessions(facts), dict[int, Cycle]()
    for cycle in facts.cycles:
        if cycle.exclusion is None and cycle.is_mature:
            last[id(cycle.root)] = cycle
    found = []
    for root_id, cycle in last.items():
        ended = cycle.ended_at
        assert ended is not None
        own = [s for s in sessions[root_id] if s["started_at"] <= ended]
        if own:
            found.append((cycle, sum(_length(session) for session in own)))
    return found


def labour_costs(facts: Facts) -> dict[date, float]:
    """What a handled second cost, by month."""
    labour, seconds = _labour(facts), defaultdict[date, int](int)
    for cycle, spent in timed_cycles(facts):
        seconds[month_of(cycle.ended_at or 0, facts.zone)] += spent
    return {month: cost / seconds[month] for month, cost in labour.items() if seconds[month]}


def _labour(facts: Facts) -> dict[date, float]:
    labour: dict[date, float] = defaultdict(float)
    for row in facts.world.tables["costs"]:
        if row["cost_type"] == "labour" and not row["is_deleted_in_source"]:
            labour[row["month"].replace(day=1)] += row["amount"] * row["fx_rate_to_report"]
    return labour


def _length(session: Row) -> int:
    return int(min((session["ended_at"] - session["started_at"]) // SECOND, LONGEST))


def _sessions(facts: Facts) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in facts.world.tables["handle_sessions"]:
        ticket = facts.world.tickets.get((row["source_system"], row["ticket_id"]))
        is_over = row["started_at"] <= row["ended_at"] <= facts.world.as_of
        if ticket is not None and is_over and not row["is_deleted_in_source"]:
            found[id(ticket.root)].append(row)
    return found


def macros_used(facts: Facts) -> dict[int, list[tuple[int, str]]]:
    """Instant and macro of every reply with one, by root ticket."""
    known = {(m["source_system"], m["macro_id"]) for m in facts.world.tables["macros"]}
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for ticket in facts.world.tickets.values():
        for message in ticket.messages:
            macro = message["macro_id"]
            if is_human_reply(message) and macro is not None:
                is_known = (ticket.row["source_system"], macro) in known
                found[id(ticket.root)].append(
                    (message["sent_at"], macro if is_known else "unknown")
                )
    return found


def _costs(facts: Facts, sessions: dict[int, list[Row]], timed: list[Timed]) -> Iterator[Value]:
    labour = _labour(facts)
    covered = _coverage(facts, sessions)
    scoped: dict[tuple[date, str, str], list[int]] = defaultdict(list)
    for ticket in timed:
        for scope in (*ticket.scopes, ("reason", ticket.reason or "untagged")):
            scoped[ticket.month, *scope].append(ticket.seconds)
    for (month, scope_type, scope_id), seconds in scoped.items():
        if month not in labour:
            continue
        whole, cost = sum(scoped[month, "company", "company"]), labour[month] * sum(seconds)
        cell = Cell(month, "tag_cost", "none", "none", "none", scope_type, scope_id)
        value = cost / whole if covered.get(month, 0) >= ENOUGH and whole else None
        yield Value(cell, "ratio", value, round(cost, 3), whole, len(seconds))


def _coverage(facts: Facts, sessions: dict[int, list[Row]]) -> dict[date, float]:
    hits: dict[date, list[int]] = defaultdict(list)
    for cycle in facts.cycles:
        if cycle.is_last and cycle.ended_at is not None and cycle.exclusion is None:
            ended = cycle.ended_at
            is_measured = any(
                s["method"] != "inferred" and s["started_at"] <= ended
                for s in sessions[id(cycle.root)]
            )
            hits[month_of(ended, facts.zone)].append(int(is_measured))
    return {month: sum(found) / len(found) for month, found in hits.items()}


Times = dict[tuple[date, str, str, str], list[int]]


def _deltas(timed: list[Timed]) -> Iterator[Value]:
    used: Times = defaultdict(list)
    plain: Times = defaultdict(list)
    for ticket in timed:
        if ticket.reason is None:
            continue
        side = used if ticket.macros else plain
        for scope in ticket.scopes:
            side[ticket.month, *scope, ticket.reason].append(ticket.seconds)
        for macro in ticket.macros:
            used[ticket.month, "macro", macro, ticket.reason].append(ticket.seconds)
    parts: dict[tuple[date, str, str], list[tuple[int, float]]] = defaultdict(list)
    for (month, scope_type, scope_id, reason), seconds in used.items():
        base = ("company", "company") if scope_type == "macro" else (scope_type, scope_id)
        without = plain.get((month, *base, reason))
        if without:
            delta = statistics.median(seconds) - statistics.median(without)
            parts[month, scope_type, scope_id].append((len(seconds) + len(without), delta))
    for (month, scope_type, scope_id), found in parts.items():
        tickets = sum(count for count, _ in found)
        total = sum(count * delta for count, delta in found)
        cell = Cell(month, "macro_aht_delta", "none", "none", "none", scope_type, scope_id)
        yield Value(cell, "ratio", total / tickets, total, tickets, tickets)


class FirstReplies:
    """Human public replies by root ticket, to find the macro an issue was first answered with."""

    def __init__(self, facts: Facts) -> None:
        """Read every reply once."""
        self._known = {(m["source_system"], m["macro_id"]) for m in facts.world.tables["macros"]}
        self._replies: dict[int, list[Row]] = defaultdict(list)
        for ticket in facts.world.tickets.values():
            self._replies[id(ticket.root)] += [m for m in ticket.messages if is_human_reply(m)]

    def macro(self, roots: list[Ticket], since: int, until: int) -> str | None:
        """Macro of the first reply between the first contact and the resolution; null without."""
        replies = [
            (m["sent_at"], m["message_id"], root.row["source_system"], m["macro_id"])
            for root in roots
            for m in self._replies[id(root)]
            if since <= m["sent_at"] <= until
        ]
        if not replies:
            return None
        _, _, source, macro = min(replies, key=lambda reply: reply[:2])
        return macro if macro is None or (source, macro) in self._known else "unknown"
