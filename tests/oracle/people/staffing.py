"""Staffed and planned hours per day and week (catalogue §12): unions of what people worked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.statistics import local_day
from tests.oracle.world.calendar import midnight
from tests.oracle.world.canonical_rows import SECOND
from tests.oracle.world.capabilities import source_of
from tests.oracle.world.history import team_key
from tests.oracle.world.keys import agent_of, person_of

_WORKING = ("handling", "available")
_ABSENT = ("absent_paid", "absent_unpaid")


def monday(day: date) -> date:
    """First day of the ISO week."""
    return day - timedelta(days=day.weekday())


def staffed_hours(facts: Facts) -> dict[Any, list[float] | None]:
    """Staffed and planned seconds by grain, period, level and name: nobody's second counts twice."""
    world = facts.world
    pieces: dict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
    for row in world.tables["agent_time"]:
        start, stop = row["interval_start"], min(row["interval_end"], world.as_of)
        if row["is_deleted_in_source"] or start >= world.as_of or stop <= start:
            continue
        if row["state"] in _WORKING:
            kind = "planned" if row["source_quality"] == "scheduled" else "staffed"
        elif row["state"] in _ABSENT:
            kind = "absent"
        else:
            continue
        source, agent = person_of(world.tenant, source_of(row), row["agent_id"])
        pieces[source, agent, kind].append((start, stop))
    daily: dict[tuple[str, str, date], dict[str, float]] = defaultdict(dict)
    for (source, agent, kind), spans in pieces.items():
        for start, stop in _union(spans):
            for day, seconds in _by_day(start, stop, facts.zone):
                part = daily[source, agent, day]
                part[kind] = part.get(kind, 0) + seconds
    found: dict[Any, list[float] | None] = defaultdict(lambda: None)
    for (source, agent, day), part in daily.items():
        staffed = part.get("staffed", 0)
        planned = part.get("planned", staffed + part.get("absent", 0))
        home = world.home_team(source, agent, midnight(day, facts.zone))
        names = [("company", None), ("agent", agent_of(world.tenant, source, agent))]
        if home is not None:
            names.append(("team", team_key(world.tenant, source, home)))
        for grain, period in (("day", day), ("week", monday(day))):
            for level, name in names:
                sums = found[grain, period, level, name] or [0.0, 0.0]
                found[grain, period, level, name] = [sums[0] + staffed, sums[1] + planned]
    return found


def team_loads(facts: Facts) -> dict[tuple[str, date], tuple[float, float]]:
    """Staffed and handling seconds by home team and day; where pieces overlap, the first one says what it was."""
    world = facts.world
    pieces: dict[tuple[str, str], list[tuple[int, int, str]]] = defaultdict(list)
    for row in world.tables["agent_time"]:
        start, stop = row["interval_start"], min(row["interval_end"], world.as_of)
        is_worked = row["state"] in _WORKING and row["source_quality"] != "scheduled"
        if is_worked and not row["is_deleted_in_source"] and stop > start:
            person = person_of(world.tenant, source_of(row), row["agent_id"])
            pieces[person].append((start, stop, row["state"]))
    found: dict[tuple[str, date], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for (source, agent), rows in pieces.items():
        reached = 0
        for start, stop, state in sorted(rows):
            for day, seconds in _by_day(max(start, reached), stop, facts.zone):
                home = world.home_team(source, agent, midnight(day, facts.zone))
                if home is not None:
                    sums = found[str(team_key(world.tenant, source, home)), day]
                    sums[0] += seconds
                    sums[1] += seconds if state == "handling" else 0
            reached = max(reached, stop)
    return {place: (sums[0], sums[1]) for place, sums in found.items()}


def _union(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    reached: int | None = None
    for start, stop in sorted(spans):
        begin = start if reached is None else max(start, reached)
        if begin < stop:
            yield begin, stop
            reached = stop


def _by_day(start: int, stop: int, zone: str) -> Iterator[tuple[date, int]]:
    while start < stop:
        day = local_day(start, zone)
        end = min(stop, midnight(day + timedelta(days=1), zone))
        yield day, (end - start) // SECOND
        start = end
