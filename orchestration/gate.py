"""Runs a checkpoint of the gate and keeps its results where the data-quality mart reads them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from expectations.batches import Checkpoint, Circumstances
from expectations.results import CheckResult
from ingestion.errors import DeskhouseError
from orchestration.check_store import append_results, ensure_results_table
from orchestration.settings import Settings
from orchestration.warehouse import engine_errors

_PROFILE_DAYS = 30


class GateError(DeskhouseError):
    """A critical check failed; what was published before stays."""


def run_gate(
    checkpoint: Checkpoint, settings: Settings, run_id: str, file: Path | None = None
) -> list[CheckResult]:
    """Evaluate a border and append its results to the warehouse.

    Args:
        checkpoint: raw and marts look at the warehouse, publication at ``file``.
        settings: of this run.
        run_id: names the run in the results.
        file: the staged publication.
    """
    # GX takes seconds to import, and only those who check need it.
    from expectations.checkpoints import run_checkpoint

    circumstances = Circumstances(settings.as_of, published_rows(settings))
    with engine_errors(settings.warehouse):
        results = run_checkpoint(checkpoint, file or settings.warehouse, circumstances)
    append_results(settings.warehouse, results, run_id, settings.as_of, datetime.now(UTC))
    return results


def published_rows(settings: Settings) -> dict[str, int]:
    """Rows by ``schema.table`` of what readers see, empty when this run looks at an earlier instant than that did."""
    record = settings.published_dir / "current" / "publication.json"
    if not record.is_file():
        return {}
    content = json.loads(record.read_text(encoding="utf-8"))
    if datetime.fromisoformat(content["as_of"]) > settings.as_of:
        return {}
    rows: dict[str, int] = content["rows"]
    return rows


def profile_raw_tables(settings: Settings) -> dict[str, int]:
    """Count the rows of every raw table and keep the counts, the baseline of later runs; returns them by address."""
    ensure_results_table(settings.warehouse)
    checked_at = datetime.now(UTC).replace(tzinfo=None)
    with (
        engine_errors(settings.warehouse),
        duckdb.connect(str(settings.warehouse)) as connection,
    ):
        connection.execute(
            "create table if not exists raw_checks.table_profiles "
            "(address varchar not null, row_count bigint not null, checked_at timestamp not null)"
        )
        counts = raw_row_counts(connection)
        connection.executemany(
            "insert into raw_checks.table_profiles values (?, ?, ?)",
            [(address, rows, checked_at) for address, rows in counts.items()]
            or [("", 0, checked_at)],
        )
        connection.execute(
            "delete from raw_checks.table_profiles "
            f"where address = '' or checked_at < ?::timestamp - interval {_PROFILE_DAYS} day",
            [checked_at],
        )
    return counts


def raw_row_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows of every raw table by ``schema.table``."""
    tables = connection.execute(
        """
        select table_schema, table_name from information_schema.tables
        where table_schema like 'raw\\_%' escape '\\' and table_schema not like '%\\_staging' escape '\\'
            and table_schema not in ('raw_checks', 'raw_identity') and table_name not like '\\_dlt%' escape '\\'
        order by 1, 2
        """
    ).fetchall()
    return {
        f"{schema}.{table}": connection.execute(
            f'select count(*) from "{schema}"."{table}"'
        ).fetchall()[0][0]
        for schema, table in tables
    }


def forget_profiles(settings: Settings) -> None:
    """Drop the baseline of raw row counts; the next run sets a new one (``--full-refresh``)."""
    if settings.warehouse.exists():
        with (
            engine_errors(settings.warehouse),
            duckdb.connect(str(settings.warehouse)) as connection,
        ):
            connection.execute("drop table if exists raw_checks.table_profiles")
