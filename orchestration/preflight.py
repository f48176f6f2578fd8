"""What must hold before a run starts: room on the disk, cursors in the state the caller wants."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from ingestion.errors import DiskFullError
from orchestration.settings import Settings
from orchestration.warehouse import engine_errors, warehouse_lock

_LOCK_WAIT_SECONDS = 30
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
        _forget_stored_cursors(settings, source)


def _forget_stored_cursors(settings: Settings, source: str) -> None:
    """Cursors also stand in the warehouse, from where dlt restores them to a folder that lost them."""
    if not settings.warehouse.exists():
        return
    with (
        warehouse_lock(settings.home, _LOCK_WAIT_SECONDS),
        engine_errors(settings.warehouse),
        duckdb.connect(str(settings.warehouse)) as connection,
    ):
        exists = connection.execute(
            "select count(*) from duckdb_tables() where schema_name = ? and table_name = '_dlt_pipeline_state'",
            [f"raw_{source}"],
        ).fetchall()
        if exists[0][0]:
            connection.execute(f"delete from raw_{source}._dlt_pipeline_state")
