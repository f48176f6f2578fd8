"""Reasons in the windows that end now (``tag_volume.tag_volume_windows``): ranks, moves, what a reason costs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import fmean
from typing import Any

from tests.oracle.cycles.issues import issue_facts
from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.snapshots import counted
from tests.oracle.numbers.statistics import local_day, quantile
from tests.oracle.reasons.fixes import contacts_about_orders, order_days
from tests.oracle.reasons.reason_times import labour_costs, timed_cycles
from tests.oracle.reasons.reasons import (
    Volumes,
    ages_of,
    opened_tickets,
    ranking,
    reason_name,
    reasons_of,
    scopes_above_people,
    share_test,
)
from tests.oracle.reasons.root_causes import root_causes
from tests.oracle.world.measurable import Measurable
from tests.oracle.world.tickets import is_human_reply

Out = dict[str, Any]
Scope = tuple[str, str]
_SCOPES = ("company", "platform", "marketplace_account", "channel")
_WINDOWS = (30, 60, 90)


@dataclass
class Measures:
    """What happened about one reason in a window."""

    contacts: int = 0
    orders: int = 0
    handle: list[float] = field(default_factory=list)
    cost: float | None = None
    issues: list[int] = field(default_factory=list)
    macros: list[int] = field(default_factory=list)


def tag_windows(facts: Facts) -> dict[tuple[int, str, str, str], Out]:
    """Columns by window, scope and reason in lower case (``untagged`` included)."""
    today = local_day(facts.world.as_of, facts.zone)
    volumes = _Volumes(facts)
    happened = list(_happened(facts))
    found = {}
    for days in _WINDOWS:
        begin = today - timedelta(days=days - 1)
        measures, bases = _measures(happened, begin, today)
        for scope, rows in volumes.windows(begin, today, days).items():
            base = bases[scope]
            for name, out in rows.items():
                own = measures[scope, name]
                told = _told(facts, scope, name) | {
                    "window_from_date": begin,
                    "window_to_date": today,
                }
                columns = out | _columns(scope, own, base, out) | told
                found[(days, *scope, name or "untagged")] = columns
    return found


def _told(facts: Facts, scope: Scope, name: str | None) -> Out:
    """Platform of the scope, whether the reason may take a place, its causes and what is done about them."""
    platform = _platform(facts, scope)
    causes, fixes = [], []
    rows = root_causes(facts)
    for (cause, fix), row in sorted(rows.items(), key=lambda item: tuple(map(str, item[0]))):
        is_here = platform is None or row["platform"] in (None, platform)
        if is_here and str(row["reason_name"]).lower() == name:
            causes.append((cause, row["root_cause"]))
            parts = [f"{fix}: {row['fix_status']}"]
            parts += [row["effect_verdict"]] if row["effect_verdict"] else []
            fixes.append((cause, ", ".join(parts) if fix else row["planned_fix"]))
    return {
        "platform": platform,
        "is_rankable": name not in (None, "other"),
        "root_causes": " | ".join(text for _, text in causes) or None,
        "fixes": " | ".join(text for _, text in fixes) or None,
    }


def _platform(facts: Facts, scope: Scope) -> str | None:
    kind, name = scope
    if kind == "platform":
        return name
    if kind == "marketplace_account":
        platform: str | None = facts.world.accounts[name]["platform"]
        return platform
    channels = [c for c in facts.world.channels.values() if c["channel_id"] == name]
    return channels[0]["platform"] if kind == "channel" and channels else None


class _Volumes:
    """Counted tickets by day, scope and reason."""

    def __init__(self, facts: Facts) -> None:
        self.ages = ages_of(facts)
        self.rows = [
            (entry.day, scope, reasons_of(facts, entry.ticket))
            for entry in opened_tickets(facts, counted(facts))
            for scope in entry.scopes
            if scope[0] in _SCOPES
        ]
        self.first: dict[Scope, date] = {}
        for day, scope, _ in self.rows:
            self.first[scope] = min(day, self.first.get(scope, day))

    def windows(self, begin: date, last: date, days: int) -> dict[Scope, dict[str | None, Out]]:
        """Ranked reasons of every scope, now and in as many days before."""
        before = begin - timedelta(days=days)
        now: dict[Scope, Volumes] = defaultdict(Counter)
        then: dict[Scope, Volumes] = defaultdict(Counter)
        below: dict[Scope, Volumes] = defaultdict(Counter)
        carried: dict[Scope, Volumes] = defaultdict(Counter)
        names: dict[Scope, set[str | None]] = defaultdict(set)
        for day, scope, reason in self.rows:
            if not before <= day <= last:
                continue
            every = {reason.primary, *reason.above, *reason.carried}
            names[scope] |= every
            if day < begin:
                then[scope][reason.primary] += 1
                continue
            now[scope][reason.primary] += 1
            below[scope].update({reason.primary, *reason.above})
            carried[scope].update(every)
        return {
            scope: {
                name: row
                | {
                    "tickets_with_descendants": below[scope][name],
                    "tickets_any_tag": carried[scope][name],
                    "share_any_tag": _share(carried[scope][name], sum(now[scope].values())),
                }
                for name, row in self._ranked(
                    names[scope], now[scope], then[scope], self.first[scope] <= before
                ).items()
            }
            for scope in names
        }

    def _ranked(
        self, names: set[str | None], now: Volumes, then: Volumes, is_comparable: bool
    ) -> dict[str | None, Out]:
        total, tagged, total_before = (
            sum(now.values()),
            sum(now.values()) - now[None],
            sum(then.values()),
        )
        places = {name: place for place, name in enumerate(ranking(now, self.ages), start=1)}
        places_before = {
            name: place for place, name in enumerate(ranking(then, self.ages), start=1)
        }
        chances = {
            name: share_test(now[name], total, then[name], total_before)
            for name in names
            if name not in (None, "other") and is_comparable and now[name] + then[name]
        }
        adjusted = _adjusted({name: p for name, p in chances.items() if name is not None})
        running, together = 0, {}
        for name in places:
            running += now[name]
            together[name] = running
        found: dict[str | None, Out] = {}
        for name in names:
            place, place_before = places.get(name or ""), places_before.get(name or "")
            sum_up = together.get(name or "")
            found[name] = {
                "tickets": now[name],
                "scope_tickets": total,
                "scope_tagged_tickets": tagged,
                "share_all": _share(now[name], total),
                "share_tagged": None if name is None else _share(now[name], tagged),
                "rank": place,
                "cumulative_tickets": sum_up,
                "cumulative_share": None if sum_up is None else _share(sum_up, tagged),
                "is_top5": place is not None and place <= 5,
                "is_vital_few": sum_up is not None and (sum_up - now[name]) * 100 < tagged * 80,
                "previous_tickets": then[name],
                "previous_share_all": _share(then[name], total_before),
                "previous_rank": place_before,
                "rank_change": place_before - place if place and place_before else None,
                "was_top5": place_before is not None and place_before <= 5,
                "share_change_p_value": chances.get(name),
                "share_change_adjusted_p_value": adjusted.get(name or ""),
                "is_real_move": adjusted.get(name or "", 1.0) <= 0.05,
            }
        return found


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _adjusted(chances: dict[str, float]) -> dict[str, float]:
    """Benjamini and Hochberg: the least p x tests / place among this and all larger p."""
    found, least = {}, 1.0
    ordered = sorted(chances, key=lambda name: (chances[name], name))
    for place in range(len(ordered), 0, -1):
        name = ordered[place - 1]
        least = min(least, chances[name] * len(ordered) / place)
        found[name] = least
    return found


# ---- what happened about reasons

Event = tuple[date, tuple[Scope, ...], str | None, str, Any]


def _happened(facts: Facts) -> Iterator[Event]:
    """Day, scopes, reason, kind and value of every contact, order, timed ticket, issue and reply."""
    company: Scope = ("company", "company")
    for contact in contacts_about_orders(facts):
        name = None if contact.reason == "untagged" else contact.reason
        yield contact.day, _order_scopes(company, contact.order), name, "contact", 1
    for day, order in order_days(facts):
        yield day, _order_scopes(company, order), None, "order", 1
    rates, sources = labour_costs(facts), Measurable(facts.world, facts.zone)
    untold = {kpi: sources.silent(kpi) for kpi in ("tag_aht", "tag_fcr", "macro_usage_rate")}
    for cycle, seconds in timed_cycles(facts):
        root, day = cycle.root, local_day(cycle.ended_at or 0, facts.zone)
        if root.row["source_system"] in untold["tag_aht"]:
            continue
        scopes, name = scopes_above_people(facts, root), reason_name(facts, root)
        yield day, scopes, name, "handle", (seconds, rates.get(day.replace(day=1)))
    for fact in issue_facts(facts):
        is_told = fact.root.row["source_system"] not in untold["tag_fcr"]
        if fact.kpi == "fcr_operational" and is_told:
            root, day = fact.root, local_day(fact.when, facts.zone)
            scopes = scopes_above_people(facts, root)
            yield day, scopes, reason_name(facts, root), "issue", fact.hit
    for ticket in facts.world.tickets.values():
        is_untold = ticket.root.row["source_system"] in untold["macro_usage_rate"]
        if is_untold or facts.world.exclusion(ticket.root) is not None:
            continue
        for message in ticket.messages:
            if is_human_reply(message):
                day, root = local_day(message["sent_at"], facts.zone), ticket.root
                used = int(message["macro_id"] is not None)
                scopes = scopes_above_people(facts, root)
                yield day, scopes, reason_name(facts, root), "reply", used


def _order_scopes(company: Scope, order: Any) -> tuple[Scope, ...]:
    found = [company]
    if order["platform"] is not None:
        found.append(("platform", order["platform"]))
    if order["marketplace_account_id"] is not None:
        found.append(("marketplace_account", order["marketplace_account_id"]))
    return tuple(found)


def _measures(
    happened: list[Event], begin: date, last: date
) -> tuple[dict[Any, Measures], dict[Scope, Measures]]:
    found: dict[Any, Measures] = defaultdict(Measures)
    bases: dict[Scope, Measures] = defaultdict(Measures)
    for day, scopes, name, kind, value in happened:
        if not begin <= day <= last:
            continue
        for scope in scopes:
            for row in (found[scope, name], bases[scope]):
                if kind == "contact":
                    row.contacts += 1
                elif kind == "order":
                    row.orders += 1
                elif kind == "handle":
                    seconds, rate = value
                    row.handle.append(seconds)
                    if rate is not None:
                        row.cost = (row.cost or 0.0) + seconds * rate
                else:
                    (row.issues if kind == "issue" else row.macros).append(value)
    return found, bases


def _columns(scope: Scope, own: Measures, base: Measures, row: Out) -> Out:
    median = quantile(own.handle, 0.5) if own.handle else None
    usual = quantile(base.handle, 0.5) if base.handle else None
    is_slow = median is not None and usual is not None and median > 1.5 * usual
    has_orders = scope[0] != "channel"
    return {
        "orders": base.orders if has_orders else None,
        "contacts": own.contacts if has_orders else None,
        "contacts_per_100_orders": (
            100 * own.contacts / base.orders if has_orders and base.orders else None
        ),
        "tickets_timed": len(own.handle),
        "handle_mean_s": fmean(own.handle) if own.handle else None,
        "handle_median_s": median,
        "is_slow_top_reason": bool(row["is_top5"] and is_slow),
        "issues": len(own.issues),
        "first_contact_resolution": fmean(own.issues) if own.issues else None,
        "labour_cost": None if own.cost is None else round(own.cost, 2),
        "replies": len(own.macros),
        "macro_usage": fmean(own.macros) if own.macros else None,
    }
