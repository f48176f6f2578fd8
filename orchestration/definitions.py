"""The Dagster code location: everything under ``orchestration/defs`` and its resources."""

from __future__ import annotations

import dagster as dg

from orchestration.defs import (
    delivery,
    identity,
    ingestion,
    ledger,
    quality,
    reviews,
    schedules,
    warehouse,
)
from orchestration.permissions import close_to_others
from orchestration.resources import Reporter, resources


def assemble(reporter: Reporter | None = None) -> dg.Definitions:
    """All assets, checks, jobs and schedules; the command line passes a reporter of its own."""
    modules = (ingestion, identity, ledger, warehouse, quality, reviews, schedules, delivery)
    return dg.Definitions.merge(
        *(module.definitions() for module in modules),
        # One process per run: it holds the run's lock from its first step to its last.
        dg.Definitions(resources=resources(reporter), executor=dg.in_process_executor),
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads; the processes that load it run the steps."""
    close_to_others()
    return assemble()
