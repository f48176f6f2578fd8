"""The seller's own sheets and the phone's call log, written as landing files of tenant ``main``.

These are the sources without a connector (architecture §2): policies with their dates, calendars, people history, tags,
incidents, the call log, the webshop's orders, and the tools of operations: time, quality, surveys, money, forecasts.
"""

from __future__ import annotations

import csv
import filecmp
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ingestion.canonical import tables
from ingestion.simulator.landing.calls import call_tables
from ingestion.simulator.landing.causes import cause_tables
from ingestion.simulator.landing.forecast import forecast_tables
from ingestion.simulator.landing.health import health_tables
from ingestion.simulator.landing.money import money_tables
from ingestion.simulator.landing.quality import quality_tables
from ingestion.simulator.landing.sheets import HELPDESK, TENANT, sheet_tables
from ingestion.simulator.landing.surveys import survey_tables
from ingestion.simulator.landing.workforce import workforce_tables
from ingestion.simulator.world.commerce_landing import webshop_order_rows
from ingestion.simulator.world.world import World

Row = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """Whose files they are: the system that is the seller's helpdesk, and the tenant he is."""

    helpdesk: str = HELPDESK
    tenant_id: str = TENANT

    def keeps(self, table: str, row: Row) -> bool:
        """Whether this desk needs a line: who works which channel need not be said where tickets name their team."""
        told_by_tickets = self.helpdesk == row["source_system"] == HELPDESK
        return table != "channel_teams" or not told_by_tickets

    def own(self, row: Row) -> Row:
        """A row of the seller as a row of this desk."""
        systems = {
            name: self.helpdesk
            for name in ("source_system", "subject_system")
            if row.get(name) == HELPDESK
        }
        return {**row, **systems, "tenant_id": self.tenant_id}


def landing_tables(
    world: World, at: datetime, desks: Sequence[Desk] = (Desk(),)
) -> dict[str, list[Row]]:
    """All landing tables by canonical name, as the seller's files stand at ``at``, for each desk."""
    told = _told(world, at)
    return {
        name: [desk.own(row) for desk in desks for row in rows if desk.keeps(name, row)]
        for name, rows in told.items()
    }


def _told(world: World, at: datetime) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    sources = (
        sheet_tables,
        call_tables,
        workforce_tables,
        quality_tables,
        survey_tables,
        money_tables,
        forecast_tables,
        cause_tables,
        health_tables,
    )
    for name, rows in (table for source in sources for table in source(world, at)):
        found.setdefault(name, []).extend(rows)
    found["orders"] = list(webshop_order_rows(world.orders, at))
    return found


def write_landing_files(
    world: World, folder: Path, at: datetime, desks: Sequence[Desk] = (Desk(),)
) -> list[Path]:
    """Write (or replace) the landing files in ``folder``; the same world and instant give the same bytes.

    Args:
        world: the simulated seller.
        folder: the landing folder; created when missing. Files of other names in it are left alone.
        at: instant up to which the files know the world (aware).
        desks: helpdesks and tenants; several see the same seller.

    Returns:
        Paths of all files, in order of name; one that says the same as before is left as it stands.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, rows in sorted(landing_tables(world, at, desks).items()):
        path = folder / f"{name}.csv"
        draft = path.with_suffix(".csv.part")
        with draft.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, _columns(name, rows), lineterminator="\n")
            writer.writeheader()
            writer.writerows(_texts(rows))
        if path.is_file() and filecmp.cmp(draft, path, shallow=False):
            # A file that says what it said keeps its time: it is not news.
            draft.unlink()
        else:
            # A reader never meets a half-written file.
            draft.replace(path)
        written.append(path)
    return written


def _columns(table: str, rows: Iterable[Row]) -> list[str]:
    """Columns of the rows; a file without rows still has the header of its table."""
    columns: dict[str, None] = {"tenant_id": None, "source_system": None}
    for row in rows:
        columns.update(dict.fromkeys(row))
    return list(columns) if len(columns) > 2 else [*columns, *tables()[table].columns]


def _texts(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        yield {
            name: ("true" if value else "false") if isinstance(value, bool) else value
            for name, value in row.items()
        }
