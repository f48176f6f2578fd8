"""Dagster's storage under ``DESKHOUSE_HOME``: runs from the terminal and from the schedules share one history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import dagster as dg
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.runs.sqlite import sqlite_run_storage
from dagster._core.storage.schedules.sqlite import sqlite_schedule_storage

from orchestration.settings import Settings

TEMPLATE = Path(__file__).parent / "instance" / "dagster.yaml"


def _address(base_dir: str, db_name: str) -> str:
    """Address of a file of Dagster's storage.

    SQLAlchemy decodes addresses, so a folder named ``50%20`` must be encoded; Dagster writes it as it is.
    """
    return f"sqlite:///{quote(str(Path(base_dir).absolute()))}/{db_name}.db"


for _module in (sqlite_event_log, sqlite_run_storage, sqlite_schedule_storage):
    _module.create_db_conn_string = _address  # type: ignore[attr-defined]


def prepare_instance(settings: Settings) -> Path:
    """Create Dagster's folder with the committed settings; returns it."""
    folder = settings.dagster_home
    folder.mkdir(parents=True, exist_ok=True)
    history = folder / "history" / "runs"  # where Dagster's default storage keeps it
    text = TEMPLATE.read_text(encoding="utf-8").replace(
        '"{history_folder}"', json.dumps(history.as_posix())
    )
    (folder / "dagster.yaml").write_text(text, encoding="utf-8")
    return folder


@contextmanager
def open_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The persistent instance for the block."""
    with dg.DagsterInstance.from_config(str(prepare_instance(settings))) as instance:
        yield instance
