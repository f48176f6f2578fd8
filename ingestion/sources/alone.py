"""Loads one source without the rest, for a person who connects an account for the first time."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from pathlib import Path

from ingestion.config import IngestionSettings, parse_instant
from ingestion.pipeline import run_sources

logger = logging.getLogger(__name__)


def load_alone(source: str) -> int:
    """Load once into ``DESKHOUSE_HOME``; 0, or 1 and one sentence on failure."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    given = os.environ.get("DESKHOUSE_AS_OF", "")
    settings = IngestionSettings(
        home=Path(os.environ.get("DESKHOUSE_HOME", ".deskhouse")).resolve(),
        as_of=parse_instant(given) if given else datetime.now(UTC),
    )
    (result,) = run_sources([source], settings)
    for table, rows in sorted(result.rows.items()):
        logger.info("%s: %s rows", table, rows)
    if result.error is not None:
        logger.error("%s", result.error)
        return 1
    return 0
