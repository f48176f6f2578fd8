"""The composite of a scorecard (catalogue §11.6): positions between floor and goal, weighted; missing parts rescaled.

Productivity is relative to all persons: resolutions weighted by the handle time such tickets take, over staffed hours.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from statistics import fmean
from typing import Any

from orchestration.settings import DBT_DIR
from tests.oracle.cycles.resolutions import Cycle
from tests.oracle.numbers.kpis import Facts
from tests.oracle.people.handle_times import sessions_of
from tests.oracle.people.staffing import staffed_hours
from tests.oracle.people.time import has_own_reply
from tests.oracle.reasons.reasons import reason_name
from tests.oracle.scorecards.cards import Period
from tests.oracle.scorecards.conduct import Conduct
from tests.oracle.world.keys import UNOWNED, agent_of

PARTS = ("sla", "qa", "csat", "productivity")
Out = dict[str, Any]
NOTHING: Out = {**{f"{part}_points": None for part in PARTS}, "composite": None}


def composite(
    tenant: str, last: date, sla: float | None, row: Conduct | None, produced: float | None
) -> Out:
    """Points of every part, 0 to 100, and the weighted whole; none without compliance or without a quality part."""
    values = {
        "sla": sla,
        "qa": row.quality if row else None,
        "csat": row.satisfaction if row else None,
        "productivity": produced,
    }
    found, total, weights = dict(NOTHING), 0.0, 0.0
    for part, value in values.items():
        if value is not None:
            weight, floor, goal = _rule(tenant, part, last)
            points = 100 * min(max((value - floor) / (goal - floor), 0.0), 1.0)
            found[f"{part}_points"] = points
            total, weights = total + weight * points, weights + weight
    has_quality = values["qa"] is not None or values["csat"] is not None
    if sla is not None and has_quality:
        found["composite"] = total / weights
    return found


@cache
def _rules() -> tuple[Mapping[str, str], ...]:
    with (DBT_DIR / "seeds" / "seed_scorecard_parts.csv").open(encoding="utf-8") as stream:
        return tuple(csv.DictReader(stream))


def _rule(tenant: str, part: str, day: date) -> tuple[float, float, float]:
    """Weight, floor and goal in force; the tenant's own before everybody's."""
    valid = [
        row
        for row in _rules()
        if row["part"] == part
        and row["tenant_id"] in (tenant, "*")
        and date.fromisoformat(row["valid_from"]) <= day
        and (not row["valid_to"] or day < date.fromisoformat(row["valid_to"]))
    ]
    best = max(valid, key=lambda row: (row["tenant_id"] == tenant, row["valid_from"]))
    return float(best["weight"]), float(best["floor"]), float(best["goal"])


def productivity(facts: Facts, period: Period) -> dict[str, float]:
    """Handle seconds that the own resolutions usually take, per staffed second, relative to all persons."""
    handled = _handle_seconds(facts)
    cycles = [
        cycle
        for cycle in facts.cycles
        if cycle.ended_at is not None
        and cycle.exclusion is None
        and period.start <= cycle.ended_at < period.stop
    ]
    taken: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for cycle in cycles:
        if cycle.is_last and id(cycle.root) in handled:
            taken[_stratum(facts, cycle)].append(handled[id(cycle.root)])
    earned: dict[str, float] = defaultdict(float)
    for cycle in cycles:
        usual = taken.get(_stratum(facts, cycle))
        if usual and cycle.resolver is not None and has_own_reply(cycle):
            row = cycle.root.row
            agent = agent_of(row["tenant_id"], row["source_system"], cycle.resolver) or UNOWNED
            earned[agent] += fmean(usual)
    staffed = _staffed(facts, period)
    both = {agent for agent, seconds in earned.items() if seconds and staffed.get(agent)}
    if not both:
        return {}
    usual_rate = sum(earned[a] for a in both) / sum(staffed[a] for a in both)
    return {agent: earned[agent] / staffed[agent] / usual_rate for agent in both}


@cache
def _handle_seconds(facts: Facts) -> dict[int, int]:
    """Seconds of finished handle sessions by root ticket, each at most two hours."""
    found: dict[int, int] = defaultdict(int)
    for _, ticket, seconds in sessions_of(facts):
        found[id(ticket.root)] += seconds
    return dict(found)


def _stratum(facts: Facts, cycle: Cycle) -> tuple[Any, ...]:
    """Channel class, platform and reason of the ticket."""
    row = cycle.root.row
    channel = facts.world.channels.get((row["source_system"], row["channel_id"]), {})
    # a reason that nobody describes still tells tickets apart
    reason = reason_name(facts, cycle.root) or facts.reason_of(cycle.root)
    return channel.get("channel_class"), channel.get("platform"), reason


def _staffed(facts: Facts, period: Period) -> dict[str, float]:
    """Staffed seconds by person."""
    hours = _hours(facts)
    found: dict[str, float] = defaultdict(float)
    day = period.first
    while day <= period.last:
        for agent, seconds in hours.get(day, ()):
            found[agent] += seconds
        day += timedelta(days=1)
    return found


@cache
def _hours(facts: Facts) -> dict[date, list[tuple[str, float]]]:
    found: dict[date, list[tuple[str, float]]] = defaultdict(list)
    for (grain, day, level, name), sums in staffed_hours(facts).items():
        if grain == "day" and level == "agent" and sums is not None:
            found[day].append((name, sums[0]))
    return found
