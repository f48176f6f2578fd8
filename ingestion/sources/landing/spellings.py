"""Tenants and systems that are written in two ways: Acme and acme are two companies to every table behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.warehouse_file import opened

_WHAT = {"tenant_id": "companies", "source_system": "systems"}
_STORED = "what is stored"
Names = Iterable[tuple[str, str]]
"""Columns with the names that stand in them."""


class Spellings:
    """Remembers how names were written first, and says where they are written otherwise."""

    def __init__(self, stored: Callable[[], Names]) -> None:
        """``stored`` gives the names of the warehouse; asked once, with the first file that is read."""
        self._stored = stored
        self._known: dict[tuple[str, str], tuple[str, str]] | None = None

    def notes(self, part: str, rows: Sequence[pa.Table]) -> list[str]:
        """A sentence for each column in which a file writes a name in another case than was seen before."""
        if self._known is None:
            self._known = {}
            for column, name in sorted(self._stored()):
                self._known.setdefault((column, name.casefold()), (name, _STORED))
        found = []
        for column, many in _WHAT.items():
            for name in _names(rows, column):
                first, place = self._known.setdefault((column, name.casefold()), (name, part))
                if first != name:
                    where = "other rows of it" if place == part else place
                    found.append(
                        f"{column} is written in another case than in {where}, so they count as two {many}; "
                        "write it one way"
                    )
        return list(dict.fromkeys(found))


def _names(rows: Sequence[pa.Table], column: str) -> list[str]:
    names = {name for batch in rows for name in pc.unique(batch.column(column)).to_pylist()}
    return sorted(name for name in names if name is not None)


def stored_names(warehouse: Path, dataset: str, tables: Iterable[str]) -> set[tuple[str, str]]:
    """Tenants and systems of stored tables, as (column, name); tables that are not there have none."""
    found: set[tuple[str, str]] = set()
    with opened(warehouse) as connection:
        for table in sorted(set(tables)):
            for column in _WHAT:
                try:
                    names = connection.execute(
                        f'select distinct {column} from "{dataset}"."{table}" where {column} is not null'
                    ).fetchall()
                except duckdb.CatalogException:
                    break
                found |= {(column, str(name)) for (name,) in names}
    return found
