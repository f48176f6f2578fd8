"""The pages of the dashboard over what is published: the first one beside an empty page, the slowest filter of each."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from orchestration.bench.grown import grow
from orchestration.bench.pages import AS_PUBLISHED, OBLIGATIONS, first_page_seconds, slowest_views
from orchestration.permissions import PRIVATE_FOLDER
from orchestration.settings import read_settings


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
    console.print(
        f"{', '.join(AS_PUBLISHED)}: over the private copy as published, which is not repeated"
    )
    slowest = [asdict(cost) for cost in costs]
    return {"first_page_s": ours, "empty_page_s": empty, "obligations": held, "slowest": slowest}
