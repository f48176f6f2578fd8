"""Is slower reaction explained by volume? (catalogue §12): every point of every series, from rows."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from tests.oracle.calendar import midnight
from tests.oracle.charts import Limits, individuals, signalled
from tests.oracle.history import World, team_key
from tests.oracle.keys import UNOWNED, agent_of, key
from tests.oracle.kpis import Facts, local_day, quantile
from tests.oracle.residuals import Left, residuals, z_of
from tests.oracle.retention import agent_rows_from
from tests.oracle.staffing import monday, staffed_hours
from tests.oracle.verdicts import incident

Series = tuple[str, str, str | None, str | None, str | None]
"""Grain, scope type, channel, team and agent key."""
Out = dict[str, Any]
_CHARTS = ("speed", "load", "turns", "staff")
_EVENTS = ("holiday", "sales_day", "launch")


@dataclass
class Point:
    """A day or week of a series."""

    turns: int = 0
    reactions: list[int] = field(default_factory=list)
    ends: int = 0
    silent: int = 0
    staffed: float | None = None
    planned: float | None = None
    is_event: bool = False
    load: float | None = None
    staff_ratio: float | None = None
    usual: dict[str, float | None] = field(default_factory=dict)
    x: dict[str, float | None] = field(default_factory=dict)

    @property
    def median(self) -> float | None:
        """Median reaction in seconds."""
        return quantile(self.reactions, 0.5) if self.reactions else None

    @property
    def speed(self) -> float | None:
        """Median reaction, at least a second because it is plotted as a logarithm."""
        return None if self.median is None else max(self.median, 1.0)


@cache
def speed_volume(facts: Facts) -> dict[tuple[Series, date], Out]:
    """Columns of every judged point."""
    series = _points(facts)
    _staff(facts, series)
    found = {}
    shown = _shown(facts.world)
    oldest = agent_rows_from(facts.world.as_of, facts.zone)
    for name, points in series.items():
        _mark(facts, name, points)
        _free(name, points)
    slopes = {name: residuals(points) for name, points in series.items() if name[0] == "day"}
    for name, points in series.items():
        if name[1] != "agent" or name[4] in shown:
            for period, out in _judged(name, points, slopes):
                if name[1] != "agent" or period >= oldest:
                    found[name, period] = out
    return found


def _points(facts: Facts) -> dict[Series, dict[date, Point]]:
    found: dict[Series, dict[date, Point]] = defaultdict(lambda: defaultdict(Point))
    for when, channel, team, agent, change in _things(facts):
        day = local_day(when, facts.zone)
        for grain, period in (("day", day), ("week", monday(day))):
            for scope in _scopes(channel, team, agent):
                change(found[(grain, *scope)][period])
    for name, points in found.items():
        if name[1] == "agent":
            for period in [p for p, point in points.items() if len(point.reactions) < 10]:
                del points[period]
    return found


def _scopes(
    channel: str | None, team: str | None, agent: str | None
) -> Iterator[tuple[str, str | None, str | None, str | None]]:
    yield "company", None, None, None
    if channel is not None:
        yield "channel", channel, None, None
    if team is not None:
        yield "team", None, team, None
    if channel is not None and team is not None:
        yield "channel_team", channel, team, None
    if agent not in (None, UNOWNED):
        yield "agent", None, None, agent


def _things(facts: Facts) -> Iterator[tuple[int, str | None, str | None, str | None, Any]]:
    world = facts.world
    for row in facts.obligations:
        turn, root = row.turn, row.root.row
        if turn.kind not in ("first", "next") or row.state == "excluded":
            continue
        tenant, source = root["tenant_id"], root["source_system"]
        channel = key(tenant, source, root["channel_id"])
        start_team = turn.ticket.value("team").at(turn.started_at)
        team = row.responder_team or start_team
        if team is None and row.state == "open":
            team = turn.ticket.value("team").at(world.as_of)
        responder = agent_of(tenant, source, turn.responder)
        working = team_key(tenant, source, team)
        agent = responder if row.state == "answered" else None
        yield turn.started_at, channel, working, agent, _add_turn
        at = turn.satisfied_at
        if row.state == "answered" and turn.mode != "proxy" and at is not None:
            person = (
                None if incident(world, turn.ticket, turn.available_at, start_team) else responder
            )
            seconds = reaction_seconds(row.reaction_cal_s, row.reaction_bus_s)
            if seconds is not None:
                answering = team_key(tenant, source, row.responder_team)
                yield at, channel, answering, person, _reaction(seconds)
        if row.state == "waived":
            role, actor = turn.waived_by or ("rule", None)
            by = agent_of(tenant, source, actor) if role == "agent" else None
            ended = turn.ended_at if turn.ended_at is not None else turn.started_at
            yield ended, channel, working, by, _add_silent
    for closing in facts.closings:
        root = closing.root.row
        is_judged = closing.is_with_reply or closing.is_without_reply
        if not closing.is_human or not is_judged or world.exclusion(closing.root) is not None:
            continue
        tenant, source = root["tenant_id"], root["source_system"]
        channel = key(tenant, source, root["channel_id"])
        team = team_key(tenant, source, closing.closer_team)
        closer = agent_of(tenant, source, closing.closer)
        change = _add_silent if closing.is_without_reply else _add_end
        yield closing.closed_at, channel, team, closer, change


def reaction_seconds(calendar: int | None, business: int | None) -> int | None:
    """Business time where a calendar is in force; what was asked and answered while closed is no reaction."""
    if business is None:
        return calendar
    return business if business > 0 or calendar == 0 else None


def _add_turn(point: Point) -> None:
    point.turns += 1


def _add_end(point: Point) -> None:
    point.ends += 1


def _add_silent(point: Point) -> None:
    point.ends += 1
    point.silent += 1


def _reaction(seconds: int) -> Any:
    return lambda point: point.reactions.append(seconds)


# ---- hours


def _staff(facts: Facts, series: dict[Series, dict[date, Point]]) -> None:
    hours = staffed_hours(facts)
    for (grain, kind, channel, team, agent), points in series.items():
        for period, point in points.items():
            if kind == "channel":
                teams = [
                    other[3]
                    for other, rows in series.items()
                    if other[:3] == (grain, "channel_team", channel)
                    and period in rows
                    and rows[period].reactions
                ]
                parts = [hours[grain, period, "team", name] for name in teams]
                parts = [part for part in parts if part is not None]
            else:
                scope = {"company": None, "agent": agent}.get(kind, team)
                level = "team" if kind == "channel_team" else kind
                part = hours[grain, period, level, scope]
                parts = [part] if part is not None else []
            if parts:
                point.staffed = sum(part[0] for part in parts)
                point.planned = sum(part[1] for part in parts)
            if point.staffed:
                point.load = point.turns * 3600 / point.staffed
            if point.planned and point.staffed is not None:
                point.staff_ratio = point.staffed / point.planned


# ---- charts


def _mark(facts: Facts, name: Series, points: dict[date, Point]) -> None:
    """Event days of the company or of the channel's platform, the channel or the team."""
    world = facts.world
    tenant = world.tenant
    channel: Any = next((c for k, c in world.channels.items() if key(tenant, *k) == name[2]), {})
    team: Any = next((t for k, t in world.teams.items() if key(tenant, *k) == name[3]), {})
    scopes = {
        "platform": channel.get("platform") if name[2] else None,
        "channel": channel.get("channel_id") if name[2] else None,
        "team": team.get("team_id") if name[3] else None,
    }
    length = timedelta(days=1 if name[0] == "day" else 7)
    for row in world.tables["event_calendar"]:
        kind = row["scope_type"]
        is_here = kind == "company" or (
            scopes.get(kind) is not None and scopes[kind] == row["scope_id"]
        )
        if row["kind"] not in _EVENTS or not is_here:
            continue
        for period, point in points.items():
            begin = midnight(period, facts.zone)
            end = midnight(period + length, facts.zone)
            point.is_event |= row["starts_at"] < end and row["ends_at"] > begin


def _free(name: Series, points: dict[date, Point]) -> None:
    """Without the pattern of the weekday: the median of the same weekday in the eight weeks before."""
    for period, point in points.items():
        values = {"speed": point.speed, "load": point.load, "turns": point.turns}
        usual: dict[str, float | None] = dict.fromkeys(values, 1.0)
        if name[0] == "day":
            before = [period - timedelta(weeks=weeks) for weeks in range(1, 9)]
            rows = [points[day] for day in before if day in points]
            parts: dict[str, list[float]] = {
                "speed": [row.speed for row in rows if row.speed is not None],
                "load": [row.load for row in rows if row.load is not None],
                "turns": [row.turns for row in rows],
            }
            is_known = len(parts["speed"]) >= 3
            usual = {
                n: quantile(part, 0.5) if is_known and part else None for n, part in parts.items()
            }
        point.usual = usual
        for chart, value in values.items():
            normal = usual[chart]
            point.x[chart] = value / normal if value is not None and normal else None
        speed = point.x["speed"]
        point.x["speed"] = math.log(speed) if speed is not None else None
        point.x["staff"] = point.staff_ratio


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
