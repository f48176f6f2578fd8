"""Days of work that wait, and how old it is (`backlog_days`, `backlog_age_p90`)."""

from __future__ import annotations

from tests.oracle.numbers.kpis import Cell, Facts, Value
from tests.oracle.numbers.snapshots import first_fact, months
from tests.oracle.numbers.statistics import quantile
from tests.oracle.numbers.tally import Tally, scopes_of
from tests.oracle.world.canonical_rows import DAY, SECOND
from tests.oracle.world.keys import UNOWNED, agent_of

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
