"""What a run would make of a landing folder, judged by the folder alone: rows, refusals, and measurable KPIs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ingestion.config import IngestionSettings
from ingestion.sources.landing.cells import Refusal
from ingestion.sources.landing.file_report import FileReport
from ingestion.sources.landing.folder import LandingFolder
from orchestration.landing_measurable import Verdict, measurable
from orchestration.landing_report import FileNews, joined

GROUPS = {
    "A": "SLA and efficiency",
    "B": "Quality",
    "C": "Cost and demand",
    "D": "Agent activity and audit",
    "E": "Tags, reasons, macros",
    "F": "Marketplace health",
    "G": "Data quality",
}
"""Groups of the catalogue's cards (catalogue §6)."""


class _Unloaded(IngestionSettings):
    """Settings of a home of which the warehouse is left out of sight: every file is read as if for the first time."""

    @property
    def warehouse(self) -> Path:
        """A file that is not there."""
        return self.home / "landing-check.none"


@dataclass(frozen=True)
class FolderCheck:
    """What was found: news of every file (and table of a profile's file), and verdicts on KPIs by tenant."""

    news: list[FileNews]
    verdicts: list[Verdict]

    @property
    def is_refusing(self) -> bool:
        """Whether anything would be refused."""
        return any(one.report.state in ("lost", "unread", "partly") for one in self.news)


def check_folder(settings: IngestionSettings, folder: Path) -> FolderCheck:
    """Read a folder as a first run would, load nothing, and judge what could be measured from it.

    Raises:
        ConfigurationError: the folder does not exist, or its landing.yml or a profile is wrong.
    """
    unloaded = _Unloaded(settings.home, settings.as_of, folder)
    seen = LandingFolder(unloaded, folder, is_looking=True)
    rows: dict[str, pa.Table] = {}
    refusals: list[Refusal] = []
    for table in seen.files:
        news = seen.news(table)
        refusals += news.refusals
        if news.rows is not None:
            rows[table] = news.rows
    ignored = [FileReport(one.name, None, reason=one.reason) for one in seen.unread]
    return FolderCheck(joined([*seen.reports.values(), *ignored], refusals), measurable(rows))
