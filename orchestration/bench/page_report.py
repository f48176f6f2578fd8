"""The pages of the dashboard over what is published: the first one beside an empty page, the slowest filter of each."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration.bench.grown import COUNTED, grow
from orchestration.bench.grown_evidence import grow_evidence
from orchestration.bench.pages import (
    OBLIGATIONS,
    WHY,
    PageCost,
    first_page_seconds,
    slowest_views,
    view_costs,
)
from orchestration.dashboard.registry import PAGES
from orchestration.permissions import PRIVATE_FOLDER
from orchestration.publishing import EVIDENCE_FILE
from orchestration.settings import Settings, read_settings
from orchestration.warehouse import open_read_only

_AIM_S = 1


def measure_pages(console: Console, folder: Path) -> dict[str, Any] | None:
    """The first page and an empty one, the slowest filter of each on a large file; None without a publication."""
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
        held = grow(source, target, OBLIGATIONS)
        private = source.parent / PRIVATE_FOLDER
        if private.is_dir():
            (place / PRIVATE_FOLDER).symlink_to(private)
        costs = slowest_views(settings, target, PAGES.keys() - {WHY})
        each = []
        if private.is_dir():
            each = _why(settings, source, target, held)
            costs.append(max(each, key=lambda cost: cost.cpu_s))
    finally:
        shutil.rmtree(place, ignore_errors=True)
    title = f"Slowest filter of each page, {held:,} answers owed (aim ≤ {_AIM_S} s of processor)"
    table = Table(title=title, title_justify="left")
    for name in ("page", "narrowed by", "processor s"):
        table.add_column(name, justify="right" if name == "processor s" else "left")
    for cost in costs:
        table.add_row(cost.page, cost.narrowed or "nothing", f"{cost.cpu_s:.2f}")
    console.print(table)
    if each:
        seconds = [cost.cpu_s for cost in each]
        console.print(
            f"{WHY}: {sum(cost > _AIM_S for cost in seconds)} of {len(seconds)} KPIs take more than {_AIM_S} s, "
            f"{median(seconds):.2f} s in the middle"
        )
    slowest, of_kpis = ([asdict(cost) for cost in some] for some in (costs, each))
    found = {"first_page_s": ours, "empty_page_s": empty, "obligations": held}
    return {**found, "slowest": slowest, WHY: of_kpis}


def _why(settings: Settings, source: Path, target: Path, held: int) -> list[PageCost]:
    """The page of a number's rows, over a private copy as large as the marts."""
    folder = target.parent / PRIVATE_FOLDER
    folder.unlink()
    folder.mkdir()
    with open_read_only(source) as connection:
        had = connection.execute(f"select count(*) from {COUNTED}").fetchall()[0][0]
    evidence = source.parent / EVIDENCE_FILE
    grow_evidence(evidence, target.parent / EVIDENCE_FILE, round(held / had))
    return view_costs(settings, target, WHY)
