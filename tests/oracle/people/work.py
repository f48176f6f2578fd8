"""What people wrote and closed, and what customers said was solved (cards of groups A, B, D and G).

`asa_async`, `first_replies_sent`, `policy_coverage`, `closed_with_reply`, `closed_without_reply`, `internal_notes`,
`assist_replies`, `attribution_coverage`, `rr`, `backlog_actionable`, `unmapped_rate`.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from tests.oracle.data.check_days import needs_target
from tests.oracle.data.source_lags import EVENT_TABLES
from tests.oracle.numbers.kpis import NO_AGENT, Cell, Collector, Facts, Value, ratio
from tests.oracle.numbers.snapshots import months
from tests.oracle.numbers.statistics import month_of
from tests.oracle.turns.obligations import Obligation
from tests.oracle.world.canonical_rows import vocabulary
from tests.oracle.world.policies import LAYERS
from tests.oracle.world.tickets import Ticket, is_human_reply, qualifying_replies


def work_values(facts: Facts) -> list[Value]:
    """Every value of this module."""
    found = Collector(facts)
    for row in facts.obligations:
        if row.state != "excluded":
            _turn(found, row)
    for ticket in facts.world.tickets.values():
        if facts.world.exclusion(ticket.root) is None:
            _written(found, ticket)
    _closings(found)
    _answers(found)
    return found.values() + _waiting(facts) + _unmapped(facts)


def _turn(found: Collector, row: Obligation) -> None:
    turn, root = row.turn, row.root
    start_team = turn.ticket.value("team").at(turn.started_at)
    for layer in LAYERS:
        if not needs_target(row, layer):
            continue
        hit = int(row.layers[layer].target is not None)
        found.add(
            "policy_coverage",
            turn.started_at,
            row.scope,
            start_team,
            NO_AGENT,
            hit=hit,
            of=1,
            layer=layer,
        )
    at = turn.satisfied_at
    if row.state != "answered" or at is None or turn.kind not in ("first", "next"):
        return
    if turn.kind == "first":
        found.add("first_replies_sent", at, root, row.responder_team, turn.responder)
    channel = found.facts.world.channels.get((root.row["source_system"], root.row["channel_id"]))
    is_live = channel is not None and channel["modality"] == "live"
    if turn.mode not in ("proxy", "case") and not is_live:
        times = (row.elapsed_cal_s, row.elapsed_bus_s)
        found.clocks("asa_async", at, root, row.responder_team, turn.responder, *times)


def _written(found: Collector, ticket: Ticket) -> None:
    judge, known = found.facts.judge, {id(message) for message in qualifying_replies(ticket)}
    for message in ticket.messages:
        if message["author_role"] != "agent":
            continue
        at, author = message["sent_at"], message["author_id"]
        team = judge.team_of(ticket, author, at)
        if message["visibility"] == "internal":
            found.add("internal_notes", at, ticket.root, team, author)
        if is_human_reply(message):
            holder = ticket.value("assignee").at(at)
            if author is not None and holder is not None and author != holder:
                found.add("assist_replies", at, ticket.root, team, author)
        if id(message) in known:
            hit = int(author is not None)
            found.add("attribution_coverage", at, ticket.root, team, NO_AGENT, hit=hit, of=1)


def _closings(found: Collector) -> None:
    for closing in found.facts.closings:
        if found.facts.world.exclusion(closing.root) is not None:
            continue
        person = (closing.closer_team, closing.closer)
        if closing.is_with_reply:
            found.add("closed_with_reply", closing.closed_at, closing.root, *person)
        if closing.is_without_reply:
            found.add("closed_without_reply", closing.closed_at, closing.root, *person)
            if closing.is_repaired:
                found.add(
                    "closed_without_reply",
                    closing.closed_at,
                    closing.root,
                    *person,
                    variant="repaired",
                )


def _answers(found: Collector) -> None:
    for answer in found.facts.answers:
        told = answer.row["resolved_answer"]
        is_out = found.facts.world.exclusion(answer.root) is not None
        if answer.is_latest and told is not None and not is_out:
            when, hit = answer.row["responded_at"], int(told == "yes")
            found.add("rr", when, answer.root, answer.team, answer.agent, hit=hit, of=1)


def _waiting(facts: Facts) -> list[Value]:
    """New and open tickets at the end of each month."""
    found, world = Collector(facts), facts.world
    counts: dict[Cell, int] = defaultdict(int)
    for month, when in months(facts):
        for ticket in world.tickets.values():
            if ticket.parent is not None or world.exclusion(ticket) is not None:
                continue
            if ticket.row["created_at"] > when:
                continue
            if ticket.own["status"].at(when) not in ("new", "open"):
                continue
            agent = ticket.own["assignee"].at(when)
            team = facts.judge.team_of(ticket, agent, when)
            for scope in found.scopes(ticket, team, agent):
                counts[Cell(month, "backlog_actionable", "none", "none", "none", *scope)] += 1
    return [Value(cell, "count", n, n, None, n) for cell, n in counts.items()]


def _unmapped(facts: Facts) -> list[Value]:
    """Rows of events with a value outside the vocabulary of a column that has one."""
    parts: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for table in EVENT_TABLES:
        words = vocabulary(table)
        for row in facts.world.tables[table]:
            if row["occurred_at"] is None or row["occurred_at"] > facts.world.as_of:
                continue
            part = parts[month_of(row["occurred_at"], facts.zone)]
            part[0] += any(
                row[name] is not None and row[name] not in allowed
                for name, allowed in words.items()
            )
            part[1] += 1
    return [
        ratio(Cell(month, "unmapped_rate", "none", "none", "none", "company", "company"), *part)
        for month, part in parts.items()
    ]
