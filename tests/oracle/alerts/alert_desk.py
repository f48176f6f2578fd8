"""Alert rules about the whole desk: resolutions surely below their goal, days of work that wait.

`resolution_below` and `backlog_high`, of the company and of each team, at the ends of days.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache

from orchestration.settings import DBT_DIR
from tests.oracle.alerts.alert_states import (
    State,
    company_target,
    days_between,
    end_of,
    first_day,
    today,
)
from tests.oracle.cycles.stock_days import KEYS as STOCK_KEYS
from tests.oracle.cycles.stock_days import stock_days
from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.statistics import local_day, wilson
from tests.oracle.world.keys import key
from tests.oracle.world.measurable import Measurable

_SEVERITIES = ("critical", "high", "medium")
_LAST = 50
_OVER = timedelta(days=28)
_PACE = 28
Scope = tuple[str, str]
"""Type and name: the company or a team."""
COMPANY: Scope = ("company", "company")


@cache
def _rules() -> tuple[Mapping[str, str], ...]:
    with (DBT_DIR / "seeds" / "seed_alert_limits.csv").open(encoding="utf-8") as stream:
        return tuple(csv.DictReader(stream))


@cache
def limits(tenant: str, rule: str, day: date) -> tuple[dict[str, float], int]:
    """Limit of each severity in force on a day, and the least number the rule speaks of."""
    found: dict[str, Mapping[str, str]] = {}
    for row in _rules():
        is_in_force = date.fromisoformat(row["valid_from"]) <= day and (
            not row["valid_to"] or day < date.fromisoformat(row["valid_to"])
        )
        if row["rule_id"] != rule or row["tenant_id"] not in (tenant, "*") or not is_in_force:
            continue
        other = found.get(row["severity"])
        rank = (row["tenant_id"] == tenant, row["valid_from"])
        if other is None or rank > (other["tenant_id"] == tenant, other["valid_from"]):
            found[row["severity"]] = row
    least = max((int(row["min_n"]) for row in found.values()), default=0)
    return {name: float(row["limit_value"]) for name, row in found.items()}, least


def _reached(levels: dict[str, float], distance: float) -> str | None:
    """The most severe level that a number lies beyond."""
    return next((name for name in _SEVERITIES if name in levels and distance > levels[name]), None)


def below(facts: Facts) -> Iterator[State]:
    """Resolution compliance surely below its goal: seven days with enough verdicts, else the last fifty."""
    for (scope, layer), rows in _verdicts(facts).items():
        rows.sort()
        days = [(local_day(when, facts.zone), hit) for when, hit in rows]
        signals: list[bool] = []
        for day in days_between(
            days[0][0], min(days[-1][0] + _OVER + timedelta(days=3), today(facts))
        ):
            goal = company_target(facts, "sla_compliance_resolution", layer, day)
            levels, least = limits(facts.world.tenant, "resolution_below", day)
            if goal is None or not levels:
                continue
            recent = [hit for when, hit in days if day - timedelta(days=7) < when <= day]
            if len(recent) < least:
                recent = [hit for when, hit in days if when <= day][-_LAST:]
            n, met = len(recent), sum(recent)
            low, high = wilson(met, n)
            is_judged = n >= least and day <= days[-1][0] + _OVER
            severity = _reached(levels, goal[0] - high) if is_judged else None
            signals.append(severity is not None)
            limit = levels[severity] if severity else min(levels.values())
            yield State(
                "resolution_below",
                scope[0],
                f"{scope[1]}|{layer}",
                end_of(facts, day),
                severity is not None,
                not any(signals[-3:]),
                met / n,
                n,
                low,
                high,
                goal[0] - limit,
                severity=severity,
            )


def _verdicts(facts: Facts) -> dict[tuple[Scope, str], list[tuple[int, bool]]]:
    found: dict[tuple[Scope, str], list[tuple[int, bool]]] = defaultdict(list)
    silent = Measurable(facts.world, facts.zone).silent("sla_compliance_resolution")
    for cycle in facts.cycles:
        source = cycle.root.row["source_system"]
        if source in silent:
            continue
        for layer, verdict in cycle.layers.items():
            if verdict.verdict not in ("met", "breached") or verdict.verdict_at is None:
                continue
            row = (verdict.verdict_at, verdict.verdict == "met")
            found[COMPANY, layer].append(row)
            if (source, verdict.owner_team) in facts.world.teams:
                found[("team", str(verdict.owner_team)), layer].append(row)
    return found


def backlog(facts: Facts) -> Iterator[State]:
    """Waiting tickets over the mean daily resolutions of four weeks, once a scope has four weeks behind it."""
    waiting, resolved = _stocks(facts), _resolutions(facts)
    for scope in waiting.keys() | resolved.keys():
        began = min([*waiting[scope], *resolved[scope]])
        signals: list[bool] = []
        for day in days_between(began, today(facts)):
            levels, least = limits(facts.world.tenant, "backlog_high", day)
            if not levels:
                continue
            window = [day - timedelta(days=back) for back in range(_PACE)]
            n, done = waiting[scope][day], sum(resolved[scope][when] for when in window)
            is_known = window[-1] >= began and any(when <= day for when in resolved[scope])
            severity = None
            if is_known and n >= least:
                needed = n * _PACE / done if done else float("inf")
                severity = _reached(levels, needed)
            signals.append(severity is not None)
            yield State(
                "backlog_high",
                *scope,
                end_of(facts, day),
                severity is not None,
                window[-1] >= began and not any(signals[-3:]),
                n * _PACE / done if done else None,
                n,
                threshold=levels[severity] if severity else min(levels.values()),
                severity=severity,
            )


def _stocks(facts: Facts) -> dict[Scope, Counter[date]]:
    """Tickets that wait for an agent at the end of each day."""
    names = {key(facts.world.tenant, *name): name[1] for name in facts.world.teams}
    found: dict[Scope, Counter[date]] = defaultdict(Counter)
    silent = Measurable(facts.world, facts.zone).silent("backlog")
    for identity, out in stock_days(facts).items():
        row = dict(zip(STOCK_KEYS, identity, strict=True))
        day, team = row["date_day"], row["team_key"]
        if day >= first_day(facts) and row["source_system"] not in silent:
            found[COMPANY][day] += out["n_actionable"]
            if team in names:
                found["team", names[team]][day] += out["n_actionable"]
    return found


def _resolutions(facts: Facts) -> dict[Scope, Counter[date]]:
    """Ends of resolution cycles by day, under the team that the ticket had."""
    found: dict[Scope, Counter[date]] = defaultdict(Counter)
    silent = Measurable(facts.world, facts.zone).silent("backlog_days")
    for cycle in facts.cycles:
        if cycle.ended_at is None or cycle.exclusion is not None:
            continue
        if cycle.root.row["source_system"] in silent:
            continue
        day = local_day(cycle.ended_at, facts.zone)
        found[COMPANY][day] += 1
        team = cycle.root.value("team").at(cycle.ended_at)
        if (cycle.root.row["source_system"], team) in facts.world.teams:
            found["team", str(team)][day] += 1
    return found
