"""The part of the code location that a pull needs: no dbt, no checks, nothing of the publication."""

from __future__ import annotations

import dagster as dg

from orchestration.defs import ingestion
from orchestration.resources import Reporter, resources


def assemble_pull(reporter: Reporter | None = None) -> dg.Definitions:
    """The raw tables and the job that pulls them, as in the whole location (`definitions.assemble`).

    A run in which nothing is new ends after its pull; loading all definitions would be a good part of what it costs.
    """
    return dg.Definitions.merge(
        ingestion.definitions(),
        dg.Definitions(
            jobs=[ingestion.pull_job()],
            resources=resources(reporter),
            executor=dg.in_process_executor,
        ),
    )
