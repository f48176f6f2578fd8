"""What must hold before a run starts: room on the disk, cursors in the state the caller wants."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from ingestion.errors import DiskFullError
from orchestration.settings import Settings

_MIN_FREE_BYTES = 200 * 1024 * 1024
"""An empty warehouse with its publication, logs and Dagster's history."""


def needed_bytes(home: Path) -> int:
    """Room a run may need: the load, the build, a publication and its copy, each at most the size of the warehouse."""
    warehouse = home / "warehouse.duckdb"
    return _MIN_FREE_BYTES + (3 * warehouse.stat().st_size if warehouse.exists() else 0)


def free_bytes(home: Path) -> int:
    """Free space on the disk that holds ``home`` or will hold it."""
    folder = home
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def check_disk(home: Path) -> None:
    """Stop before anything is written when a run would fill the disk.

    Raises:
        DiskFullError: naming what is free and what is needed.
    """
    free, needed = free_bytes(home), needed_bytes(home)
    if free < needed:
        raise DiskFullError(
            f"The disk that holds {home} has {free // 2**20} MiB free and a run needs {needed // 2**20} MiB: "
            "free some space or move DESKHOUSE_HOME; nothing was changed."
        )


def reset_cursors(settings: Settings, sources: Sequence[str]) -> None:
    """Forget how far the sources were read, so that everything is read again; loaded rows stay and are compared."""
    for source in sources:
        folder = settings.ingestion.dlt_dir / "pipelines" / f"deskhouse_{source}"
        shutil.rmtree(folder, ignore_errors=True)
