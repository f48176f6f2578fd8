"""Where gate results are kept: ``raw_checks.results`` in the warehouse, append-only, read by the data-quality mart.

The mart is a view, so that the publication of a run already shows the results of its own gate.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import duckdb

from expectations.results import CheckResult
from orchestration.warehouse import engine_errors, open_read_only

_CREATE = """
create schema if not exists raw_checks;
create table if not exists raw_checks.results (
    run_id varchar not null,
    checked_at timestamp not null,
    checkpoint varchar not null,
    suite varchar not null,
    check_name varchar not null,
    schema_name varchar,
    table_name varchar,
    severity varchar not null,
    passed boolean not null,
    observed_value varchar,
    expected_value varchar,
    failed_rows bigint,
    owner varchar not null,
    why varchar not null,
    action varchar not null,
    as_of timestamp not null
)
"""


def ensure_results_table(warehouse: Path) -> None:
    """Create the empty table, so that dbt finds its source from the first build on."""
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    with engine_errors(warehouse), duckdb.connect(str(warehouse)) as connection:
        connection.execute(_CREATE)


def append_results(
    warehouse: Path,
    results: Iterable[CheckResult],
    run_id: str,
    as_of: datetime,
    checked_at: datetime,
) -> None:
    """Add the results of one checkpoint.

    Args:
        warehouse: the working file.
        results: one per expectation.
        run_id: run that checked.
        as_of: instant of the data, aware UTC.
        checked_at: wall clock of the check, aware UTC.
    """
    rows = [
        (
            run_id,
            checked_at.replace(tzinfo=None),
            result.checkpoint,
            result.suite,
            result.check_name,
            result.schema,
            result.table,
            result.severity,
            result.passed,
            result.observed,
            result.expected,
            result.failed_rows,
            result.owner,
            result.why,
            result.action,
            as_of.replace(tzinfo=None),
        )
        for result in results
    ]
    ensure_results_table(warehouse)
    if not rows:
        return
    with engine_errors(warehouse), duckdb.connect(str(warehouse)) as connection:
        placeholders = ", ".join("?" for _ in rows[0])
        connection.executemany(f"insert into raw_checks.results values ({placeholders})", rows)


def was_checked(warehouse: Path, run_id: str, checkpoint: str) -> bool:
    """Whether a run has looked at a border; what it found there blocks what lies downstream by itself.

    Args:
        warehouse: the working file.
        run_id: the run.
        checkpoint: raw, marts or publication.
    """
    with open_read_only(warehouse) as connection:
        found = connection.execute(
            "select count(*) from raw_checks.results where run_id = ? and checkpoint = ?",
            [run_id, checkpoint],
        ).fetchall()
    return bool(found[0][0])
