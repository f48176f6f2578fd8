"""One engine in memory for all questions: none sees what another one asked about, and files are read as they are."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from ingestion.in_memory import in_memory


def test_what_one_connection_asks_about_no_other_one_sees() -> None:
    with in_memory() as one, in_memory() as other:
        one.register("incoming", pa.table({"place": [1]}))
        one.execute("create temp table ranked as select place from incoming")
        for name in ("incoming", "ranked"):
            assert one.execute(f"select place from {name}").fetchall() == [(1,)]
            with pytest.raises(duckdb.CatalogException):
                other.execute(f"select place from {name}")
    with in_memory() as next_one:
        assert next_one.execute("select count(*) from duckdb_tables()").fetchall() == [(0,)]
        assert next_one.execute("select current_setting('TimeZone')").fetchall() == [("UTC",)]


def test_a_file_that_was_replaced_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    for place in range(3):
        parquet.write_table(pa.table({"place": [place]}), path)
        with in_memory() as connection:
            assert connection.execute(f"select place from '{path}'").fetchall() == [(place,)]
