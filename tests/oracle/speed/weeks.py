"""Weeks on target (card `agent_consistency`) and the class of a month's days and weeks (`speed_volume_verdict`)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from tests.oracle.numbers.kpis import Cell, Collector, Facts, Value, ratio
from tests.oracle.numbers.snapshots import months
from tests.oracle.numbers.statistics import local_day
from tests.oracle.speed.speed_volume import speed_volume
from tests.oracle.world.keys import key
from tests.oracle.world.policies import LAYERS

_WEEKS = 12
_LEAST = 10
_ATTENTION = (
    "insufficient",
    "normal",
    "explained_by_volume",
    "explained_by_staffing",
    "suspicious_gain",
    "unexplained",
)
Series = tuple[str, str, str]


def week_values(facts: Facts) -> list[Value]:
    """`agent_consistency` of every month, layer and scope."""
    judged = _weeks(facts)
    found, today = [], local_day(facts.world.as_of, facts.zone)
    for month, _ in months(facts):
        following = (month + timedelta(days=32)).replace(day=1)
        end = _monday(min(following, today))
        since = end - timedelta(weeks=_WEEKS)
        parts: dict[Series, list[int]] = defaultdict(lambda: [0, 0])
        for (layer, scope_type, scope_id, week), (met, n) in judged.items():
            goal = _goal(facts, layer, scope_type, scope_id, week)
            if since <= week < end and n >= _LEAST and goal is not None:
                parts[layer, scope_type, scope_id][0] += met >= goal * n
                parts[layer, scope_type, scope_id][1] += 1
        for (layer, scope_type, scope_id), part in parts.items():
            cell = Cell(month, "agent_consistency", "none", layer, "none", scope_type, scope_id)
            found.append(ratio(cell, *part))
    return found


def _weeks(facts: Facts) -> dict[tuple[str, str, str, date], list[int]]:
    """Met and judged obligations by layer, scope and Monday."""
    collector = Collector(facts)
    found: dict[tuple[str, str, str, date], list[int]] = defaultdict(lambda: [0, 0])
    for row in facts.obligations:
        for layer in LAYERS:
            verdict = row.layers[layer]
            if verdict.verdict not in ("met", "breached") or verdict.verdict_at is None:
                continue
            week = _monday(local_day(verdict.verdict_at, facts.zone))
            for scope in collector.scopes(row.scope, verdict.owner_team, verdict.owner):
                part = found[layer, *scope, week]
                part[0] += verdict.verdict == "met"
                part[1] += 1
    return found


def _goal(facts: Facts, layer: str, scope_type: str, scope_id: str, week: date) -> float | None:
    """Goal of the platform for a row of a platform, else of the company, in force on the Monday."""
    wanted = [("company", None)]
    if scope_type == "platform":
        wanted.insert(0, ("platform", scope_id))
    for kind, name in wanted:
        goals = [
            row["target"]
            for row in facts.world.tables["kpi_targets"]
            if (row["kpi_id"], row["stat"], row["layer"]) == ("sla_compliance", "ratio", layer)
            and row["scope_type"] == kind
            and (name is None or row["scope_id"] == name)
            and row["valid_from"] <= week
            and (row["valid_to"] is None or week < row["valid_to"])
            and not row["is_deleted_in_source"]
        ]
        if goals:
            return float(max(goals))
    return None


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def class_values(facts: Facts) -> list[Value]:
    """`speed_volume_verdict`: what asks for most attention among the finished days or weeks of a month."""
    world, today = facts.world, local_day(facts.world.as_of, facts.zone)
    names: dict[str | None, str] = {None: "company"}
    for source, channel in world.channels:
        names[key(world.tenant, source, channel)] = channel
    for source, team in world.teams:
        names[key(world.tenant, source, team)] = team
    grouped: dict[Cell, list[tuple[int, int]]] = defaultdict(list)
    for ((grain, kind, channel, team, agent), period), point in speed_volume(facts).items():
        ended = period + timedelta(days=1 if grain == "day" else 7)
        if kind == "channel_team" or ended > today:
            continue
        name = agent if kind == "agent" else names[channel or team]
        month = period.replace(day=1)
        cell = Cell(month, "speed_volume_verdict", "none", "none", grain, kind, str(name))
        grouped[cell].append((_ATTENTION.index(point["verdict"]), point["baseline_points"]))
    found = []
    for cell, rows in grouped.items():
        worst, points = max(place for place, _ in rows), max(n for _, n in rows)
        slow = sum(place == len(_ATTENTION) - 1 for place, _ in rows)
        judged = sum(place > 0 for place, _ in rows)
        value = slow if judged else None
        text = _ATTENTION[worst]
        found.append(Value(cell, "class", value, slow, judged, points, text=text))
    return found
