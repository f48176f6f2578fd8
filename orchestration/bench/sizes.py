"""One size of the simulated world, pulled and built with a clock beside it."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from orchestration.bench.child import bench_settings
from orchestration.bench.floors import ingest_floor_seconds
from orchestration.bench.processes import Cost, cost_of
from orchestration.loading import pull
from orchestration.settings import SIMULATED_SOURCES, Settings
from orchestration.simulated import simulated_vendors

DAYS = 396
AS_OF = datetime(2026, 11, 1, 6, tzinfo=UTC)
"""Pinned, so that every bench of a machine measures the same world."""
STEP = timedelta(days=2)
"""About one per cent of the tickets of thirteen months are new or touched in two days."""


@dataclass
class Size:
    """What was measured at one size: seconds, bytes, shares.

    ``models`` are the seconds by the clock of each statement of the flat run.
    """

    tickets: int
    raw_rows: int = 0
    ingest_s: float = 0.0
    ingest_floor_s: float = 0.0
    full_cpu_s: float = 0.0
    flat_cpu_s: float = 0.0
    changed_cpu_s: float = 0.0
    changed_share: float = 0.0
    full_peak_bytes: int = 0
    flat_peak_bytes: int = 0
    models: dict[str, float] = field(default_factory=dict)

    def ratios(self) -> dict[str, float]:
        """The figures of the architecture, by processor time where both sides are ours."""
        return {
            "full dbt build / the same SQL in one connection": self.full_cpu_s / self.flat_cpu_s,
            "build after a change / full build": self.changed_cpu_s / self.full_cpu_s,
            "ingest / ingest floor": self.ingest_s / self.ingest_floor_s,
        }


def measure(home: Path, tickets: int, tell: Callable[[str], None]) -> Size:
    """Pull and build a world of about ``tickets`` tickets from nothing, then once more two days later.

    ``tell`` hears each cost as soon as it is known: a large size takes long, and is not always let end.
    """
    shutil.rmtree(home, ignore_errors=True)
    per_day = tickets / DAYS
    size = Size(tickets)
    before = bench_settings(home, AS_OF - STEP)
    _pull_all(before, per_day, size, is_measured=True)
    size.tickets, size.raw_rows = _counts(before.warehouse)
    full = _child("full", before, tell)
    size.full_cpu_s, size.full_peak_bytes = full.cpu_s, full.peak_bytes
    # On a copy: the flat statements replace what the next build starts from.
    beside = bench_settings(home / "flat", before.as_of)
    beside.home.mkdir()
    shutil.copy(before.warehouse, beside.warehouse)
    shutil.copy(home / "compiled.json", beside.home)
    flat = _child("flat", beside, tell)
    size.flat_cpu_s, size.flat_peak_bytes = flat.cpu_s, flat.peak_bytes
    size.models = json.loads(flat.said.strip().splitlines()[-1])
    shutil.rmtree(beside.home)
    after = bench_settings(home, AS_OF)
    _pull_all(after, per_day, size, is_measured=False)
    size.changed_share = _changed_share(after.warehouse)
    size.changed_cpu_s = _child("changed", after, tell).cpu_s
    return size


def _child(what: str, settings: Settings, tell: Callable[[str], None]) -> Cost:
    cost = cost_of(
        ["orchestration.bench.child", what, str(settings.home), settings.as_of.isoformat()]
    )
    tell(
        f"{what}: {cost.cpu_s:.1f} s of processor time, {cost.peak_bytes / 2**20:,.0f} MiB at most"
    )
    return cost


def _pull_all(settings: Settings, per_day: float, size: Size, is_measured: bool) -> None:
    with simulated_vendors(settings, SIMULATED_SOURCES, per_day) as used:
        url = os.environ["SOURCES__ZENDESK__BASE_URL"]
        credentials = (
            os.environ["SOURCES__ZENDESK__CLIENT_ID"],
            os.environ["SOURCES__ZENDESK__CLIENT_SECRET"],
        )
        if is_measured:
            folder = settings.home / "ingest-floor"
            # Twice: the first reading makes the simulator tell its world, which is not the connector's time.
            for turn in ("warm", "measured"):
                size.ingest_floor_s = ingest_floor_seconds(url, *credentials, _fresh(folder / turn))
            shutil.rmtree(folder)
        started = time.perf_counter()
        _pull("zendesk", used)
        if is_measured:
            size.ingest_s = time.perf_counter() - started
        for source in SIMULATED_SOURCES:
            if source != "zendesk":
                _pull(source, used)


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _pull(source: str, settings: Settings) -> None:
    pulled = pull(source, settings)
    if pulled.error is not None:
        raise pulled.error


def _counts(warehouse: Path) -> tuple[int, int]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tickets = connection.execute("select count(*) from raw_zendesk.tickets").fetchall()[0][0]
        rows = connection.execute(
            "select sum(estimated_size) from duckdb_tables() where schema_name = 'raw_zendesk'"
        ).fetchall()[0][0]
    return int(tickets), int(rows)


def _changed_share(warehouse: Path) -> float:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = connection.execute(
            "select avg(case when _dlt_load_id = (select max(_dlt_load_id) from raw_zendesk.tickets) "
            "then 1.0 else 0.0 end) from raw_zendesk.tickets"
        ).fetchall()
    return float(found[0][0])


def growth(small: Size, large: Size, least_seconds: float = 0.2) -> dict[str, float]:
    """How much faster than the tickets the time of each statement grows; 1 is linear, below it less than linear.

    Args:
        small: the smaller size.
        large: the larger one.
        least_seconds: statements that take less at the larger size say nothing and are left out.
    """
    more = large.tickets / small.tickets
    return {
        name: seconds / small.models[name] / more
        for name, seconds in large.models.items()
        if seconds >= least_seconds and small.models.get(name)
    }


def as_json(size: Size) -> dict[str, object]:
    """Everything measured at a size, for the file."""
    return {**asdict(size), "ratios": size.ratios()}
