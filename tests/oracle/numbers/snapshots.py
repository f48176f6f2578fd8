"""KPIs read at an instant or over a rolling window: month ends, and ``as_of`` in the running month.

`backlog`, `unanswered_overdue`, `sla_at_risk`, `amz_late_response_rate_est`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from tests.oracle.health.published import published_values
from tests.oracle.numbers.kpis import NO_AGENT, Cell, Collector, Facts, Value
from tests.oracle.numbers.statistics import local_day, month_of
from tests.oracle.reasons.fixes import fix_values
from tests.oracle.reasons.reason_times import time_values
from tests.oracle.reasons.reasons import opened_tickets, reason_values
from tests.oracle.turns.obligations import Obligation
from tests.oracle.turns.waiting import at_risk
from tests.oracle.world.calendar import midnight
from tests.oracle.world.canonical_rows import DAY, SECOND, Row
from tests.oracle.world.policies import LAYERS
from tests.oracle.world.tickets import UNSOLVED, Ticket, is_customer_message, qualifying_replies

_BELOW_ACCOUNT = ("channel", "team", "agent")


@lru_cache(maxsize=8)
def first_fact(facts: Facts) -> int | None:
    """The first ticket or turn that counts."""
    world = facts.world
    first = [t.row["created_at"] for t in world.tickets.values() if world.exclusion(t) is None]
    first += [row.turn.started_at for row in facts.obligations if row.state != "excluded"]
    return min(first, default=None)


@lru_cache(maxsize=8)
def months(facts: Facts) -> list[tuple[date, int]]:
    """Months from the first ticket or turn that counts to ``as_of``, each with its last instant."""
    world, first = facts.world, first_fact(facts)
    if first is None:
        return []
    month, last = month_of(first, facts.zone), month_of(world.as_of, facts.zone)
    found = []
    while month <= last:
        following = (month + timedelta(days=32)).replace(day=1)
        found.append((month, min(midnight(following, facts.zone) - 1, world.as_of)))
        month = following
    return found


def counted(facts: Facts) -> Iterator[Ticket]:
    """Root tickets of customers that no exclusion takes out."""
    for ticket in facts.world.tickets.values():
        is_root = ticket.parent is None and facts.world.exclusion(ticket) is None
        if is_root and ticket.row["origin"] in ("inbound", "proxy"):
            yield ticket


def snapshots(facts: Facts) -> list[Value]:
    """Backlog, overdue turns, late messages, reasons and published values of every month."""
    collector = Collector(facts)
    collector.ratios.add("amz_late_response_rate_est")
    values: list[Value] = []
    received = judged_messages(facts)
    opened = opened_tickets(facts, counted(facts))
    for month, when in months(facts):
        _backlog(collector, month, when)
        for row in facts.obligations:
            _overdue(collector, row, month, when)
            for layer, team, agent in at_risk(facts, row, when):
                _put(collector, "sla_at_risk", month, row.scope, team, agent, layer=layer)
        _late_messages(collector, received, month, when)
        values += reason_values(facts, opened, month, when)
        values += published_values(facts, month, when)
    values += fix_values(facts, [month for month, _ in months(facts)])
    values += time_values(facts)
    return values + collector.values()


def _put(
    found: Collector,
    kpi: str,
    month: date,
    root: Ticket,
    team: str | None,
    agent: object,
    *,
    hit: int = 1,
    of: int = 0,
    layer: str = "none",
    variant: str = "none",
) -> None:
    for scope_type, scope_id in found.scopes(root, team, agent):
        if scope_type in _BELOW_ACCOUNT and kpi == "amz_late_response_rate_est":
            continue
        sums = found.cells[Cell(month, kpi, "none", layer, variant, scope_type, scope_id)]
        sums.numerator += hit
        sums.denominator += of


def _backlog(found: Collector, month: date, when: int) -> None:
    world = found.facts.world
    for ticket in world.tickets.values():
        if ticket.parent is not None or world.exclusion(ticket) is not None:
            continue
        if ticket.row["created_at"] <= when and ticket.own["status"].at(when) in UNSOLVED:
            agent = ticket.own["assignee"].at(when)
            team = found.facts.judge.team_of(ticket, agent, when)
            _put(found, "backlog", month, ticket, team, agent)


def _overdue(found: Collector, row: Obligation, month: date, when: int) -> None:
    turn, judge = row.turn, found.facts.judge
    if row.state not in ("open", "closed_unanswered", "answered"):
        return
    for layer in LAYERS:
        verdict = row.layers[layer]
        fell = verdict.verdict_at if verdict.verdict == "breached" else None
        if fell is None or fell > when:
            continue
        if turn.satisfied_at is not None and turn.satisfied_at <= when:
            continue
        holder, agent = judge.holder(turn, when)
        if holder == "closed":
            continue
        agent = agent if holder == "agent" else None
        team = judge.team_of(turn.ticket, agent, when)
        _put(found, "unanswered_overdue", month, row.scope, team, agent, layer=layer)
        age = (when - turn.started_at) // SECOND
        for scope_type, scope_id in found.scopes(row.scope, team, agent):
            name = ("unanswered_overdue", "none", layer, "oldest_age", scope_type, scope_id)
            found.cells[Cell(month, *name)].seconds.append(age)


def _late_messages(
    found: Collector, received: list[tuple[Ticket, date, bool]], month: date, when: int
) -> None:
    last = local_day(when, found.facts.zone)
    for root, sent_on, is_late in received:
        for days in (7, 30, 90):
            if last - timedelta(days=days) < sent_on <= last:
                _put(
                    found,
                    "amz_late_response_rate_est",
                    month,
                    root,
                    None,
                    NO_AGENT,
                    hit=int(is_late),
                    of=1,
                    variant=f"{days}d",
                )


def judged_messages(facts: Facts) -> list[tuple[Ticket, date, bool]]:
    """Buyer messages on Amazon whose 24 hours are over or that are answered: root, local day sent, whether late."""
    found: list[tuple[Ticket, date, bool]] = []
    for message, replied in first_replies(facts):
        root: Ticket = message["ticket"].root
        channel = facts.world.channels.get((root.row["source_system"], root.row["channel_id"]), {})
        place = (channel.get("platform"), channel.get("channel_class"))
        if place != ("amazon", "marketplace_message") or root.row["marketplace_account_id"] is None:
            continue
        sent = message["sent_at"]
        waited = ((facts.world.as_of if replied is None else replied) - sent) // SECOND
        is_late = waited > DAY // SECOND
        if replied is not None or is_late:
            found.append((root, local_day(sent, facts.zone), is_late))
    return found


def first_replies(facts: Facts) -> list[tuple[Row, int | None]]:
    """Every customer message that needs an answer with its next qualifying reply in the merge group."""
    found: list[tuple[Row, int | None]] = []
    for group in facts.world.groups():
        if facts.world.exclusion(group[0]) is not None:
            continue
        replies = [(m["sent_at"], m["ticket"]) for t in group for m in qualifying_replies(t)]
        for ticket in group:
            for message in ticket.messages:
                if not is_customer_message(message) or message["is_duplicate"]:
                    continue
                if message["no_reply_needed"] or message["direction"] != "inbound":
                    continue
                later = [
                    sent
                    for sent, other in replies
                    if sent >= message["sent_at"] and other.root_at(sent) is ticket.root_at(sent)
                ]
                found.append((message, min(later, default=None)))
    return found
