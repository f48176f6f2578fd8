"""How far behind every source and table is at an instant (card `freshness_lag`); instants in microseconds.

An interface is as fresh as the last look at it; files are behind when their source is silent for longer than usual.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from tests.oracle.world.canonical_rows import DAY, moment
from tests.oracle.world.history import World

EVENT_TABLES = (
    "tickets",
    "ticket_events",
    "messages",
    "satisfaction_responses",
    "survey_sends",
    "orders",
    "order_defects",
    "account_health_snapshots",
    "qa_reviews",
    "agent_time",
    "handle_sessions",
    "costs",
    "contact_forecast",
    "self_service_events",
)
_DAILY = {
    "tickets",
    "ticket_events",
    "messages",
    "orders",
    "agent_time",
    "handle_sessions",
    "self_service_events",
}
_MONTHS_BEFORE = timedelta(days=92)
FILES = "landing"
Name = tuple[str, str]


@dataclass
class Arrived:
    """Rows of one source and table, each with its load, its business time if that has passed, and what brought it."""

    rows: list[tuple[int, int | None, str]] = field(default_factory=list)

    def until(self, when: int, now: int) -> Arrived:
        """What had been loaded at an instant; now is everything."""
        return self if when == now else Arrived([row for row in self.rows if row[0] <= when])

    @property
    def loaded(self) -> list[int]:
        """Instants of the loads."""
        return [row[0] for row in self.rows]

    @property
    def happened(self) -> list[int]:
        """Business times that have passed."""
        return [row[1] for row in self.rows if row[1] is not None]

    @property
    def connector(self) -> str:
        """The interface, if one brings any of it, else files."""
        return max({row[2] for row in self.rows} - {FILES}, default=FILES)


@dataclass(frozen=True)
class Lag:
    """Since when a source and table is behind, the last look at it, and how long its files may be silent."""

    since: int
    looked_at: int
    quiet: int | None


@cache
def arrivals(world: World) -> dict[Name, Arrived]:
    """Every source and table of which a load is known; rows made by hand say nothing about loads."""
    found: dict[Name, Arrived] = defaultdict(Arrived)
    loads = {row["load_id"]: row["connector"] for row in world.tables.get("load_connectors", [])}
    for table in EVENT_TABLES:
        for row in world.tables[table]:
            if row["ingested_at"] is not None:
                at = row["occurred_at"]
                passed = at if at is not None and at <= world.as_of else None
                brought = (row["ingested_at"], passed, loads.get(row["load_id"], FILES))
                found[row["source_system"], table].rows.append(brought)
    return dict(found)


@cache
def lags(world: World, when: int) -> dict[Name, Lag]:
    """Of every source and table by what was loaded and looked at until an instant."""
    now = world.as_of
    known = {name: one.until(when, now) for name, one in arrivals(world).items()}
    known = {name: one for name, one in known.items() if one.rows}
    looks: dict[str, list[int]] = defaultdict(list)
    for row in world.tables.get("source_looks", []):
        looks[row["connector"]].append(row["looked_at"])
    for one in known.values():
        for loaded, _, connector in one.rows:
            looks[connector].append(loaded)
    found = {}
    for name, one in known.items():
        looked = max(at for at in looks[one.connector] if at <= when or when == now)
        if one.connector != FILES:
            found[name] = Lag(max([looked, *one.happened]), looked, None)
            continue
        quiet, heard = _expected(world, known, name[0], when)
        found[name] = Lag(heard + quiet, looked, quiet)
    return found


def _expected(world: World, known: dict[Name, Arrived], source: str, when: int) -> tuple[int, int]:
    """How long files of a source may be silent, and when it was heard of last."""
    own = {name: one for name, one in known.items() if name[0] == source and one.connector == FILES}
    loaded = max(at for one in own.values() for at in one.loaded)
    heard = min(max((at for one in own.values() for at in one.happened), default=loaded), when)
    last = moment(heard).date()
    days = _fact_days(world, source)
    gaps = [
        (day - before).days for before, day in pairwise(days) if last - _MONTHS_BEFORE < day <= last
    ]
    least = 7 if any(table in _DAILY for _, table in own) else 31
    return DAY * max(least, min(max(gaps, default=0), 92)), heard


@cache
def _fact_days(world: World, source: str) -> list[date]:
    """Days (UTC) on which the source told of anything."""
    own = [one for name, one in arrivals(world).items() if name[0] == source]
    return sorted({moment(at).date() for one in own for at in one.happened})
