"""A source that is not loaded has its tables all the same, those that a later release added too."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion.canonical import tables
from ingestion.config import IngestionSettings
from ingestion.pipeline import _tables_of, ensure_tables

AS_OF = datetime(2026, 1, 30, 6, tzinfo=UTC)


def test_a_warehouse_of_an_earlier_release_gets_the_new_tables_and_keeps_its_rows(
    tmp_path: Path,
) -> None:
    settings = IngestionSettings(tmp_path, AS_OF)
    ensure_tables("landing", settings)
    assert set(tables()) <= _tables_of("landing", settings)
    with duckdb.connect(str(settings.warehouse)) as connection:
        # as it was before the table came: neither it nor dlt's note of it is there
        connection.execute("drop table raw_landing.agent_identities")
        connection.execute("delete from raw_landing._dlt_version")
        connection.execute(
            "insert into raw_landing.tags (tag_id, _dlt_load_id) values ('kept', 'a load')"
        )
    assert "agent_identities" not in _tables_of("landing", settings)
    ensure_tables("landing", settings)
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        kept = connection.execute("select tag_id from raw_landing.tags").fetchall()
        found = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw_landing'"
        ).fetchall()
        loads = connection.execute(
            "select table_name from duckdb_columns() where schema_name = 'raw_landing' "
            "and column_name = '_dlt_load_id'"
        ).fetchall()
    assert kept == [("kept",)]
    assert set(tables()) <= {name for (name,) in loads}
    assert set(tables()) <= {name for (name,) in found}
