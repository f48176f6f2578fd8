"""What a build needs of the parsed project and of libraries, loaded while this process would only wait for another."""

from __future__ import annotations

import contextlib
import importlib

from ingestion.errors import DeskhouseError
from orchestration.manifest import prepared_manifest

_LATER = (
    "orchestration.pulling",
    "ingestion.sources.zendesk",
    "ingestion.sources.amazon",
    "ingestion.sources.ebay",
    "ingestion.sources.landing",
    "expectations.checkpoints",
    "great_expectations",
    "orchestration.definitions",
    "dbt.cli.main",
    "dbt.adapters.duckdb",
)
"""Modules that the steps of a run import when they come to them, in that order; some take seconds."""


def load_for_build() -> None:
    """Parse the project if need be and import what steps import later; a fault is left to the step that meets it."""
    with contextlib.suppress(DeskhouseError, ImportError):
        prepared_manifest()
        for name in _LATER:
            importlib.import_module(name)
