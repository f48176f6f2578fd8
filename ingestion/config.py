"""Where ingestion reads and writes; built once by the runner and passed on."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingestion.errors import ConfigurationError

PACKAGE_DIR = Path(__file__).parent
DEFAULT_TENANT = "main"


@dataclass(frozen=True)
class IngestionSettings:
    """Paths and instants of one run.

    ``as_of`` (aware, UTC) becomes ``ingested_at`` of rows seen for the first time; ``landing_dir`` is None when
    no landing folder is configured.
    """

    home: Path
    as_of: datetime
    landing_dir: Path | None = None

    def __post_init__(self) -> None:
        if self.as_of.tzinfo is None:
            raise ConfigurationError("The as-of instant has no time zone; give it in UTC.")

    @property
    def warehouse(self) -> Path:
        """The DuckDB file with one writer."""
        return self.home / "warehouse.duckdb"

    @property
    def dlt_dir(self) -> Path:
        """Working folder of dlt: state of the cursors and load packages in flight."""
        return self.home / "dlt"

    @property
    def quarantine_dir(self) -> Path:
        """Folder of refused rows."""
        return self.home / "quarantine"


def parse_instant(text: str) -> datetime:
    """ISO-8601 text to an aware UTC instant; without zone it is read as UTC.

    Raises ConfigurationError when the text is no instant.
    """
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ConfigurationError(
            f"{text!r} is no ISO-8601 instant; write it like 2026-11-01T06:00:00Z."
        ) from error
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def tenant_of(vendor: str) -> str:
    """Tenant that a vendor connection belongs to (``SOURCES__<VENDOR>__TENANT_ID``, default main)."""
    return os.environ.get(f"SOURCES__{vendor.upper()}__TENANT_ID", "") or DEFAULT_TENANT


def point_dlt_at(settings: IngestionSettings) -> None:
    """Set dlt's folders; must run before the first ``import dlt`` of the process.

    Its project folder is this package (committed config), its data folder lies under home.
    """
    settings.dlt_dir.mkdir(parents=True, exist_ok=True)
    os.environ["DLT_PROJECT_DIR"] = str(PACKAGE_DIR)
    os.environ["DLT_DATA_DIR"] = str(settings.dlt_dir)
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
