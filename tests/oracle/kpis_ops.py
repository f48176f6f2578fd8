"""People's time and what came of it, from rows (catalogue §6 C, and `handle_time_coverage` of G)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from tests.oracle.calendar import midnight
from tests.oracle.canonical_rows import DAY, SECOND, Row
from tests.oracle.history import Ticket, is_human_reply
from tests.oracle.keys import UNOWNED, agent_of
from tests.oracle.kpi_snapshots import first_fact, months
from tests.oracle.kpis import (
    NO_AGENT,
    Cell,
    Collector,
    Facts,
    Value,
    month_of,
    quantile,
    ratio,
)
from tests.oracle.measurable import source_of
from tests.oracle.obligations import Obligation

AWAY = ("break", "meeting", "training", "coaching", "admin", "absent_paid", "offline")
Scope = tuple[str, str]
Piece = tuple[Row, str, str | None, dict[str, tuple[int, int]]]
CONTACTS = ("first", "next")
_CAP = 7200


class Tally:
    """Numerators, denominators and n of cells that are no counts of tickets."""

    def __init__(self, facts: Facts) -> None:
        """Start empty."""
        self.facts = facts
        self.cells: dict[Cell, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])

    def add(
        self,
        kpi: str,
        month: date,
        scopes: Iterable[Scope],
        parts: tuple[float, float, float],
        variant: str = "none",
    ) -> None:
        """One row: what it adds above and below the line, and to n."""
        for scope in scopes:
            cell = self.cells[Cell(month, kpi, "none", "none", variant, *scope)]
            for place, part in enumerate(parts):
                cell[place] += part

    def values(
        self, factor: float = 1.0, *, counted: bool = False, stat: str = "ratio"
    ) -> list[Value]:
        """Every cell as a quotient; ``counted``: things, hence with an interval."""
        found = []
        for cell, (top, bottom, n) in self.cells.items():
            if counted:
                found.append(ratio(cell, top, bottom))
                continue
            value = factor * top / bottom if bottom else None
            found.append(Value(cell, stat, value, top, bottom, round(n)))
        return found


def ticket_of(facts: Facts, row: Row) -> Ticket | None:
    """Root of the ticket a row names; none when unknown or excluded."""
    ticket = facts.world.tickets.get((source_of(row), row["ticket_id"]))
    if ticket is None or facts.world.exclusion(ticket.root) is not None:
        return None
    return ticket


def team_scope(team: str | None) -> Scope:
    """Scope of a team or of none."""
    return ("team", team if team is not None else "no_team")


def scopes_of(facts: Facts, root: Ticket, team: str | None, *kinds: str) -> list[Scope]:
    """Scopes of a ticket above people, all or those of the kinds named."""
    found = Collector(facts).scopes(root, team, NO_AGENT)
    return [scope for scope in found if not kinds or scope[0] in kinds]


# ---- people's time


def stretches(facts: Facts) -> Iterator[Piece]:
    """Every piece of time with its agent, team and what it adds to each measure: no second of a person counts twice."""
    world, reached = facts.world, dict[tuple[str, str], int]()
    rows = [r for r in world.tables["agent_time"] if not r["is_deleted_in_source"]]
    for row in sorted(rows, key=lambda r: (r["interval_start"], r["state"])):
        start, stop = row["interval_start"], min(row["interval_end"], world.as_of)
        is_plan = row["source_quality"] == "scheduled" and row["state"] in ("handling", "available")
        if start >= world.as_of or stop <= start or is_plan:
            continue
        ends = dict.fromkeys(("handling", "staffed", "paid"), start)
        if row["is_paid"]:
            given = row["handling_seconds"]
            if given is None:
                given = (stop - start) // SECOND if row["state"] == "handling" else 0
            ends["handling"] = min(stop, start + given * SECOND)
            ends["staffed"] = stop if row["state"] == "available" else ends["handling"]
            ends["paid"] = min(stop, start + row["paid_seconds"] * SECOND)
        agent = agent_of(row["tenant_id"], source_of(row), row["agent_id"]) or UNOWNED
        added = {}
        for measure, end in ends.items():
            since = max(start, reached.get((agent, measure), start))
            if since < end:
                added[measure] = (since, end)
                reached[agent, measure] = end
        yield row, agent, world.home_team(source_of(row), row["agent_id"], start), added


def month_bounds(facts: Facts) -> list[tuple[date, int, int]]:
    """Months with their first instant and the one after their last."""
    found = []
    for month, _ in months(facts):
        after = (month + timedelta(days=32)).replace(day=1)
        found.append((month, midnight(month, facts.zone), midnight(after, facts.zone)))
    return found


def time_values(facts: Facts) -> list[Value]:
    """`utilization`, `availability_share`, `occupancy`, `shrinkage`, `productivity`, `contacts_per_agent`."""
    tally, bounds = Tally(facts), month_bounds(facts)
    live = _live_teams(facts)
    spent: dict[tuple[date, str, str | None], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row, agent, team, added in stretches(facts):
        for month, since, until in bounds:
            if row["interval_start"] >= until or row["interval_end"] <= since:
                continue
            s = {
                name: max(0, min(added[name][1], until) - max(added[name][0], since)) / SECOND
                if name in added
                else 0.0
                for name in ("handling", "staffed", "paid")
            }
            spent[month, agent, team][0] += s["handling"]
            spent[month, agent, team][1] += s["paid"]
            above: list[Scope] = [("company", "company"), team_scope(team)]
            people: list[Scope] = [*above, ("agent", agent)]
            paid, staffed = int(s["paid"] > 0), int(s["staffed"] > 0)
            tally.add("utilization", month, people, (s["handling"], s["paid"], paid))
            tally.add("availability_share", month, people, (s["staffed"], s["paid"], paid))
            away = s["paid"] - s["staffed"]
            tally.add("shrinkage", month, above, (away, s["paid"], paid))
            for state in AWAY:
                part = away if row["state"] == state else 0.0
                tally.add("shrinkage", month, above, (part, s["paid"], paid), state)
            if (month, source_of(row), team) in live:
                tally.add("occupancy", month, above, (s["handling"], s["staffed"], staffed))
    return tally.values() + _work_values(facts, spent)


def _live_teams(facts: Facts) -> set[tuple[date, str, str | None]]:
    found = set()
    for row in facts.obligations:
        source = row.root.row["source_system"]
        channel = facts.world.channels.get((source, row.root.row["channel_id"]))
        if channel is None or channel["modality"] != "live" or row.state == "excluded":
            continue
        started = row.turn.started_at
        team = row.responder_team or row.turn.ticket.value("team").at(started)
        if team is not None:
            found.add((month_of(started, facts.zone), source, team))
    return found


def _work_values(
    facts: Facts, spent: dict[tuple[date, str, str | None], list[float]]
) -> list[Value]:
    tally, counts = Tally(facts), Tally(facts)
    worked: dict[tuple[date, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for (month, agent, _), (handling, paid) in spent.items():
        worked[month, agent][0] += handling
        worked[month, agent][1] += paid
    for (month, agent, team), seconds in spent.items():
        scopes: list[Scope] = [("company", "company"), team_scope(team), ("agent", agent)]
        hours = [round(part / 3600, 6) for part in seconds]
        if worked[month, agent][0]:
            tally.add("productivity", month, scopes, (0, hours[0], 0), "per_handling_hour")
        if worked[month, agent][1]:
            tally.add("productivity", month, scopes, (0, hours[1], 0), "per_paid_hour")
            tally.add("contacts_per_agent", month, scopes, (0, hours[1], 0), "per_paid_hour")
    for row in facts.obligations:
        when = row.turn.satisfied_at
        if row.state != "answered" or row.turn.kind not in CONTACTS or when is None:
            continue
        month = month_of(when, facts.zone)
        source = row.root.row["source_system"]
        agent = agent_of(row.root.row["tenant_id"], source, row.turn.responder) or UNOWNED
        scopes = [("company", "company"), team_scope(row.responder_team), ("agent", agent)]
        counts.add("contacts_per_agent", month, scopes, (1, 0, 1))
        if worked.get((month, agent), (0, 0))[1]:
            tally.add("contacts_per_agent", month, scopes, (1, 0, 1), "per_paid_hour")
    for cycle in facts.cycles:
        if cycle.ended_at is None or cycle.exclusion is not None or cycle.resolver is None:
            continue
        if not has_own_reply(cycle):
            continue
        month, root = month_of(cycle.ended_at, facts.zone), cycle.root.row
        agent = agent_of(root["tenant_id"], root["source_system"], cycle.resolver) or UNOWNED
        scopes = [("company", "company"), team_scope(cycle.resolver_team), ("agent", agent)]
        hours = worked.get((month, agent), [0.0, 0.0])
        for part, variant in zip(hours, ("per_handling_hour", "per_paid_hour"), strict=True):
            if part:
                tally.add("productivity", month, scopes, (1, 0, 1), variant)
    values = tally.values()
    for cell, (top, _, _) in counts.cells.items():
        values.append(Value(cell, "count", top, top, None, round(top)))
    return values


def has_own_reply(cycle: Any) -> bool:
    """Whether the resolver wrote to the customer in the cycle himself."""
    group = [cycle.root, *_descendants(cycle.root)]
    return any(
        is_human_reply(message)
        and message["author_id"] == cycle.resolver
        and cycle.started_at <= message["sent_at"] <= cycle.ended_at
        for ticket in group
        for message in ticket.messages
    )


def _descendants(ticket: Ticket) -> Iterator[Ticket]:
    for child in ticket.children:
        yield child
        yield from _descendants(child)


# ---- handle time


def sessions_of(facts: Facts) -> Iterator[tuple[Row, Ticket, int]]:
    """Finished sessions with their ticket and seconds, at most two hours."""
    for row in facts.world.tables["handle_sessions"]:
        ticket = ticket_of(facts, row)
        is_known = row["ended_at"] <= facts.world.as_of and not row["is_deleted_in_source"]
        if ticket is not None and is_known and row["ended_at"] >= row["started_at"]:
            yield row, ticket, min((row["ended_at"] - row["started_at"]) // SECOND, _CAP)


def contacts_worked(facts: Facts) -> list[tuple[Obligation, list[tuple[str, int, int]]]]:
    """Answered contacts that sessions belong to, with agent, seconds and end of each session."""
    turns: dict[int, list[Obligation]] = defaultdict(list)
    for row in facts.obligations:
        if row.turn.kind in CONTACTS and row.state != "excluded":
            turns[id(row.root)].append(row)
    contacts: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
    rows: dict[int, Obligation] = {}
    for session, ticket, seconds in sessions_of(facts):
        earlier = [t for t in turns[id(ticket.root)] if t.turn.started_at <= session["started_at"]]
        if not earlier:
            continue
        began = max(t.turn.started_at for t in earlier)
        answered = [t for t in earlier if t.turn.started_at == began and t.state == "answered"]
        if answered:
            agent = (
                agent_of(session["tenant_id"], source_of(session), session["agent_id"]) or UNOWNED
            )
            rows[id(answered[0])] = answered[0]
            contacts[id(answered[0])].append((agent, seconds, session["ended_at"]))
    return [(rows[number], parts) for number, parts in contacts.items()]


def handle_values(facts: Facts) -> list[Value]:
    """`aht`, `aht_ticket` and `handle_time_coverage`."""
    of_ticket: dict[int, list[tuple[Row, int]]] = defaultdict(list)
    for session, ticket, seconds in sessions_of(facts):
        of_ticket[id(ticket.root)].append((session, seconds))
    durations: dict[Cell, list[int]] = defaultdict(list)
    for row, parts in contacts_worked(facts):
        month = month_of(max(ended for _, _, ended in parts), facts.zone)
        for scope in scopes_of(facts, row.root, row.responder_team):
            cell = Cell(month, "aht", "none", "none", "none", *scope)
            durations[cell].append(sum(seconds for _, seconds, _ in parts))
        own: dict[str, int] = defaultdict(int)
        for agent, seconds, _ in parts:
            own[agent] += seconds
        for agent, total in own.items():
            durations[Cell(month, "aht", "none", "none", "none", "agent", agent)].append(total)
    values = _ticket_values(facts, of_ticket, durations)
    for cell, seconds in durations.items():
        total, n = sum(seconds), len(seconds)
        stats = {"mean": total / n, "median": quantile(seconds, 0.5)}
        if cell.scope_type != "agent":
            stats["p90"] = quantile(seconds, 0.9)
        values += [Value(cell, stat, value, total, n, n) for stat, value in stats.items()]
    return values


def _ticket_values(
    facts: Facts,
    sessions: dict[int, list[tuple[Row, int]]],
    durations: dict[Cell, list[int]],
) -> list[Value]:
    tally, mature = Tally(facts), dict[int, Any]()
    for cycle in facts.cycles:
        if cycle.exclusion is not None or cycle.ended_at is None:
            continue
        worked = [s for s in sessions[id(cycle.root)] if s[0]["started_at"] <= cycle.ended_at]
        if cycle.is_mature:
            mature[id(cycle.root)] = (cycle, worked)
        if cycle.is_last:
            month = month_of(cycle.ended_at, facts.zone)
            scopes = scopes_of(facts, cycle.root, cycle.resolver_team)
            is_measured = any(s["method"] != "inferred" for s, _ in worked)
            tally.add("handle_time_coverage", month, scopes, (int(is_measured), 1, 1))
            inferred = int(bool(worked) and not is_measured)
            tally.add("handle_time_coverage", month, scopes, (inferred, 1, 1), "inferred_share")
    for cycle, worked in mature.values():
        if worked:
            month = month_of(cycle.ended_at, facts.zone)
            scopes = scopes_of(facts, cycle.root, cycle.resolver_team)
            for scope in [*scopes, ("reason", reason_of(facts, cycle.root))]:
                cell = Cell(month, "aht_ticket", "none", "none", "none", *scope)
                durations[cell].append(sum(seconds for _, seconds in worked))
    return tally.values(counted=True)


def reason_of(facts: Facts, root: Ticket) -> str:
    """Name of the resolution reason in lower case."""
    tag = facts.world.tags.get((root.row["source_system"], facts.reason_of(root)))
    return str(tag["name"]).lower() if tag is not None and tag["kind"] == "reason" else "untagged"


# ---- backlog


def backlog_values(facts: Facts) -> list[Value]:
    """`backlog_age_p90` and `backlog_days`."""
    tally, ages = Tally(facts), dict[Cell, list[int]]()
    world = facts.world
    since = first_fact(facts) or 0
    for month, when in months(facts):
        # days before the first fact are no days without resolutions
        pace = min(max(((when - since) // SECOND + 86_399) // 86_400, 1), 28)
        for ticket in world.tickets.values():
            if ticket.parent is not None or world.exclusion(ticket) is not None:
                continue
            is_waiting = ticket.own["status"].at(when) in ("new", "open")
            if ticket.row["created_at"] > when or not is_waiting:
                continue
            agent = ticket.own["assignee"].at(when)
            team = facts.judge.team_of(ticket, agent, when)
            scopes = scopes_of(facts, ticket, team)
            tally.add("backlog_days", month, scopes, (1, 0, 1))
            row = ticket.row
            holder = agent_of(row["tenant_id"], row["source_system"], agent) or UNOWNED
            for scope in [*scopes, ("agent", holder)]:
                cell = Cell(month, "backlog_age_p90", "calendar", "none", "none", *scope)
                ages.setdefault(cell, []).append((when - row["created_at"]) // SECOND)
        for cycle in facts.cycles:
            ended = cycle.ended_at
            if ended is not None and cycle.exclusion is None and when - 28 * DAY < ended <= when:
                scopes = scopes_of(facts, cycle.root, cycle.resolver_team)
                tally.add("backlog_days", month, scopes, (0, 1 / pace, 0))
    values = tally.values()
    for cell, seconds in ages.items():
        total, n = sum(seconds), len(seconds)
        stats = {"median": 0.5, "p90": 0.9}
        values += [Value(cell, s, quantile(seconds, p), total, n, n) for s, p in stats.items()]
        values.append(Value(cell, "mean", total / n, total, n, n))
    return values


def ops_values(facts: Facts) -> list[Value]:
    """Every value of this module."""
    return time_values(facts) + handle_values(facts) + backlog_values(facts)
