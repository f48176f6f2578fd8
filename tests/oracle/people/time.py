"""People's time and what came of it, from rows (catalogue §6 C).

`utilization`, `availability_share`, `shrinkage`, `occupancy`, `productivity`, `contacts_per_agent`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.oracle.cycles.backlog import backlog_values
from tests.oracle.numbers.kpis import Facts, Value
from tests.oracle.numbers.snapshots import months
from tests.oracle.numbers.statistics import month_of
from tests.oracle.numbers.tally import Scope, Tally, team_scope
from tests.oracle.people.handle_times import CONTACTS, handle_values
from tests.oracle.world.calendar import midnight
from tests.oracle.world.canonical_rows import SECOND, Row
from tests.oracle.world.capabilities import source_of
from tests.oracle.world.keys import UNOWNED, agent_of
from tests.oracle.world.tickets import Ticket, is_human_reply

AWAY = ("break", "meeting", "training", "coaching", "admin", "absent_paid", "offline")
Piece = tuple[Row, str, str | None, dict[str, tuple[int, int]]]


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


def ops_values(facts: Facts) -> list[Value]:
    """Every value of this module."""
    return time_values(facts) + handle_values(facts) + backlog_values(facts)
