"""Reasons by month and rolling window (group E).

`tag_volume`, `tag_share`, `top5_share`, `pareto_vital_few`, `top5_churn`, `macro_top5_coverage`; which moves are real.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tests.oracle.numbers.kpis import NO_AGENT, Cell, Collector, Facts, Value, ratio
from tests.oracle.numbers.statistics import local_day
from tests.oracle.world.canonical_rows import Row
from tests.oracle.world.tickets import Ticket

Volumes = Counter[str | None]
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Reason:
    """What one ticket counts for: its primary reason by name, the reasons above it, and any reason it carries."""

    primary: str | None
    above: frozenset[str]
    carried: frozenset[str]


@dataclass(frozen=True)
class Opened:
    """A counted ticket: local day of opening, primary reason by name, scopes it belongs to."""

    ticket: Ticket
    day: date
    name: str | None
    scopes: tuple[tuple[str, str], ...]


def opened_tickets(facts: Facts, tickets: Iterable[Ticket]) -> list[Opened]:
    """Counted tickets, read once for all months and windows."""
    found = []
    for ticket in tickets:
        team = ticket.own["team"].at(facts.world.as_of)
        scopes = tuple(Collector(facts).scopes(ticket, team, NO_AGENT))
        day = local_day(ticket.row["created_at"], facts.zone)
        found.append(Opened(ticket, day, reason_name(facts, ticket), scopes))
    return found


def reason_values(facts: Facts, opened: list[Opened], month: date, when: int) -> Iterator[Value]:
    """Every KPI about the volume of reasons, of one month."""
    last = local_day(when if when == facts.world.as_of else when - 1, facts.zone)
    first_days: dict[tuple[str, str], date] = {}
    for entry in opened:
        for scope in entry.scopes:
            first_days[scope] = min(first_days.get(scope, entry.day), entry.day)
    for days in (30, 60, 90):
        begin = last - timedelta(days=days - 1)
        before = begin - timedelta(days=days)
        now = _volumes(opened, begin, last)
        then = _volumes(opened, before, begin - timedelta(days=1))
        yield from _shares(now, month, f"{days}d")
        for scope in now.keys() | then.keys():
            known = first_days[scope] <= before
            yield from _top_five(
                facts,
                now.get(scope, Counter()),
                then.get(scope, Counter()) if known else None,
                month,
                when,
                days,
                scope,
            )
    yield from _shares(_volumes(opened, month, last), month, "month")
    yield from _companions(facts, opened, month, last)


def _volumes(opened: list[Opened], first: date, last: date) -> dict[tuple[str, str], Volumes]:
    found: dict[tuple[str, str], Volumes] = defaultdict(Counter)
    for entry in opened:
        if first <= entry.day <= last:
            for scope in entry.scopes:
                found[scope][entry.name] += 1
    return found


def scopes_above_people(facts: Facts, root: Ticket) -> tuple[tuple[str, str], ...]:
    """Company, platform, account and channel of a ticket."""
    return tuple(s for s in Collector(facts).scopes(root, None, NO_AGENT) if s[0] != "team")


def reason_name(facts: Facts, ticket: Ticket) -> str | None:
    """Lower-case name of the primary reason; null when untagged or tagged with something else than a reason."""
    tag = facts.world.tags.get((ticket.row["source_system"], facts.reason_of(ticket)))
    return tag["name"].lower() if tag is not None and tag["kind"] == "reason" else None


def _shares(scoped: dict[tuple[str, str], Volumes], month: date, variant: str) -> Iterator[Value]:
    for (scope_type, scope_id), volumes in scoped.items():
        total = sum(volumes.values())
        cell = Cell(month, "tag_volume", "none", "none", variant, scope_type, scope_id)
        yield Value(cell, "count", total, total, None, total)
        cell = Cell(month, "tag_share", "none", "none", variant, scope_type, scope_id)
        yield ratio(cell, total - volumes[None], total)
        if scope_type == "company":
            for name, tickets in volumes.items():
                row = ("none", "none", variant, "reason", name or "untagged")
                yield Value(
                    Cell(month, "tag_volume", *row), "count", tickets, tickets, None, tickets
                )
                yield ratio(Cell(month, "tag_share", *row), tickets, total)


def _companions(facts: Facts, opened: list[Opened], first: date, last: date) -> Iterator[Value]:
    counts: dict[str, Counter[str]] = {"any_tag": Counter(), "with_descendants": Counter()}
    for entry in opened:
        if first <= entry.day <= last:
            reason = reasons_of(facts, entry.ticket)
            own = {reason.primary or "untagged"}
            counts["with_descendants"].update(own | reason.above)
            counts["any_tag"].update(own | reason.above | reason.carried)
    for variant, names in counts.items():
        for name, tickets in names.items():
            cell = Cell(first, "tag_volume", "none", "none", variant, "reason", name)
            yield Value(cell, "count", tickets, tickets, None, tickets)


def reasons_of(facts: Facts, ticket: Ticket) -> Reason:
    """What a ticket counts for."""
    source = ticket.row["source_system"]
    primary = facts.world.tags.get((source, facts.reason_of(ticket)))
    is_reason = primary is not None and primary["kind"] == "reason"
    above = frozenset(_above(facts, source, primary)) if primary is not None else frozenset()
    carried: set[str] = set()
    for tag_id in ticket.row["tag_ids"] or []:
        tag = canonical_tag(facts, source, tag_id)
        if tag is not None and tag["kind"] == "reason":
            carried |= {tag["name"].lower(), *_above(facts, source, tag)}
    name = primary["name"].lower() if primary is not None and is_reason else None
    return Reason(name, above, frozenset(carried))


def canonical_tag(facts: Facts, source: str, tag_id: str | None) -> Row | None:
    """The tag, a synonym as the tag it stands for."""
    tag = facts.world.tags.get((source, tag_id))
    if tag is None or tag["canonical_tag_id"] is None:
        return tag
    return facts.world.tags.get((source, tag["canonical_tag_id"]), tag)


def _above(facts: Facts, source: str, tag: Row) -> Iterator[str]:
    for _ in range(4):
        parent = canonical_tag(facts, source, tag["parent_tag_id"])
        if parent is None:
            return
        if parent["kind"] == "reason":
            yield parent["name"].lower()
        tag = parent


def ages_of(facts: Facts) -> dict[str, int]:
    """Since when each reason is in the taxonomy."""
    ages: dict[str, int] = {}
    for tag in facts.world.tables["tags"]:
        if tag["kind"] == "reason":
            name = tag["name"].lower()
            ages[name] = min(ages.get(name, tag["valid_from"]), tag["valid_from"])
    return ages


def ranking(volumes: Volumes, ages: dict[str, int]) -> list[str]:
    """Reasons with tickets by volume; ties: older tag, then name; untagged and `other` never."""
    named = [n for n in volumes if n is not None and n != "other" and volumes[n] > 0]
    return sorted(named, key=lambda name: (-volumes[name], ages.get(name, 10**18), name))


def vital_few(volumes: Volumes, ranked: list[str]) -> int | None:
    """Reasons that together carry 80 % of the tagged tickets."""
    tagged, running = sum(volumes.values()) - volumes[None], 0
    for place, name in enumerate(ranked, start=1):
        running += volumes[name]
        if running * 100 >= tagged * 80:
            return place
    return None


def _top_five(
    facts: Facts,
    now: Volumes,
    then: Volumes | None,
    month: date,
    when: int,
    days: int,
    scope: tuple[str, str],
) -> Iterator[Value]:
    ages, total = ages_of(facts), sum(now.values())
    ranked = ranking(now, ages)
    tagged, top = total - now[None], sum(now[name] for name in ranked[:5])

    def cell(kpi: str, variant: str = f"{days}d") -> Cell:
        return Cell(month, kpi, "none", "none", variant, *scope)

    if total:
        yield ratio(cell("top5_share"), top, total)
    if tagged:
        few = vital_few(now, ranked)
        yield Value(cell("pareto_vital_few"), "count", few, few, None, few or 0)
        if days == 30:
            yield ratio(cell("top5_share", "share_of_tagged"), top, tagged)
            if few:
                yield ratio(cell("pareto_vital_few", "share_of_active_reasons"), few, len(ranked))
    if days == 30 and ranked:
        covered = len(set(ranked[:5]) & covered_reasons(facts, when))
        address = Cell(month, "macro_top5_coverage", "none", "none", "none", *scope)
        yield Value(address, "count", covered, covered, None, len(ranked[:5]))
    if then is None:
        return
    five, before = set(ranked[:5]), set(ranking(then, ages)[:5])
    changed = len(five ^ before)
    yield Value(cell("top5_churn"), "count", changed, changed, None, changed)
    if days == 30:
        real = len(real_moves(now, then) & (five | before))
        yield Value(cell("top5_churn", "real_moves"), "count", real, real, None, real)


def real_moves(now: Volumes, then: Volumes) -> set[str]:
    """Reasons whose share moved by more than chance: two-proportion tests, Benjamini-Hochberg at 5 %."""
    names = {n for n in now.keys() | then.keys() if n not in (None, "other") and now[n] + then[n]}
    n1, n2 = sum(now.values()), sum(then.values())
    tests = sorted((share_test(now[name], n1, then[name], n2), name) for name in names if name)
    accepted = 0
    for place, (p, _) in enumerate(tests, start=1):
        if p <= SIGNIFICANT * place / len(tests):
            accepted = place
    return {name for _, name in tests[:accepted]}


def share_test(x1: int, n1: int, x2: int, n2: int) -> float:
    """Two-sided p of the difference of two shares with pooled variance; 1 where nothing can differ."""
    if not n1 or not n2:
        return 1.0
    pooled = (x1 + x2) / (n1 + n2)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return math.erfc(abs(x1 / n1 - x2 / n2) / spread / math.sqrt(2)) if spread else 1.0


def covered_reasons(facts: Facts, when: int) -> set[str]:
    """Reasons with a locked macro in force, checked in the last 180 days, that fills in some field."""
    last = local_day(when if when == facts.world.as_of else when - 1, facts.zone)
    found = set()
    for macro in facts.world.tables["macros"]:
        tag = canonical_tag(facts, macro["source_system"], macro["reason_tag_id"])
        checked = macro["policy_checked_on"]
        is_in_force = macro["valid_from"] <= when and (
            macro["valid_to"] is None or when < macro["valid_to"]
        )
        is_checked = checked is not None and last - timedelta(days=180) <= checked
        is_good = macro["is_locked"] and macro["dynamic_fields"] and is_in_force and is_checked
        if is_good and tag is not None and tag["kind"] == "reason":
            found.add(tag["name"].lower())
    return found
