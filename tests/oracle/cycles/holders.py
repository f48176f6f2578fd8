"""Tickets and who held them, by month.

`ticket_volume`, `transfer_rate`, `tat`, `unanswered_holds`, `closed_without_reply_rate`.
"""

from __future__ import annotations

from tests.oracle.numbers.kpis import NO_AGENT, Collector, Facts
from tests.oracle.world.canonical_rows import SECOND


def count_tickets(found: Collector) -> None:
    world = found.facts.world
    for ticket in world.tickets.values():
        is_counted = ticket.parent is None and world.exclusion(ticket) is None
        if is_counted and ticket.row["origin"] in ("inbound", "proxy"):
            created = ticket.row["created_at"]
            team = ticket.own["team"].at(world.as_of)
            found.add("ticket_volume", created, ticket, team, NO_AGENT)


def handled(facts: Facts) -> set[int]:
    """Root tickets that a person handled: held for 60 s or more, or answered."""
    found = {id(row.root) for row in facts.obligations if row.state == "answered"}
    for span in facts.spans:
        end = facts.world.as_of if span.ended_at is None else span.ended_at
        if end - span.started_at >= 60 * SECOND:
            found.add(id(span.root))
    return found


def count_transfers(found: Collector) -> None:
    facts = found.facts
    roots = handled(facts)
    for cycle in facts.cycles:
        if not cycle.is_last or cycle.ended_at is None or cycle.exclusion is not None:
            continue
        if id(cycle.root) not in roots:
            continue
        moves = facts.moves.get(id(cycle.root), [])
        first = min(moves, key=lambda m: (m[0], m[1].started_at), default=None)
        agent, team = cycle.resolver, cycle.resolver_team
        if first is not None:
            agent = first[1].agent
            team = facts.judge.team_of(first[1].ticket, agent, first[0])
        hit = int(first is not None)
        found.add("transfer_rate", cycle.ended_at, cycle.root, team, agent, hit=hit, of=1)
        found.means.add(("transfer_rate", "transfers_per_ticket"))
        found.add(
            "transfer_rate",
            cycle.ended_at,
            cycle.root,
            team,
            agent,
            hit=len(moves),
            of=1,
            variant="transfers_per_ticket",
        )


def count_spans(found: Collector) -> None:
    judge, world = found.facts.judge, found.facts.world
    for span in found.facts.spans:
        if world.exclusion(span.root) is not None:
            continue
        if span.tat_replied_at is not None:
            team = judge.team_of(span.ticket, span.agent, span.tat_replied_at)
            found.clocks(
                "tat",
                span.tat_replied_at,
                span.root,
                team,
                span.agent,
                span.tat_cal_s,
                span.tat_bus_s,
            )
        if span.is_hold and span.ended_at is not None:
            team = judge.team_of(span.ticket, span.agent, span.ended_at)
            hit = int(span.is_unanswered_hold)
            found.add("unanswered_holds", span.ended_at, span.root, team, span.agent, hit=hit, of=1)


def count_closings(found: Collector) -> None:
    for closing in found.facts.closings:
        is_judged = closing.is_with_reply or closing.is_without_reply
        if closing.is_human and is_judged and found.facts.world.exclusion(closing.root) is None:
            found.add(
                "closed_without_reply_rate",
                closing.closed_at,
                closing.root,
                closing.closer_team,
                closing.closer,
                hit=int(closing.is_without_reply),
                of=1,
            )
