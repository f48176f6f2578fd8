"""Names of the gate's suites without importing Great Expectations, which takes seconds."""

from __future__ import annotations

from expectations.batches import Checkpoint
from expectations.suites import SUITES


def suite_assets(checkpoint: Checkpoint) -> list[tuple[str, str, str]]:
    """(suite, schema, table) of a border."""
    return [
        (suite.name, suite.schema, suite.table)
        for suite in SUITES
        if suite.checkpoint == checkpoint
    ]
