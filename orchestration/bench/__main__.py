"""``make bench``: prints the ratios and writes them to ``DESKHOUSE_HOME/bench``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration.bench.measures import Size, as_json, code_location_seconds, measure
from orchestration.permissions import PRIVATE_FOLDER
from orchestration.settings import load_dotenv_file, read_settings

SIZES = (10_000, 30_000, 100_000)
AIMS = {
    "full build / transform floor": 15.0,
    "marts / core": 1.0,
    "changed build / full build": 0.10,
    "ingest / ingest floor": 4.0,
}


def main() -> None:
    """Measure every size, print after each, so that an interrupted bench still says something."""
    parser = argparse.ArgumentParser(description="The speed ratios of deskhouse.")
    parser.add_argument(
        "--tickets", type=int, action="append", help="a size instead of the default three"
    )
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
    sizes: list[Size] = []
    for tickets in given.tickets or SIZES:
        console.print(f"measuring {tickets:,} tickets …")
        home = folder / f"home-{tickets}"
        sizes.append(measure(home, tickets))
        if not given.keep:
            shutil.rmtree(home)
        print_sizes(console, sizes)
    libraries, ours = code_location_seconds()
    console.print(
        f"Dagster code location: libraries alone {libraries:.1f} s, ours beyond {ours:.1f} s (aim ≤ 3 s)"
    )
    found = {
        "sizes": [as_json(size) for size in sizes],
        "growth": growth(sizes),
        "code_location": {"libraries_s": libraries, "beyond_s": ours},
    }
    _write(folder, found | {"pages": measure_pages(console, folder)}, console)


def _write(folder: Path, found: dict[str, Any], console: Console) -> None:
    path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    content = {"machine": f"{platform.machine()}, {os.cpu_count()} cores"} | found
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    console.print(f"written to {path}")


def measure_pages(console: Console, folder: Path) -> dict[str, Any] | None:
    """The first page and an empty one, the slowest filter of each on a large file; None without a publication."""
    from orchestration.bench.grown import grow
    from orchestration.bench.pages import OBLIGATIONS, first_page_seconds, slowest_views

    settings = read_settings()
    if not settings.marts_file.exists():
        console.print(
            "pages: nothing is published in this home, so they are not measured (deskhouse run publishes)"
        )
        return None
    ours, empty = first_page_seconds(settings)
    console.print(
        f"script of the first page, drawn again: {ours:.3f} s of processor, of an empty page {empty:.3f} s"
    )
    place = folder / "pages"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    try:
        target = place / "marts.duckdb"
        source = settings.marts_file.resolve()
        evidence = source.parent / PRIVATE_FOLDER
        if evidence.is_dir():
            (place / PRIVATE_FOLDER).symlink_to(evidence)
        held = grow(source, target, OBLIGATIONS)
        costs = slowest_views(settings, target)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    title = f"Slowest filter of each page, {held:,} answers owed (aim ≤ 1 s of processor)"
    table = Table(title=title, title_justify="left")
    for name in ("page", "narrowed by", "processor s"):
        table.add_column(name, justify="right" if name == "processor s" else "left")
    for cost in costs:
        table.add_row(cost.page, cost.narrowed or "nothing", f"{cost.cpu_s:.2f}")
    console.print(table)
    slowest = [asdict(cost) for cost in costs]
    return {"first_page_s": ours, "empty_page_s": empty, "obligations": held, "slowest": slowest}


def growth(sizes: list[Size]) -> float | None:
    """Build time per ticket at the largest size over that at the smallest; 1 is linear."""
    if len(sizes) < 2:
        return None
    small, large = sizes[0], sizes[-1]
    per_small = (small.core_s + small.marts_s) / small.tickets
    return (large.core_s + large.marts_s) / large.tickets / per_small


def print_sizes(console: Console, sizes: list[Size]) -> None:
    """A table of ratios with the seconds behind them."""
    table = Table(title="Ratios (aims in brackets)", title_justify="left")
    table.add_column("figure")
    for size in sizes:
        table.add_column(f"{size.tickets:,} tickets", justify="right")
    for name, aim in AIMS.items():
        table.add_row(f"{name} (≤ {aim:g})", *(f"{size.ratios()[name]:.2f}" for size in sizes))
    seconds = {
        "raw Zendesk rows": "raw_rows",
        "ingest, s": "ingest_s",
        "ingest floor, s": "ingest_floor_s",
        "transform floor, s": "transform_floor_s",
        "canonical and core, s": "core_s",
        "marts, s": "marts_s",
        "changed: canonical and core, s": "change_core_s",
        "changed: marts, s": "change_marts_s",
        "dbt start and parse, s": "start_s",
        "changed: seeds and models left as they are": "left_nodes",
        "processor time, canonical and core, s": "core_cpu_s",
        "processor time, marts, s": "marts_cpu_s",
        "processor time, changed: canonical and core, s": "change_core_cpu_s",
        "processor time, changed: marts, s": "change_marts_cpu_s",
    }
    for label, name in seconds.items():
        values = [getattr(size, name) for size in sizes]
        table.add_row(label, *(f"{v:,}" if isinstance(v, int) else f"{v:.2f}" for v in values))
    table.add_row("tickets changed", *(f"{size.changed_share:.2%}" for size in sizes))
    table.add_row(
        "peak memory of a build, MiB", *(f"{size.peak_bytes / 2**20:,.0f}" for size in sizes)
    )
    console.print(table)
    found = growth(sizes)
    if found is not None:
        console.print(
            f"growth from the smallest to the largest size: {found:.2f} × linear (aim ≤ 1.0)"
        )


if __name__ == "__main__":
    main()
