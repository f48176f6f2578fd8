"""Contacts per 100 orders by reason, and what fixes did to them (cards `reason_contact_rate`, `fix_effect`)."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tests.oracle.numbers.kpis import Cell, Facts, Value
from tests.oracle.numbers.statistics import Z, local_day
from tests.oracle.reasons.reasons import reason_name
from tests.oracle.world.calendar import midnight
from tests.oracle.world.canonical_rows import Row
from tests.oracle.world.measurable import Measurable

WEEKS = timedelta(days=56)


@dataclass(frozen=True)
class Contact:
    """A customer turn about a known order."""

    day: date
    reason: str
    ticket: int
    order: Row


def contacts_about_orders(facts: Facts) -> list[Contact]:
    """Turns and live contacts whose ticket names an order that exists."""
    orders = {row["order_id"]: row for row in facts.world.tables["orders"]}
    untold = Measurable(facts.world, facts.zone).silent("reason_contact_rate")
    found = []
    for row in facts.obligations:
        order = orders.get(row.root.row["order_id"])
        if row.root.row["source_system"] in untold:
            continue
        if row.turn.kind in ("first", "next") and row.state != "excluded" and order is not None:
            day = local_day(row.turn.started_at, facts.zone)
            reason = reason_name(facts, row.root) or "untagged"
            found.append(Contact(day, reason, id(row.root), order))
    return found


def order_days(facts: Facts) -> list[tuple[date, Row]]:
    """Orders placed so far with their local day."""
    return [
        (local_day(row["placed_at"], facts.zone), row)
        for row in facts.world.tables["orders"]
        if row["placed_at"] <= facts.world.as_of
    ]


def fix_values(facts: Facts, months: list[date]) -> Iterator[Value]:
    """Both cards for all months."""
    contacts, orders = contacts_about_orders(facts), order_days(facts)
    yield from _rates(contacts, orders, months)
    for fix in facts.world.tables["fixes"]:
        yield from _effect(facts, fix, contacts, orders)


def _rates(
    contacts: list[Contact], orders: list[tuple[date, Row]], months: list[date]
) -> Iterator[Value]:
    placed: Counter[tuple[date, str, str]] = Counter()
    written: Counter[tuple[date, str, str]] = Counter()
    for day, order in orders:
        placed.update((day.replace(day=1), *scope) for scope in _scopes(order))
    for contact in contacts:
        month = contact.day.replace(day=1)
        written.update((month, *scope) for scope in _scopes(contact.order))
        written[month, "reason", contact.reason] += 1
    for month, scope_type, scope_id in placed.keys() | written.keys():
        is_reason = scope_type == "reason"
        whole = placed[
            (month, "company", "company") if is_reason else (month, scope_type, scope_id)
        ]
        count = written[month, scope_type, scope_id]
        if month in months:
            cell = Cell(month, "reason_contact_rate", "none", "none", "none", scope_type, scope_id)
            value = 100 * count / whole if whole else None
            yield Value(cell, "ratio", value, count, whole, whole)


def _scopes(order: Row) -> Iterator[tuple[str, str]]:
    yield "company", "company"
    yield "platform", order["platform"]
    if order["marketplace_account_id"] is not None:
        yield "marketplace_account", order["marketplace_account_id"]


@dataclass(frozen=True)
class Effect:
    """Change of contacts per 100 orders against the change where nothing was fixed, with its 95 % interval."""

    value: float
    low: float
    high: float
    is_weak: bool
    rates: dict[str, float | None]
    """By side and time, e.g. ``touched_before``; null where nothing was ordered."""
    contacts_before: int
    contacts_after: int
    orders_after: int


def _effect(
    facts: Facts, fix: Row, contacts: list[Contact], orders: list[tuple[date, Row]]
) -> Iterator[Value]:
    live = fix["live_on"]
    if live is None or midnight(live + WEEKS, facts.zone) > facts.world.as_of:
        return
    found = effect_of(facts, fix, contacts, orders)
    if found is None:
        return
    month = (live + WEEKS - timedelta(days=1)).replace(day=1)
    yield Value(
        Cell(month, "fix_effect", "none", "none", "none", "fix", fix["fix_id"]),
        "ratio",
        found.value,
        found.contacts_after,
        found.orders_after,
        found.contacts_before + found.contacts_after,
        found.low,
        found.high,
    )


def effect_of(
    facts: Facts,
    fix: Row,
    contacts: list[Contact] | None = None,
    orders: list[tuple[date, Row]] | None = None,
) -> Effect | None:
    """Effect of a fix that went live, as far as its eight weeks have passed; null where nothing can be compared."""
    cause, live = _cause(facts, fix), fix["live_on"]
    if cause is None or live is None or fix["status"] not in ("live", "stopped"):
        return None
    reasons, others = _reasons_below(facts, cause), _rivals(facts, fix)
    counts: Counter[str] = Counter()
    tickets: dict[str, Counter[int]] = defaultdict(Counter)

    def cell(order: Row, day: date) -> str | None:
        side = _side(order["platform"], cause["marketplace_platform"], others)
        is_near = live - WEEKS <= day < live + WEEKS
        return f"{side}_{'after' if day >= live else 'before'}" if is_near else None

    for day, order in order_days(facts) if orders is None else orders:
        where = cell(order, day)
        if where is not None:
            counts[where] += 1
    for contact in contacts_about_orders(facts) if contacts is None else contacts:
        where = cell(contact.order, contact.day)
        if where is not None and contact.reason in reasons:
            tickets[where][contact.ticket] += 1
    return _difference(counts, tickets)


def _difference(counts: Counter[str], tickets: dict[str, Counter[int]]) -> Effect | None:
    if not counts["touched_before"] or not counts["touched_after"]:
        return None
    is_weak = not counts["control_before"] or not counts["control_after"]
    rates: dict[str, float | None] = {}
    value = variance = 0.0
    for side, sign in (("touched", 1), ("control", -1)):
        for when, direction in (("before", -1), ("after", 1)):
            name = f"{side}_{when}"
            written, placed = tickets[name], counts[name]
            rates[name] = 100 * written.total() / placed if placed else None
            if side == "control" and is_weak:
                continue
            value += sign * direction * (rates[name] or 0.0)
            variance += 10_000 * sum(k * k for k in written.values()) / placed**2
    margin = Z * math.sqrt(variance)
    return Effect(
        value,
        value - margin,
        value + margin,
        is_weak,
        rates,
        tickets["touched_before"].total(),
        tickets["touched_after"].total(),
        counts["touched_after"],
    )


def _side(platform: str, touched: str | None, others: set[str | None]) -> str:
    if touched is None or platform == touched:
        return "touched"
    return "neither" if platform in others or None in others else "control"


def _cause(facts: Facts, fix: Row) -> Row | None:
    maps = facts.world.tables["root_cause_map"]
    return next((row for row in maps if row["map_id"] == fix["map_id"]), None)


def _rivals(facts: Facts, fix: Row) -> set[str | None]:
    """Platforms where another fix of the same reason went live within the eight weeks around."""
    own = _cause(facts, fix)
    assert own is not None
    found = set()
    for other in facts.world.tables["fixes"]:
        cause = _cause(facts, other)
        is_live = other["status"] in ("live", "stopped") and other["live_on"] is not None
        if other["fix_id"] == fix["fix_id"] or cause is None or not is_live:
            continue
        is_near = abs(other["live_on"] - fix["live_on"]) < WEEKS
        if is_near and _reasons_below(facts, cause) & _reasons_below(facts, own):
            found.add(cause["marketplace_platform"])
    return found


def _reasons_below(facts: Facts, cause: Row) -> set[str]:
    """The reason of the map by name in every system, and all reasons below it."""
    tags = facts.world.tables["tags"]
    found: set[str] = set()
    for tag in tags:
        if tag["tag_id"] == cause["reason_tag_id"] and tag["kind"] == "reason":
            source = tag["source_system"]
            head = tag["canonical_tag_id"] or tag["tag_id"]
            below = {head}
            for _ in range(4):
                below |= {
                    t["tag_id"]
                    for t in tags
                    if t["source_system"] == source
                    and t["canonical_tag_id"] is None
                    and _canonical_id(facts, source, t["parent_tag_id"]) in below
                }
            found |= {
                t["name"].lower()
                for t in tags
                if t["source_system"] == source and t["tag_id"] in below and t["kind"] == "reason"
            }
    return found


def _canonical_id(facts: Facts, source: str, tag_id: str | None) -> str | None:
    tag = facts.world.tags.get((source, tag_id))
    return (tag["canonical_tag_id"] or tag_id) if tag is not None else tag_id
