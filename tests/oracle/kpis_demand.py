"""Demand, forecasts, staffing, orders, self-service and costs from rows (catalogue §6 C)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.oracle.calendar import midnight
from tests.oracle.canonical_rows import DAY, HOUR, SECOND, Row
from tests.oracle.kpi_month import handled
from tests.oracle.kpi_snapshots import months
from tests.oracle.kpis import Cell, Facts, Value, local_day, month_of, platform_of
from tests.oracle.kpis_ops import (
    CONTACTS,
    Scope,
    Tally,
    month_bounds,
    reason_of,
    scopes_of,
    sessions_of,
    source_of,
    stretches,
)
from tests.oracle.measurable import Measurable
from tests.oracle.obligations import Obligation

_HALF_HOUR = 1800 * SECOND
_GRAINS = ("30min", "day", "week", "month")


def _contacts(facts: Facts) -> Iterator[Obligation]:
    for row in facts.obligations:
        if row.turn.kind in CONTACTS and row.state != "excluded":
            yield row


# ---- forecasts and staffing


def _end(row: Row, zone: str) -> int:
    start = row["interval_start"]
    if row["grain"] == "30min":
        return int(start) + _HALF_HOUR
    day = local_day(start, zone)
    if row["grain"] == "month":
        return midnight((day + timedelta(days=32)).replace(day=1), zone)
    return midnight(day + timedelta(days=1 if row["grain"] == "day" else 7), zone)


def _forecasts(facts: Facts) -> dict[tuple[str, str, int], tuple[Row, int]]:
    """Last locked version of every finished interval, with its end."""
    found: dict[tuple[str, str, int], tuple[Row, int]] = {}
    for row in facts.world.tables["contact_forecast"]:
        is_in_force = row["is_locked"] and row["made_at"] <= row["interval_start"]
        if not is_in_force or row["is_deleted_in_source"]:
            continue
        end = _end(row, facts.zone)
        if end > facts.world.as_of:
            continue
        place = (row["channel_id"], row["grain"], row["interval_start"])
        rank = (row["made_at"], row["forecast_version_id"])
        other = found.get(place)
        if other is None or rank > (other[0]["made_at"], other[0]["forecast_version_id"]):
            found[place] = (row, end)
    return found


def forecast_values(facts: Facts) -> list[Value]:
    """`forecast_wape`, `forecast_bias` and `staffing_to_forecast`."""
    forecasts, tally = _forecasts(facts), Tally(facts)
    came: dict[str, list[int]] = defaultdict(list)
    for contact in _contacts(facts):
        came[contact.root.row["channel_id"]].append(contact.turn.started_at)
    platforms = {row["channel_id"]: row["platform"] for row in facts.world.tables["channels"]}
    for (channel, grain, start), (row, end) in forecasts.items():
        actual = sum(1 for when in came[channel] if start <= when < end)
        error = round(row["forecast_contacts"] - actual, 6)
        month = month_of(start, facts.zone)
        scopes: list[Scope] = [("company", "company"), ("channel", channel)]
        if channel in platforms:
            scopes.append(("platform", platforms[channel]))
        tally.add("forecast_wape", month, scopes, (abs(error), actual, 1), grain)
        tally.add("forecast_bias", month, scopes, (error, actual, 1), grain)
    return tally.values() + _staffing(facts, forecasts)


def _staffing(facts: Facts, forecasts: dict[tuple[str, str, int], tuple[Row, int]]) -> list[Value]:
    tally = Tally(facts)
    channels: dict[tuple[date, str], set[str]] = defaultdict(set)
    needed: dict[tuple[date, str, int, int], float] = defaultdict(float)
    for (channel, grain, start), (row, end) in forecasts.items():
        if row["required_fte"] is None:
            continue
        month = month_of(start, facts.zone)
        channels[month, grain].add(channel)
        hours = 0.5 if grain == "30min" else 8 * round((end - start) / DAY)
        needed[month, grain, start, end] += row["required_fte"] * hours
    staffed = sorted(added["staffed"] for *_, added in stretches(facts) if "staffed" in added)
    for (month, grain, start, end), hours in sorted(needed.items()):
        order = [(-len(channels[month, g]), place) for place, g in enumerate(_GRAINS)]
        if _GRAINS[min(order)[1]] != grain:
            continue
        seconds = sum(max(0, min(e, end) - max(s, start)) for s, e in staffed if s < end)
        actual, required = round(seconds / SECOND / 3600, 6), round(hours, 6)
        scope = [("company", "company")]
        tally.add("staffing_to_forecast", month, scope, (actual, required, 1))
        covered = min(actual, required)
        tally.add("staffing_to_forecast", month, scope, (covered, required, 1), "interval_coverage")
    return tally.values()


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
    for contact in _contacts(facts):
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
    for contact in _contacts(facts):
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


# ---- costs

_Place = tuple[str | None, str | None, str | None, str | None]


def cost_values(facts: Facts) -> list[Value]:
    """`cost_per_unit`: every booking spread over the places of work inside its scope."""
    units: dict[tuple[date, str], dict[_Place, float]] = defaultdict(lambda: defaultdict(float))
    for month, unit, place in _units(facts):
        units[month, unit][place] += 1
    weights = _weights(facts, units)
    known = {month for month, _ in months(facts)}
    amounts: dict[tuple[date, str, str], float] = defaultdict(float)
    for row in facts.world.tables["costs"]:
        month = row["month"].replace(day=1)
        if row["is_deleted_in_source"]:
            continue
        amount = row["amount"] * row["fx_rate_to_report"]
        shares = _shares(row, weights[month], facts)
        for place, share in shares.items():
            for scope in _scopes(place):
                amounts[month, *scope] += amount * share
    found = []
    for unit in ("per_contact", "per_handled_ticket", "per_resolution", "per_order"):
        counted: dict[tuple[date, str, str], float] = defaultdict(float)
        for (month, name), places in units.items():
            if name == unit:
                for place, count in places.items():
                    for scope in _scopes(place):
                        counted[month, *scope] += count
        for (month, kind, name), count in counted.items():
            amount = amounts.get((month, kind, name), 0.0)
            if abs(amount) > 1e-9 and name not in ("no_channel", "no_team") and month in known:
                cell = Cell(month, "cost_per_unit", "none", "none", unit, kind, name)
                n = round(count)
                found.append(Value(cell, "ratio", amount / count, amount, count, n))
    return found


def _scopes(place: _Place) -> Iterator[Scope]:
    yield "company", "company"
    names = ("platform", "marketplace_account", "channel", "team")
    for kind, name in zip(names, place, strict=True):
        if name is not None:
            yield kind, name
        elif kind in ("channel", "team"):
            yield kind, f"no_{kind}"


def _place(facts: Facts, root: Any, team: str | None) -> _Place:
    row = root.row
    return platform_of(facts, root), row["marketplace_account_id"], row["channel_id"], team


def _units(facts: Facts) -> Iterator[tuple[date, str, _Place]]:
    for contact in _contacts(facts):
        started = contact.turn.started_at
        team = contact.turn.ticket.value("team").at(started)
        yield month_of(started, facts.zone), "per_contact", _place(facts, contact.root, team)
    roots = handled(facts)
    for cycle in facts.cycles:
        if cycle.ended_at is None or cycle.exclusion is not None:
            continue
        month, root = month_of(cycle.ended_at, facts.zone), cycle.root
        yield month, "per_resolution", _place(facts, root, cycle.resolver_team)
        if cycle.is_last and id(root) in roots:
            moves = facts.moves.get(id(root), [])
            team = cycle.resolver_team
            if moves:
                when, first = min(moves, key=lambda m: (m[0], m[1].started_at))
                team = facts.judge.team_of(first.ticket, first.agent, when)
            yield month, "per_handled_ticket", _place(facts, root, team)
    for row in facts.world.tables["orders"]:
        if row["placed_at"] <= facts.world.as_of and not row["is_deleted_in_source"]:
            place = (row["platform"], row["marketplace_account_id"], None, None)
            yield month_of(row["placed_at"], facts.zone), "per_order", place


def _weights(
    facts: Facts, units: dict[tuple[date, str], dict[_Place, float]]
) -> dict[date, dict[str, dict[_Place, float]]]:
    """Contacts, handle seconds and people's paid time by month and place."""
    found: dict[date, dict[str, dict[_Place, float]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(float))
    )
    sources = Measurable(facts.world, facts.zone)
    # contacts of which only a part is seen carry no costs
    is_partly_told = bool(sources.silent("contact_volume"))
    for (month, unit), places in units.items():
        if (
            unit == "per_contact"
            and not is_partly_told
            and not sources.hides("contact_volume", "none", "none", "none", month)
        ):
            found[month]["contacts"] |= places
    for session, ticket, seconds in sessions_of(facts):
        team = facts.world.home_team(source_of(session), session["agent_id"], session["started_at"])
        if team is None:
            team = ticket.own["team"].at(session["started_at"])
        month = month_of(session["ended_at"], facts.zone)
        found[month]["handle_time"][_place(facts, ticket.root, team)] += seconds
    paid: dict[tuple[date, str | None], float] = defaultdict(float)
    bounds = month_bounds(facts)
    for _, _, team, added in stretches(facts):
        for month, since, until in bounds if "paid" in added else ():
            start, end = added["paid"]
            paid[month, team] += max(0, min(end, until) - max(start, since)) / SECOND
    for month, keyed in found.items():
        of_team: dict[str | None, float] = defaultdict(float)
        for place, count in keyed["contacts"].items():
            of_team[place[3]] += count
        for place, count in keyed["contacts"].items():
            if place[3] is not None:
                weight = paid[month, place[3]] * count / of_team[place[3]]
                keyed["headcount"][place] = round(weight, 6)
    return found


def _shares(row: Row, weights: dict[str, dict[_Place, float]], facts: Facts) -> dict[_Place, float]:
    names = ("platform", "marketplace_account", "channel", "team")
    kind = row["allocation_key"] if row["allocation_key"] in weights else "contacts"
    if row["allocation_key"] in ("handle_time", "headcount"):
        kind = row["allocation_key"]
    inside = {
        place: weight
        for place, weight in weights[kind].items()
        if weight > 0
        and (
            row["scope_type"] == "company"
            or place[names.index(row["scope_type"])] == row["scope_id"]
        )
    }
    total = sum(inside.values())
    if total:
        return {place: weight / total for place, weight in inside.items()}
    alone: list[str | None] = [None, None, None, None]
    if row["scope_type"] != "company":
        alone[names.index(row["scope_type"])] = row["scope_id"]
    tables = facts.world.tables
    homes = {r["channel_id"]: r["platform"] for r in tables["channels"]}
    if row["scope_type"] == "marketplace_account":
        homes = {r["marketplace_account_id"]: r["platform"] for r in tables["marketplace_accounts"]}
    if row["scope_type"] in ("channel", "marketplace_account"):
        alone[0] = homes.get(row["scope_id"])
    return {(alone[0], alone[1], alone[2], alone[3]): 1.0}


def demand_values(facts: Facts) -> list[Value]:
    """Every value of this module."""
    values = forecast_values(facts) + order_values(facts)
    return values + self_service_values(facts) + cost_values(facts)
