"""Points of every series of reactions: days and weeks with what came, waited and was staffed (catalogue §12)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.statistics import local_day, quantile
from tests.oracle.people.staffing import monday, staffed_hours
from tests.oracle.turns.stretches import incident
from tests.oracle.world.calendar import midnight
from tests.oracle.world.history import team_key
from tests.oracle.world.keys import UNOWNED, agent_of, key

Series = tuple[str, str, str | None, str | None, str | None]
"""Grain, scope type, channel, team and agent key."""
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


def points_of(facts: Facts) -> dict[Series, dict[date, Point]]:
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


def add_staff(facts: Facts, series: dict[Series, dict[date, Point]]) -> None:
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


def mark_events(facts: Facts, name: Series, points: dict[date, Point]) -> None:
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


def mark_free(name: Series, points: dict[date, Point]) -> None:
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
