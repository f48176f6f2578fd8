"""Solutions and last replies of resolution cycles (`tfs`, `trt`), on both clocks of the ticket's own team."""

from __future__ import annotations

from typing import cast

from tests.oracle.cycles.resolutions import Cycle
from tests.oracle.numbers.kpis import Collector, Facts
from tests.oracle.turns.obligations import business_seconds
from tests.oracle.world.canonical_rows import MINUTE, SECOND, Row
from tests.oracle.world.tickets import (
    Ticket,
    Timeline,
    is_human_reply,
)

# ---- solutions and replies


def _family(root: Ticket) -> list[Ticket]:
    found, stack = [], [root]
    while stack:
        node = stack.pop()
        found.append(node)
        stack += node.children
    return found


def _ordered(root: Ticket) -> list[tuple[Ticket, Row]]:
    pairs = [(ticket, m) for ticket in _family(root) for m in ticket.messages]
    return sorted(pairs, key=lambda pair: (pair[1]["sent_at"], pair[1]["message_id"]))


def count_solution(found: Collector, cycle: Cycle) -> None:
    solved, judge = cycle.ended_at, found.facts.judge
    assert solved is not None
    replies = [
        (ticket, m)
        for ticket, m in _ordered(cycle.root)
        if is_human_reply(m) and cycle.first_contact_at <= m["sent_at"] <= solved + MINUTE
    ]
    solver = cycle.resolver if cycle.ended_by == "agent" else None
    marked = [pair for pair in replies if pair[1]["is_solution"]]
    beside = [
        pair
        for pair in replies
        if solver is not None
        and pair[1]["author_id"] == solver
        and pair[1]["sent_at"] >= solved - MINUTE
    ]
    before = [pair for pair in replies if pair[1]["sent_at"] <= solved]
    if marked:
        method, (ticket, reply) = 1, marked[0]
    elif beside:
        method, (ticket, reply) = 2, beside[0]
    elif before:
        method, (ticket, reply) = 3, before[-1]
    else:
        return
    author = reply["author_id"]
    team = judge.team_of(ticket, author, reply["sent_at"])
    both_clocks(
        found, "tfs", solved, cycle.root, team, author, cycle.first_contact_at, reply["sent_at"]
    )
    hit = int(method == 3)
    found.add("tfs", solved, cycle.root, team, author, hit=hit, of=1, variant="method_3_share")


def count_last_reply(found: Collector, cycle: Cycle) -> None:
    if cycle.is_mature and cycle.replies:
        assert cycle.ended_at is not None
        both_clocks(
            found,
            "trt",
            cycle.ended_at,
            cycle.root,
            cycle.resolver_team,
            cycle.resolver,
            cycle.first_contact_at,
            cycle.replies[-1]["sent_at"],
        )


def both_clocks(
    found: Collector,
    kpi: str,
    when: int,
    root: Ticket,
    team: str | None,
    agent: object,
    start: int,
    stop: int,
    variant: str = "none",
) -> None:
    business = own_business(found.facts, root, start, stop)
    for clock, seconds in (("calendar", (stop - start) // SECOND), ("business", business)):
        if seconds is not None:
            found.add(
                kpi, when, root.root, team, agent, seconds=seconds, clock=clock, variant=variant
            )


class _Alone:
    """A ticket seen without its merge: what its own states say."""

    def __init__(self, ticket: Ticket) -> None:
        self.row, self._own = ticket.row, ticket.own

    def value(self, attribute: str) -> Timeline:
        return self._own[attribute]


def own_business(facts: Facts, ticket: Ticket, start: int, stop: int) -> int | None:
    return business_seconds(facts.judge, cast(Ticket, _Alone(ticket)), None, start, stop)
