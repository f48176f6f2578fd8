"""Tables of the ledger and their copy in the warehouse, schema ``raw_ledger``, which dbt reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.ledger.chain import Ledger
from orchestration.warehouse import engine_errors, parquet_rows

SCHEMA = "raw_ledger"

_NUMBER = "decimal(28, 9)"
_SERIES = {
    "kpi_monthly_key": "varchar",
    "tenant_id": "varchar",
    "month": "date",
    "kpi_id": "varchar",
    "kpi_version": "integer",
    "stat": "varchar",
    "clock": "varchar",
    "layer": "varchar",
    "variant": "varchar",
    "scope_type": "varchar",
    "scope_id": "varchar",
}

TABLES: dict[str, dict[str, str]] = {
    "closes": {
        "close_id": "varchar",
        "tenant_id": "varchar",
        "month": "date",
        "closed_at": "timestamp",
        "closed_by": "varchar",
        "data_as_of": "timestamp",
        "row_count": "bigint",
        "snapshot_hash": "varchar",
        "gate_results": "varchar",
        "waived_gates": "varchar",
    },
    "snapshots": {
        "close_id": "varchar",
        **_SERIES,
        "is_governed": "boolean",
        "unit": "varchar",
        "value": _NUMBER,
        "value_text": "varchar",
        "numerator": _NUMBER,
        "denominator": _NUMBER,
        "n": "bigint",
        "ci_low": _NUMBER,
        "ci_high": _NUMBER,
        "target": _NUMBER,
        "target_high": _NUMBER,
        "target_class": "varchar",
        "target_version_id": "varchar",
        "amber_tolerance": _NUMBER,
        "direction": "varchar",
        "status": "varchar",
        "status_reason": "varchar",
        "gap_to_target": _NUMBER,
        "mom_delta": _NUMBER,
        "mom_rel": _NUMBER,
        "yoy_delta": _NUMBER,
        "yoy_rel": _NUMBER,
        "trend_3m": "varchar",
        "off_target_streak": "integer",
        "red_streak": "integer",
        "signal": "varchar",
        "accountable_role": "varchar",
        "accountable_person": "varchar",
        "forum_id": "varchar",
        "definition_hash": "varchar",
        "as_of": "timestamp",
    },
    "facts": {
        "tenant_id": "varchar",
        "area": "varchar",
        "subject_key": "varchar",
        "month": "date",
        "row_count": "bigint",
        "content_hash": "varchar",
        "state": "varchar",
        "recorded_at": "timestamp",
    },
    "restatements": {
        "restatement_id": "varchar",
        **_SERIES,
        "old_value": _NUMBER,
        "new_value": _NUMBER,
        "old_value_text": "varchar",
        "new_value_text": "varchar",
        "old_status": "varchar",
        "new_status": "varchar",
        "delta": _NUMBER,
        "reason_code": "varchar",
        "detail": "varchar",
        "affected_rows": "bigint",
        "detected_at": "timestamp",
        "definition_hash": "varchar",
        "target_version_id": "varchar",
    },
    "restatement_reviews": {
        "tenant_id": "varchar",
        "restatement_id": "varchar",
        "kind": "varchar",
        "person": "varchar",
        "forum_id": "varchar",
        "reason_code": "varchar",
        "note": "varchar",
        "reviewed_at": "timestamp",
        "recorded_at": "timestamp",
        "recorded_by": "varchar",
    },
    "actions": {
        "tenant_id": "varchar",
        "action_id": "varchar",
        "forum_id": "varchar",
        "meeting_at": "timestamp",
        "month": "date",
        "kpi_id": "varchar",
        "scope_type": "varchar",
        "scope_id": "varchar",
        "trigger": "varchar",
        "decision": "varchar",
        "decision_type": "varchar",
        "owner": "varchar",
        "due_on": "date",
        "expected_kpi": "varchar",
        "expected_change": _NUMBER,
        "evaluate_on": "date",
        "status": "varchar",
        "closed_at": "timestamp",
        "evidence_ref": "varchar",
        "follow_up_action_id": "varchar",
        "recorded_at": "timestamp",
        "recorded_by": "varchar",
    },
    "signoffs": {
        "signoff_id": "varchar",
        "tenant_id": "varchar",
        "kind": "varchar",
        "subject": "varchar",
        "month": "date",
        "signed_by": "varchar",
        "reason": "varchar",
        "signed_at": "timestamp",
    },
    "acknowledgements": {
        "tenant_id": "varchar",
        "alert_id": "varchar",
        "acknowledged_by": "varchar",
        "note": "varchar",
        "acknowledged_at": "timestamp",
    },
}
"""Columns by table. A new column may be added at the end: older files read as null there."""


def ledger_of(home: Path) -> Ledger:
    """The ledger of a data folder."""
    return Ledger(home / "ledger")


def table_of(name: str, rows: list[dict[str, object]]) -> pa.Table:
    """Rows of a ledger table with its types; what a row does not name is null."""
    columns = TABLES[name]
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        listed = ", ".join(f'"{column}" {type_}' for column, type_ in columns.items())
        connection.execute(f"create table rows_of_a_table ({listed})")
        if rows:
            marks = ", ".join("?" for _ in columns)
            connection.executemany(
                f"insert into rows_of_a_table values ({marks})",
                [[row.get(column) for column in columns] for row in rows],
            )
        return connection.sql("select * from rows_of_a_table").to_arrow_table()


def ledger_instant(instant: datetime) -> datetime:
    """An instant as the tables hold it: UTC without a zone."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def rows_of(home: Path, table: str) -> Iterator[dict[str, Any]]:
    """Rows of a table of the ledger in the order they were written."""
    for _, path in ledger_of(home).files(table):
        with duckdb.connect() as connection:
            cursor = connection.execute(f"select * from {parquet_rows(path)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield dict(zip(names, row, strict=True))


def fill_raw_ledger(home: Path) -> None:
    """Copy the ledger into the warehouse, whole, in one transaction; an empty ledger gives empty tables.

    Raises:
        LedgerError: the ledger does not verify.
    """
    ledger = ledger_of(home)
    ledger.verify()
    warehouse = home / "warehouse.duckdb"
    with engine_errors(warehouse), duckdb.connect(str(warehouse)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("begin")
        connection.execute(f"create schema if not exists {SCHEMA}")
        for table, columns in TABLES.items():
            listed = ", ".join(f'"{column}" {type_}' for column, type_ in columns.items())
            connection.execute(
                f"create or replace table {SCHEMA}.{table} ({listed}, ledger_seq bigint)"
            )
            for seq, path in ledger.files(table):
                connection.execute(
                    f"insert into {SCHEMA}.{table} by name select *, {seq} as ledger_seq "
                    f"from {parquet_rows(path)}"
                )
        connection.execute("commit")
