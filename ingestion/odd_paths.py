"""Lets dlt work in a folder with any name.

dlt makes names of data files with ``template % id`` from a template that begins with the folder, and puts paths into
SQL as they are: ``/data/100%/`` and ``/data/o'brien/`` fail, ``/data/[old]/`` and ``/data/a=b/`` are taken for patterns
and partitions. Delete what a later dlt does by itself; ``tests/e2e/test_two_tenants.py`` shows it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any


def as_template(template: str) -> str:
    """A template of a data file whose folder stands for itself; the placeholder of the name stays."""
    path = Path(template)
    return str(Path(str(path.parent).replace("%", "%%")) / path.name)


def parquet_rows(path: str) -> str:
    """The rows of one Parquet file, as DuckDB's SQL: no character of its path makes a pattern or a partition of it."""
    literal = re.sub(r"([*?\[])", r"[\1]", path).replace("'", "''")
    return f"read_parquet('{literal}', union_by_name = true, hive_partitioning = false)"


def allow_any_path() -> None:
    """Escape the paths that dlt puts into templates and SQL; calling it again changes nothing."""
    from dlt.common.storages.data_item_storage import DataItemStorage
    from dlt.destinations.impl.duckdb.duck import DuckDbCopyJob

    if getattr(DataItemStorage, "_allows_any_path", False):
        return
    make_writer, run = DataItemStorage._get_writer, DuckDbCopyJob.run

    def _get_writer(self: Any, *arguments: Any, **named: Any) -> Any:
        template = self._get_data_item_path_template
        self._get_data_item_path_template = lambda *given: as_template(template(*given))
        try:
            return make_writer(self, *arguments, **named)
        finally:
            del self._get_data_item_path_template

    def _run(self: Any) -> None:
        if not self._file_path.endswith(".parquet"):
            run(self)
            return
        self._sql_client = self._job_client.sql_client
        table = self._sql_client.make_qualified_table_name(self.load_table_name)
        rows = parquet_rows(self._file_path)
        self._sql_client.execute_sql(f"insert into {table} by name select * from {rows}")

    DataItemStorage._get_writer = _get_writer  # type: ignore[method-assign]
    DuckDbCopyJob.run = _run  # type: ignore[method-assign]
    DataItemStorage._allows_any_path = True  # type: ignore[attr-defined]
