"""One size of the simulated world, pulled and built with a clock beside it."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from orchestration.bench.floors import ingest_floor_seconds, transform_floor_seconds
from orchestration.check_store import ensure_results_table
from orchestration.dbt_runner import dbt_environment
from orchestration.loading import pull
from orchestration.manifest import DBT_EXECUTABLE
from orchestration.settings import DBT_DIR, SIMULATED_SOURCES, Settings
from orchestration.simulated import simulated_vendors
from orchestration.unchanged import end_build, read_inputs, unchanged_nodes

DAYS = 396
AS_OF = datetime(2026, 11, 1, 6, tzinfo=UTC)
"""Pinned, so that every bench of a machine measures the same world."""
STEP = timedelta(days=2)
"""About one per cent of the tickets of thirteen months are new or touched in two days."""
_CORE = (
    "path:models/staging",
    "path:models/canonical",
    "path:models/intermediate",
    "path:models/core",
)
_MARTS = ("path:models/marts",)


@dataclass
class Size:
    """What was measured at one size; seconds, bytes, shares."""

    tickets: int
    raw_rows: int = 0
    ingest_s: float = 0.0
    ingest_floor_s: float = 0.0
    transform_floor_s: float = 0.0
    start_s: float = 0.0
    core_s: float = 0.0
    marts_s: float = 0.0
    change_core_s: float = 0.0
    change_marts_s: float = 0.0
    core_cpu_s: float = 0.0
    marts_cpu_s: float = 0.0
    change_core_cpu_s: float = 0.0
    change_marts_cpu_s: float = 0.0
    changed_share: float = 0.0
    left_nodes: int = 0
    peak_bytes: int = 0

    def ratios(self) -> dict[str, float]:
        """The figures of the architecture."""
        full = self.core_s + self.marts_s
        return {
            "full build / transform floor": self.core_s / self.transform_floor_s,
            "marts / core": self.marts_s / self.core_s,
            "changed build / full build": (self.change_core_s + self.change_marts_s) / full,
            "ingest / ingest floor": self.ingest_s / self.ingest_floor_s,
        }


@dataclass(frozen=True)
class DbtRun:
    """Wall clock, time in the warehouse, processor time and peak memory of a dbt command.

    Processor time includes the start and the parse; unlike the clock it hardly depends on who else uses the machine.
    """

    wall_s: float
    elapsed_s: float
    cpu_s: float
    peak_bytes: int


def run_dbt(settings: Settings, arguments: Sequence[str]) -> DbtRun:
    """Run dbt in a process of its own.

    Raises:
        RuntimeError: dbt failed; its words are in the message.
    """
    target = settings.home / "dbt"
    environment = {
        **os.environ,
        **dbt_environment(settings),
        "DBT_TARGET_PATH": str(target),
        "DBT_LOG_PATH": str(target),
        "DBT_PROJECT_DIR": str(DBT_DIR),
        "DBT_PROFILES_DIR": str(DBT_DIR),
    }
    (settings.home / "tmp").mkdir(parents=True, exist_ok=True)
    said = target / "said.txt"
    target.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    with said.open("w", encoding="utf-8") as out:
        child = subprocess.Popen(
            [str(DBT_EXECUTABLE), "--no-use-colors", *arguments],
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    if child.returncode:
        raise RuntimeError(f"dbt {' '.join(arguments)} failed: {said.read_text()[-2000:]}")
    results = json.loads((target / "run_results.json").read_text(encoding="utf-8"))
    cpu = usage.ru_utime + usage.ru_stime
    return DbtRun(wall, float(results["elapsed_time"]), cpu, _peak_bytes(usage))


def _peak_bytes(usage: resource.struct_rusage) -> int:
    return usage.ru_maxrss * 1024


def measure(home: Path, tickets: int) -> Size:
    """Pull and build a world of about ``tickets`` tickets from nothing, then once more two days later."""
    shutil.rmtree(home, ignore_errors=True)
    per_day = tickets / DAYS
    size = Size(tickets)
    before = _settings(home, AS_OF - STEP)
    _pull_all(before, per_day, size, is_measured=True)
    ensure_results_table(before.warehouse)
    size.tickets, size.raw_rows = _counts(before.warehouse)
    size.transform_floor_s = transform_floor_seconds(before.warehouse)
    run_dbt(before, ["seed"])
    inputs = read_inputs(before.warehouse)
    core = run_dbt(before, ["run", "--full-refresh", "--select", *_CORE])
    marts = run_dbt(before, ["run", "--full-refresh", "--select", *_MARTS])
    size.start_s = core.wall_s - core.elapsed_s
    size.core_s, size.marts_s = core.elapsed_s, marts.elapsed_s
    size.core_cpu_s, size.marts_cpu_s = core.cpu_s, marts.cpu_s
    end_build(before.warehouse, inputs)
    after = _settings(home, AS_OF)
    _pull_all(after, per_day, size, is_measured=False)
    size.changed_share = _changed_share(after.warehouse)
    # as the run of every day does: what would come out as it stands is left
    manifest = json.loads((home / "dbt" / "manifest.json").read_text(encoding="utf-8"))
    left = unchanged_nodes(manifest, after.warehouse, read_inputs(after.warehouse))
    except_left = ["--exclude", " ".join(left)] if left else []
    size.left_nodes = len(left)
    changed_core = run_dbt(after, ["run", "--select", *_CORE, *except_left])
    changed_marts = run_dbt(after, ["run", "--select", *_MARTS, *except_left])
    size.change_core_s, size.change_marts_s = changed_core.elapsed_s, changed_marts.elapsed_s
    size.change_core_cpu_s, size.change_marts_cpu_s = changed_core.cpu_s, changed_marts.cpu_s
    size.peak_bytes = max(run.peak_bytes for run in (core, marts, changed_core, changed_marts))
    return size


def _settings(home: Path, as_of: datetime) -> Settings:
    return Settings(
        home=home,
        landing_dir=None,
        as_of=as_of,
        is_as_of_pinned=True,
        engine="duckdb",
        configured_vendors=(),
    )


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


_LOAD = """
import time
started = time.perf_counter()
import dagster, dagster_dbt, dagster_dlt
libraries = time.perf_counter() - started
from orchestration.definitions import defs
defs().get_repository_def()
print(libraries, time.perf_counter() - started - libraries)
"""


def code_location_seconds() -> tuple[float, float]:
    """Seconds to import the libraries alone, and seconds that our definitions add; the second of two runs."""
    found = (0.0, 0.0)
    for _ in range(2):
        outcome = subprocess.run(
            [sys.executable, "-c", _LOAD], capture_output=True, text=True, check=True
        )
        libraries, ours = outcome.stdout.split()
        found = (float(libraries), float(ours))
    return found


def as_json(size: Size) -> dict[str, object]:
    """Everything measured at a size, for the file."""
    return {**asdict(size), "ratios": size.ratios()}
