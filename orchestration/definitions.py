"""The Dagster code location: everything under ``orchestration/defs`` and its resources."""

from __future__ import annotations

import dagster as dg

from orchestration.defs import ingestion, ledger, quality, schedules, warehouse
from orchestration.resources import Reporter, resources


def assemble(reporter: Reporter | None = None) -> dg.Definitions:
    """All assets, checks, jobs and schedules; the command line passes a reporter of its own."""
    modules = (ingestion, ledger, warehouse, quality, schedules)
    return dg.Definitions.merge(
        *(module.definitions() for module in modules),
        dg.Definitions(resources=resources(reporter)),
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads."""
    return assemble()
