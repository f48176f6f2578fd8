"""What became of the files in the landing folder, in sentences for whoever keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from ingestion.config import IngestionSettings
from ingestion.sources.landing.cells import Refusal, counted
from ingestion.sources.landing.file_report import FileReport, stored_reports
from ingestion.sources.landing.folder import DATASET, LandingFolder
from ingestion.sources.landing.quarantine import TABLE as QUARANTINE
from orchestration.warehouse import engine_errors, open_read_only

SHOWN = 12
"""Kinds of faults of one file that are said; a kind is a column and a reason."""


@dataclass(frozen=True)
class FileNews:
    """One thing in the folder: its report, and its refused lines (the first of them)."""

    report: FileReport
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def is_fine(self) -> bool:
        """Whether there is nothing to say."""
        return self.report.state == "loaded" and not self.report.notes


def look(settings: IngestionSettings, folder: Path) -> list[FileNews]:
    """Read the folder as a run would, without loading anything.

    Raises:
        ConfigurationError: the folder does not exist, or its landing.yml is wrong.
        WarehouseLockedError: a run is writing, so that what is in force cannot be compared.
    """
    seen = LandingFolder(settings, folder, is_looking=True)
    with engine_errors(settings.warehouse):
        refusals = [one for table in seen.files for one in seen.news(table).refusals]
    stored = _stored_refusals(settings.warehouse)
    refusals += [one for one in stored if (one.file, one.table) in seen.skipped()]
    ignored = [FileReport(one.name, None, reason=one.reason) for one in seen.unread]
    return joined([*seen.reports.values(), *ignored], refusals)


def last_load(warehouse: Path) -> list[FileNews]:
    """What the last load of the folder found; empty before the first."""
    if not warehouse.exists():
        return []
    with engine_errors(warehouse):
        reports = list(stored_reports(warehouse, DATASET).values())
    return joined(reports, _stored_refusals(warehouse))


def sentences(news: list[FileNews]) -> list[str]:
    """What the keeper of the files must know, worst first: lost and ignored files, refused lines, assumptions."""
    order = ("lost", "unread", "ignored", "partly", "loaded")
    ranked = sorted(news, key=lambda one: (order.index(one.report.state), one.report.part))
    return [line for one in ranked for line in _of_file(one)]


def _of_file(news: FileNews) -> Iterator[str]:
    report = news.report
    if report.state == "ignored":
        yield f"{report.part} is not read: {report.reason}"
        return
    if report.state == "lost":
        reason = report.reason or f"all of {counted(report.rows_refused, 'row')} are refused"
        yield f"{report.part} is lost, nothing of it was loaded: {reason}"
    elif report.state == "unread":
        yield f"{report.part} cannot be read, what was loaded before stays in force: {report.reason}"
    faults: dict[tuple[str | None, str], list[int]] = {}
    for one in news.refusals:
        if one.line:
            faults.setdefault((one.column, one.reason), []).append(one.line)
    for (column, reason), lines in list(faults.items())[:SHOWN]:
        more = f" (and {counted(len(lines) - 1, 'more line')})" if len(lines) > 1 else ""
        yield f"{report.part} line {lines[0]}{more}, {column or 'row'}: {reason}"
    if len(faults) > SHOWN:
        left = counted(len(faults) - SHOWN, "more kind")
        yield f"{report.part}: {left} of faults, see data_quality.quarantined_records"
    for note in report.notes:
        yield f"{report.part}: {note}"


def joined(reports: list[FileReport], refusals: list[Refusal]) -> list[FileNews]:
    """Each report with the refusals of its file; of a file that a profile reads, those of its table."""
    by_file: dict[tuple[str, str | None], list[Refusal]] = {}
    for one in sorted(refusals, key=lambda r: (r.file, r.line, r.column or "")):
        by_file.setdefault((one.file, one.table), []).append(one)
    return [
        FileNews(report, by_file.get((report.file_name, report.table_name), []))
        for report in reports
    ]


def _stored_refusals(warehouse: Path) -> list[Refusal]:
    if not warehouse.exists():
        return []
    try:
        with open_read_only(warehouse) as connection:
            rows: list[tuple[Any, ...]] = connection.execute(
                f"select table_name, file_name, line_no, column_name, reason from {DATASET}.{QUARANTINE}"
            ).fetchall()
    except duckdb.CatalogException:
        return []
    return [Refusal(*row) for row in rows]
