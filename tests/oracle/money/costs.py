"""Costs per unit of work (`cost_per_unit`): each cost is shared among places by what was worked there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from tests.oracle.cycles.holders import handled
from tests.oracle.money.forecasts import contacts_of
from tests.oracle.numbers.kpis import Cell, Facts, Value, platform_of
from tests.oracle.numbers.snapshots import months
from tests.oracle.numbers.statistics import month_of
from tests.oracle.numbers.tally import Scope
from tests.oracle.people.handle_times import sessions_of
from tests.oracle.people.time import month_bounds, source_of, stretches
from tests.oracle.world.canonical_rows import SECOND, Row
from tests.oracle.world.measurable import Measurable

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
    for contact in contacts_of(facts):
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
