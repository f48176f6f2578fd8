"""Pulls one source and says what the warehouse holds of it afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from ingestion.errors import DeskhouseError
from orchestration.settings import Settings
from orchestration.warehouse import engine_errors, open_read_only, warehouse_lock

_LOCK_WAIT_SECONDS = 30


@dataclass(frozen=True)
class RawTable:
    """State of a raw table after a pull; ``rows_changed`` counts new and changed rows of this pull."""

    rows: int
    rows_changed: int
    newest_ingested_at: datetime | None


@dataclass(frozen=True)
class Pulled:
    """What a pull brought; ``error`` is set when the source failed."""

    source: str
    tables: dict[str, RawTable] = field(default_factory=dict)
    load_ids: tuple[str, ...] = ()
    error: DeskhouseError | None = None

    @property
    def rows_changed(self) -> int:
        """New and changed rows over all tables."""
        return sum(table.rows_changed for table in self.tables.values())


def pull(source: str, settings: Settings) -> Pulled:
    """Load one source through its connector.

    Raises:
        WarehouseLockedError, DiskFullError: nothing can be written at all.
    """
    # dlt takes its folders from the environment when it is imported, and ingestion sets them first.
    from ingestion.pipeline import run_sources

    with warehouse_lock(settings.home, _LOCK_WAIT_SECONDS), engine_errors(settings.warehouse):
        result = run_sources([source], settings.ingestion)[0]
    if result.error is not None:
        return Pulled(source, error=result.error)
    return Pulled(source, _raw_tables(settings, source, result.rows), tuple(result.load_ids))


def _raw_tables(settings: Settings, source: str, changed: dict[str, int]) -> dict[str, RawTable]:
    with open_read_only(settings.warehouse) as connection:
        columns = connection.execute(
            """
            select table_name, bool_or(column_name = 'ingested_at') from information_schema.columns
            where table_schema = ? and table_name not like '\\_dlt%' escape '\\'
            group by table_name order by table_name
            """,
            [f"raw_{source}"],
        ).fetchall()
        return {
            table: _raw_table(connection, source, table, has_instant, changed.get(table, 0))
            for table, has_instant in columns
        }


def _raw_table(
    connection: duckdb.DuckDBPyConnection, source: str, table: str, has_instant: bool, changed: int
) -> RawTable:
    newest = "max(ingested_at)" if has_instant else "null"
    rows, newest_at = connection.execute(
        f'select count(*), {newest} from "raw_{source}"."{table}"'
    ).fetchall()[0]
    return RawTable(rows, changed, newest_at)
