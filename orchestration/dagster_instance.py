"""Dagster's storage under ``DESKHOUSE_HOME``: runs from the terminal and from the schedules share one history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from orchestration.plain_paths import for_dagster
from orchestration.settings import Settings

TEMPLATE = Path(__file__).parent / "instance" / "dagster.yaml"


def prepare_instance(settings: Settings) -> Path:
    """Create Dagster's folder with the committed settings; returns the path by which it is opened in this process."""
    folder = settings.dagster_home
    folder.mkdir(parents=True, exist_ok=True)
    history = folder / "history" / "runs"  # where Dagster's default storage keeps it
    text = TEMPLATE.read_text(encoding="utf-8").replace(
        '"{history_folder}"', json.dumps(history.as_posix())
    )
    (folder / "dagster.yaml").write_text(text, encoding="utf-8")
    return for_dagster(folder)


@contextmanager
def open_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The persistent instance for the block."""
    with dg.DagsterInstance.from_config(str(prepare_instance(settings))) as instance:
        yield instance
