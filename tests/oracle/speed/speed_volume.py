"""Is slower reaction explained by volume? (catalogue §12): every point of every series, from rows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from tests.oracle.numbers.kpis import Facts
from tests.oracle.people.staffing import monday
from tests.oracle.speed.charts import Limits, individuals, signalled
from tests.oracle.speed.points import Point, Series, add_staff, mark_events, mark_free, points_of
from tests.oracle.speed.residuals import Left, residuals, z_of
from tests.oracle.world.history import World
from tests.oracle.world.keys import agent_of
from tests.oracle.world.retention import agent_rows_from

Out = dict[str, Any]
_CHARTS = ("speed", "load", "turns", "staff")


@cache
def speed_volume(facts: Facts) -> dict[tuple[Series, date], Out]:
    """Columns of every judged point."""
    series = points_of(facts)
    add_staff(facts, series)
    found = {}
    shown = _shown(facts.world)
    oldest = agent_rows_from(facts.world.as_of, facts.zone)
    for name, points in series.items():
        mark_events(facts, name, points)
        mark_free(name, points)
    slopes = {name: residuals(points) for name, points in series.items() if name[0] == "day"}
    for name, points in series.items():
        if name[1] != "agent" or name[4] in shown:
            for period, out in _judged(name, points, slopes):
                if name[1] != "agent" or period >= oldest:
                    found[name, period] = out
    return found


def _judged(
    name: Series, points: dict[date, Point], slopes: dict[Series, Any]
) -> Iterator[tuple[date, Out]]:
    order = sorted(points)
    rows = [points[period] for period in order]
    flags = [row.is_event for row in rows]
    positions: dict[str, list[float | None]] = {chart: [] for chart in _CHARTS}
    for place, (period, point) in enumerate(zip(order, rows, strict=True)):
        limits: dict[str, Limits] = {}
        for chart in _CHARTS:
            before = [row.x[chart] for row in rows[:place]]
            limits[chart] = individuals(before, flags[:place])
            at = limits[chart].position(point.x[chart])
            positions[chart].append(None if at is None else round(at, 9))
        up = {chart: signalled(positions[chart], 1) for chart in _CHARTS}
        down = {chart: signalled(positions[chart], -1) for chart in _CHARTS}
        is_silent = _is_silent_up(point, rows[max(0, place - 40) : place], limits["speed"])
        slope, residual = _residual(name, period, slopes)
        is_short = down["staff"] or (point.staff_ratio is not None and point.staff_ratio < 0.9)
        yield (
            period,
            {
                "turns": point.turns,
                "n_reactions": len(point.reactions),
                "is_event_day": point.is_event,
                "reaction_median_s": point.median,
                "staffed_hours": None if point.staffed is None else point.staffed / 3600,
                "planned_hours": None if point.planned is None else point.planned / 3600,
                "staff_ratio": point.staff_ratio,
                "load": point.load,
                **_limits(point, limits),
                **{f"{chart}_position": positions[chart][-1] for chart in ("speed", "load")},
                "staff_position": positions["staff"][-1],
                "load_slope": slope,
                "residual_z": residual,
                "baseline_points": limits["speed"].points,
                "speed_signal": "worse" if up["speed"] else "better" if down["speed"] else "none",
                "load_signal": "up" if up["load"] else "down" if down["load"] else "none",
                "staff_signal": _staff_word(point, is_short, up["staff"]),
                "is_silent_up": is_silent,
                "verdict": _verdict(positions, up, down, is_short, is_silent, residual or 0.0),
                "verdict_reason": _why_not(name[0], point, positions, limits),
            },
        )


def _limits(point: Point, limits: dict[str, Limits]) -> Out:
    found: Out = {}
    for chart, unit in (("speed", "_s"), ("load", "")):
        limit, usual = limits[chart], point.usual[chart]
        found[f"{chart}_range_limit"] = limit.range_limit
        for word, sign in (("low", -1), ("expected", 0), ("high", 1)):
            edge = limit.centre
            if sign and edge is not None:
                is_known = limit.is_judging and limit.reach is not None
                edge = edge + sign * (limit.reach or 0) if is_known else None
            if chart == "speed" and edge is not None:
                edge = math.exp(min(edge, 20))
            found[f"{chart}_{word}{unit}"] = None if edge is None or not usual else edge * usual
    return found


def _is_silent_up(point: Point, before: list[Point], speed: Limits) -> bool:
    rows = [row for row in before if not row.is_event]
    ends = sum(row.ends for row in rows)
    if not speed.is_judging or point.silent < 5 or not ends:
        return False
    share = sum(row.silent for row in rows) / ends
    excess = point.silent / point.ends - share
    return excess > 3 * math.sqrt(share * (1 - share) / point.ends)


def _residual(
    name: Series, period: date, slopes: dict[Series, dict[date, Left]]
) -> tuple[float | None, float | None]:
    if name[0] == "day":
        left = slopes[name].get(period, Left(None))
        return left.slope, z_of([left])
    daily = slopes.get(("day", *name[1:]), {})
    return None, z_of(left for day, left in daily.items() if monday(day) == period)


def _staff_word(point: Point, is_short: bool, is_up: bool) -> str:
    if point.staff_ratio is None:
        return "unknown"
    return "down" if is_short else "up" if is_up else "none"


def _verdict(
    positions: dict[str, list[float | None]],
    up: dict[str, bool],
    down: dict[str, bool],
    is_short: bool,
    is_silent: bool,
    residual: float,
) -> str:
    """The table of §12."""
    if positions["speed"][-1] is None or positions["load"][-1] is None:
        return "insufficient"
    if up["speed"]:
        if up["load"] and (not is_short or up["turns"]):
            return "unexplained" if residual > 2 else "explained_by_volume"
        return "explained_by_staffing" if is_short else "unexplained"
    return "suspicious_gain" if down["speed"] and is_silent else "normal"


def _why_not(
    grain: str, point: Point, positions: dict[str, list[float | None]], limits: dict[str, Limits]
) -> str | None:
    """What is missing for a verdict."""
    if None not in (positions["speed"][-1], positions["load"][-1]):
        return None
    if not point.reactions:
        return "nobody reacted in the period"
    if point.load is None:
        return "no working hours are known"
    if not point.usual["speed"]:
        return "fewer than 3 of the same weekday in the 8 weeks before have reactions"
    if not point.usual["load"]:
        return "no working hours are known of the same weekday in the 8 weeks before"
    known = min(limits["speed"].points, limits["load"].points)
    return f"{known} earlier {grain}s to compare with, at least 12 needed"


def _shown(world: World) -> set[str | None]:
    """Persons whose own numbers may be shown."""
    return {
        agent_of(world.tenant, row["source_system"], row["agent_id"])
        for row in world.tables["agents"]
        if row["agent_analytics_allowed"] and not row["is_bot"]
    }
