"""Requests, defect orders, clocks, lags, tickets left out (groups F and G).

`ebay_case_response_compliance`, `ticket_defect_link_rate`, `clock_anomaly_rate`, `sync_lag`, `time_precision_share`,
`excluded_ticket_count`.
"""

from __future__ import annotations

from collections import defaultdict

from tests.oracle.numbers.kpis import NO_AGENT, Cell, Collector, Facts, Value, platform_of
from tests.oracle.numbers.snapshots import months
from tests.oracle.numbers.statistics import month_of, quantile
from tests.oracle.turns.obligations import Obligation
from tests.oracle.world.canonical_rows import SECOND, Row
from tests.oracle.world.policies import LAYERS

_NOT_A_DEFECT = ("denied", "withdrawn", "removed")
_SKEW = 120 * SECOND
_MARKS = {"marked_spam": "spam", "deleted": "deleted", "merged": "merged"}


def health_values(facts: Facts) -> list[Value]:
    """Values of the KPIs of groups F and G that are made from rows."""
    found = Collector(facts)
    for row in facts.obligations:
        _ebay_case(found, row)
        _clocks(found, row)
    _lags(found)
    _left_out(found)
    _defect_orders(found)
    values = found.values()
    for cell, sums in found.cells.items():
        if cell.kpi == "sync_lag":
            total, count = sum(sums.seconds), len(sums.seconds)
            p95 = quantile(sums.seconds, 0.95)
            values.append(Value(cell, "p95", p95, total, count, count))
    return values


def _ebay_case(found: Collector, row: Obligation) -> None:
    if platform_of(found.facts, row.root) != "ebay":
        return
    verdict = row.layers["marketplace"]
    if row.turn.kind == "case" and verdict.verdict in ("met", "breached"):
        assert verdict.verdict_at is not None
        hit = int(verdict.verdict == "met")
        found.add(
            "ebay_case_response_compliance",
            verdict.verdict_at,
            row.scope,
            verdict.owner_team,
            verdict.owner,
            hit=hit,
            of=1,
        )


def _clocks(found: Collector, row: Obligation) -> None:
    start = row.turn.started_at
    if row.state != "excluded" or row.exclusion == "clock_anomaly":
        team = row.turn.ticket.value("team").at(start)
        hit = int(row.turn.is_anomaly)
        found.add("clock_anomaly_rate", start, row.scope, team, NO_AGENT, hit=hit, of=1)
    for layer in LAYERS:
        verdict = row.layers[layer]
        if verdict.verdict in ("met", "breached") and verdict.verdict_at is not None:
            found.add(
                "time_precision_share",
                verdict.verdict_at,
                row.scope,
                verdict.owner_team,
                NO_AGENT,
                hit=int(not row.is_time_uncertain),
                of=1,
                layer=layer,
            )


def _lags(found: Collector) -> None:
    world, judge = found.facts.world, found.facts.judge
    for ticket in world.tickets.values():
        if world.exclusion(ticket.root) is not None:
            continue
        for message in ticket.messages:
            if message["direction"] != "inbound" or message.get("is_duplicate"):
                continue
            sent, seen = message["sent_at"], message["available_at"]
            if seen is None:
                seen = sent
            if seen - sent <= -_SKEW - SECOND:
                continue
            author = message["author_id"] if message["author_role"] in ("agent", "bot") else None
            team = judge.team_of(ticket, author, sent)
            lag = max(seen - sent, 0) // SECOND
            found.add("sync_lag", sent, ticket.root, team, NO_AGENT, seconds=lag)


def _left_out(found: Collector) -> None:
    world, judge = found.facts.world, found.facts.judge
    if not months(found.facts):
        return
    anomalies: dict[int, int] = {}
    for row in found.facts.obligations:
        if row.exclusion == "clock_anomaly" and row.state == "excluded":
            start = row.turn.started_at
            anomalies[id(row.root)] = min(anomalies.get(id(row.root), start), start)
    for ticket in world.tickets.values():
        reason = "merged" if ticket.parent is not None else world.exclusion(ticket)
        if reason is None:
            when = anomalies.get(id(ticket))
            if when is not None:
                team = ticket.own["team"].at(world.as_of)
                found.add(
                    "excluded_ticket_count", when, ticket, team, None, variant="clock_anomaly"
                )
            continue
        marks = [event for event in ticket.events if _reason_of(event) == reason]
        if marks:
            last = marks[-1]
            at, actor = last["occurred_at"], last["actor_id"]
            team = judge.team_of(ticket, actor, at)
            agent = actor if last["actor_role"] == "agent" else None
        else:
            at = (ticket.merged_at if ticket.parent else None) or ticket.row["created_at"]
            team, agent = ticket.own["team"].at(world.as_of), None
        for variant in ("none", reason):
            found.add("excluded_ticket_count", at, ticket, team, agent, variant=variant)


def _reason_of(event: Row) -> str | None:
    if event["event_type"] == "status_change" and event["to_value"] in ("spam", "deleted"):
        found: str = event["to_value"]
        return found
    return _MARKS.get(event["event_type"])


def _defect_orders(found: Collector) -> None:
    facts = found.facts
    world = facts.world
    known = {month for month, _ in months(facts)}
    first: dict[str, int] = {}
    for row in world.tables["order_defects"]:
        is_out = row["is_deleted_in_source"] or row["outcome"] in _NOT_A_DEFECT
        if is_out or row["counts_against_seller"] is False or row["opened_at"] > world.as_of:
            continue
        order = row["order_id"]
        first[order] = min(first.get(order, row["opened_at"]), row["opened_at"])
    turns: dict[str, list[Obligation]] = defaultdict(list)
    for row in facts.obligations:
        if (
            row.turn.kind in ("first", "next")
            and row.state != "excluded"
            and row.root.row["order_id"]
        ):
            turns[row.root.row["order_id"]].append(row)
    silent: dict[str, list[int]] = defaultdict(list)
    for closing in facts.closings:
        is_counted = world.exclusion(closing.root) is None
        if closing.is_without_reply and closing.root.row["order_id"] and is_counted:
            silent[closing.root.row["order_id"]].append(closing.closed_at)
    orders = {row["order_id"]: row for row in world.tables["orders"]}
    for order, when in first.items():
        if month_of(when, facts.zone) in known:
            before = [row for row in turns[order] if row.turn.started_at < when]
            is_silent = any(closed < when for closed in silent[order])
            _defect_order(found, orders.get(order), when, before, is_silent)


def _defect_order(
    found: Collector, order: Row | None, when: int, before: list[Obligation], is_silent: bool
) -> None:
    contact = min(before, key=lambda row: row.turn.started_at, default=None)
    scopes = [("company", "company")]
    if order is not None:
        scopes.append(("platform", order["platform"]))
        if order["marketplace_account_id"] is not None:
            scopes.append(("marketplace_account", order["marketplace_account_id"]))
    channel = contact.root.row["channel_id"] if contact else None
    start = contact.turn.started_at if contact else 0
    team = contact.turn.ticket.value("team").at(start) if contact else None
    scopes += [("channel", channel or "no_channel"), ("team", team or "no_team")]
    hits = {"none": int(bool(before))}
    if before:
        hits |= {
            "late_first_reply": int(any(_is_late(row, when) for row in before)),
            "closed_without_reply": int(is_silent),
            "repeat_contact": int(len(before) > 1),
        }
    month = month_of(when, found.facts.zone)
    found.ratios.add("ticket_defect_link_rate")
    base = Cell(month, "ticket_defect_link_rate", "none", "none", "none", "company", "company")
    for scope_type, scope_id in scopes:
        for variant, hit in hits.items():
            cell = base._replace(variant=variant, scope_type=scope_type, scope_id=scope_id)
            sums = found.cells[cell]
            sums.n += 1
            sums.numerator += hit
            sums.denominator += 1


def _is_late(row: Obligation, when: int) -> bool:
    verdict = row.layers["marketplace"]
    if verdict.verdict == "no_target":
        verdict = row.layers["internal"]
    is_fallen = verdict.verdict == "breached" and (verdict.verdict_at or 0) < when
    return row.turn.kind == "first" and is_fallen
