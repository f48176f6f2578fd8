"""Lets dlt work in a folder with any name.

dlt makes names of data files with ``template % id`` from a template that begins with the folder, and puts paths into SQL
as they are: ``/data/100%/`` and ``/data/o'brien/`` fail, ``/data/[old]/`` is taken for a pattern. Delete what a later dlt
does by itself; ``tests/e2e/test_two_tenants.py`` shows it.
"""

from __future__ import annotations

import os
import re
from typing import Any


def as_template(template: str) -> str:
    """A template of a data file whose folder stands for itself; the placeholder of the name stays."""
    folder, name = os.path.split(template)
    return os.path.join(folder.replace("%", "%%"), name)


def inside_quotes(path: str) -> str:
    """A path as it must stand between the quotes of DuckDB's ``read_parquet`` to mean this one file."""
    return re.sub(r"([*?\[])", r"[\1]", path).replace("'", "''")


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
        path = self._file_path
        self._file_path = inside_quotes(path)
        try:
            run(self)
        finally:
            self._file_path = path

    DataItemStorage._get_writer = _get_writer  # type: ignore[method-assign]
    DuckDbCopyJob.run = _run  # type: ignore[method-assign]
    DataItemStorage._allows_any_path = True  # type: ignore[attr-defined]
