"""``make bench``: prints the ratios and writes them to ``DESKHOUSE_HOME/bench``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration.bench.code_location import code_location_seconds
from orchestration.bench.page_report import measure_pages
from orchestration.bench.runs import Runs, measure_runs
from orchestration.bench.sizes import Size, as_json, growth, measure
from orchestration.manifest import read_manifest
from orchestration.settings import load_dotenv_file, read_settings

SIZES = (10_000, 100_000)
AIMS = {
    "full dbt build / the same SQL in one connection": 1.7,
    "build after a change / full build": 0.35,
    "ingest / ingest floor": 4.0,
}
SHOWN_GROWTHS = 5


def main() -> None:
    """Measure every size, print after each, so that an interrupted bench still says something."""
    parser = argparse.ArgumentParser(description="The speed ratios of deskhouse.")
    parser.add_argument(
        "--tickets", type=int, action="append", help="a size instead of the default two"
    )
    parser.add_argument("--no-runs", action="store_true", help="leave out the two whole runs")
    parser.add_argument(
        "--pages",
        action="store_true",
        help="the pages alone, over what is published in DESKHOUSE_HOME",
    )
    parser.add_argument("--keep", action="store_true", help="keep the warehouses of the bench")
    given = parser.parse_args()
    load_dotenv_file()
    folder = read_settings().home / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    console = Console()
    if given.pages:
        _write(folder, {"pages": measure_pages(console, folder)}, console)
        return
    found = nodes()
    console.print(
        f"{found['relations']} seeds and models (aim ≤ 200), {found['tests']} data-test nodes (aim ≤ 100)"
    )
    runs = None if given.no_runs else measure_runs(folder / "home-runs")
    if runs is not None:
        print_runs(console, runs)
    sizes: list[Size] = []
    for tickets in given.tickets or SIZES:
        console.print(f"measuring {tickets:,} tickets …")
        home = folder / f"home-{tickets}"
        sizes.append(measure(home, tickets, console.print))
        if not given.keep:
            shutil.rmtree(home)
        print_sizes(console, sizes)
    grown = growth(sizes[0], sizes[-1]) if len(sizes) > 1 else {}
    for name, times in sorted(grown.items(), key=lambda one: -one[1])[:SHOWN_GROWTHS]:
        console.print(f"{name} grows {times:.2f} times as fast as the tickets (aim ≤ 1.2)")
    libraries, ours = code_location_seconds()
    console.print(
        f"Dagster code location: libraries alone {libraries:.1f} s, ours beyond {ours:.1f} s (aim ≤ 3 s)"
    )
    content = {
        "nodes": found,
        "runs": asdict(runs) if runs else None,
        "sizes": [as_json(size) for size in sizes],
        "growth": grown,
        "code_location": {"libraries_s": libraries, "beyond_s": ours},
    }
    _write(folder, content | {"pages": measure_pages(console, folder)}, console)


def _write(folder: Path, found: dict[str, Any], console: Console) -> None:
    path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    content = {"machine": f"{platform.machine()}, {os.cpu_count()} cores"} | found
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    console.print(f"written to {path}")


def nodes() -> Counter[str]:
    """How many relations and data tests a full build has."""
    found: Counter[str] = Counter()
    for node in read_manifest()["nodes"].values():
        if node["resource_type"] == "test":
            found["tests"] += 1
        elif node["config"]["materialized"] != "ephemeral":
            found["relations"] += 1
    return found


def print_runs(console: Console, runs: Runs) -> None:
    """What the two runs of the default world cost."""
    console.print(
        f"first run {runs.first.cpu_s:.1f} s of processor time ({runs.first.wall_s:.0f} s by the clock, "
        f"{runs.first.peak_bytes / 2**20:,.0f} MiB at most), unchanged run {runs.unchanged.cpu_s:.1f} s: "
        f"{runs.ratio:.2f} (aim ≤ 0.12)"
    )


def print_sizes(console: Console, sizes: list[Size]) -> None:
    """A table of ratios with the seconds behind them."""
    table = Table(title="Ratios (aims in brackets)", title_justify="left")
    table.add_column("figure")
    for size in sizes:
        table.add_column(f"{size.tickets:,} tickets", justify="right")
    for name, aim in AIMS.items():
        table.add_row(f"{name} (≤ {aim:g})", *(f"{size.ratios()[name]:.2f}" for size in sizes))
    figures = {
        "raw Zendesk rows": "raw_rows",
        "ingest, s by the clock": "ingest_s",
        "ingest floor, s by the clock": "ingest_floor_s",
        "full build, s of processor time": "full_cpu_s",
        "the same SQL in one connection, s of processor time": "flat_cpu_s",
        "build after a change, s of processor time": "changed_cpu_s",
    }
    for label, name in figures.items():
        values = [getattr(size, name) for size in sizes]
        table.add_row(label, *(f"{v:,}" if isinstance(v, int) else f"{v:.2f}" for v in values))
    table.add_row("tickets changed", *(f"{size.changed_share:.2%}" for size in sizes))
    for label, name in (("full build", "full_peak_bytes"), ("flat SQL", "flat_peak_bytes")):
        peaks = [getattr(size, name) / 2**20 for size in sizes]
        table.add_row(f"peak memory, {label}, MiB", *(f"{peak:,.0f}" for peak in peaks))
    console.print(table)


if __name__ == "__main__":
    main()
