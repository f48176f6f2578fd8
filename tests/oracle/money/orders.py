"""Contacts per order, and what customers solve by themselves (`contact_rate`, `deflection_rate`)."""

from __future__ import annotations

from collections import defaultdict

from tests.oracle.money.forecasts import contacts_of
from tests.oracle.numbers.kpis import Facts, Value
from tests.oracle.numbers.statistics import month_of
from tests.oracle.numbers.tally import Scope, Tally, scopes_of
from tests.oracle.people.handle_times import reason_of
from tests.oracle.world.canonical_rows import DAY, HOUR, Row

# ---- orders and self-service


def order_values(facts: Facts) -> list[Value]:
    """`contact_rate` by contact month and by order cohort; `unlinked_share`."""
    world = facts.world
    rates, unlinked = Tally(facts), Tally(facts)
    orders = {}
    for row in world.tables["orders"]:
        if row["placed_at"] > world.as_of or row["is_deleted_in_source"]:
            continue
        orders[row["order_id"]] = row
        month = month_of(row["placed_at"], facts.zone)
        rates.add("contact_rate", month, _sold(row), (0, 1, 1), "contact_month")
        if row["placed_at"] + 45 * DAY <= world.as_of:
            rates.add("contact_rate", month, _sold(row), (0, 1, 1), "order_cohort")
    kinds = ("company", "platform", "marketplace_account")
    for contact in contacts_of(facts):
        started = contact.turn.started_at
        month = month_of(started, facts.zone)
        order = orders.get(contact.root.row["order_id"])
        if order is None:
            scopes = scopes_of(facts, contact.root, None, *kinds)
            unlinked.add("contact_rate", month, scopes, (1, 1, 1), "unlinked_share")
            continue
        scopes = _sold(order)
        unlinked.add("contact_rate", month, scopes, (0, 1, 1), "unlinked_share")
        rates.add("contact_rate", month, scopes, (1, 0, 0), "contact_month")
        mature = order["placed_at"] + 45 * DAY
        if started <= mature <= world.as_of:
            placed = month_of(order["placed_at"], facts.zone)
            rates.add("contact_rate", placed, scopes, (1, 0, 0), "order_cohort")
    # an interval belongs to shares; what stands per 100 has none
    return rates.values(100.0) + unlinked.values()


def _sold(order: Row) -> list[Scope]:
    scopes: list[Scope] = [("company", "company"), ("platform", order["platform"])]
    if order["marketplace_account_id"] is not None:
        scopes.append(("marketplace_account", order["marketplace_account_id"]))
    return scopes


def self_service_values(facts: Facts) -> list[Value]:
    """`deflection_rate`."""
    world, tally = facts.world, Tally(facts)
    names = {
        row["tag_id"]: row["name"].lower()
        for row in world.tables["tags"]
        if row["kind"] == "reason"
    }
    visits: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in world.tables["self_service_events"]:
        is_known = row["occurred_at"] <= world.as_of and not row["is_deleted_in_source"]
        if is_known and not row.get("is_anonymous") and row["reason_tag_id"] in names:
            visits[row["session_ref"], names[row["reason_tag_id"]]].append(row)
    wrote: dict[tuple[str, str], list[int]] = defaultdict(list)
    for contact in contacts_of(facts):
        customer = contact.root.row["customer_ref"]
        wrote[customer, reason_of(facts, contact.root)].append(contact.turn.started_at)
    for (session, reason), events in visits.items():
        start = min(row["occurred_at"] for row in events)
        until = start + 72 * HOUR
        if until > world.as_of or all(row["outcome"] == "viewed" for row in events):
            continue
        is_contacted = any(
            row["outcome"] == "contacted_after" and row["occurred_at"] <= until for row in events
        )
        if ":" in session:
            later = wrote[session.split(":")[0], reason]
            is_contacted = is_contacted or any(start < when <= until for when in later)
        scopes = [("company", "company"), ("reason", reason)]
        month = month_of(start, facts.zone)
        tally.add("deflection_rate", month, scopes, (int(not is_contacted), 1, 1))
    return tally.values(counted=True)
