"""Dagster's storage under ``DESKHOUSE_HOME``: runs from the terminal and from the schedules share one history."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from orchestration.settings import Settings

TEMPLATE = Path(__file__).parent / "instance" / "dagster.yaml"


def prepare_instance(settings: Settings) -> Path:
    """Create Dagster's folder with the committed settings; returns it."""
    folder = settings.dagster_home
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(TEMPLATE, folder / "dagster.yaml")
    return folder


@contextmanager
def open_instance(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The persistent instance for the block."""
    with dg.DagsterInstance.from_config(str(prepare_instance(settings))) as instance:
        yield instance
