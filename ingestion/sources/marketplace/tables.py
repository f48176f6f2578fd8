"""Raw tables of the marketplace connectors: an allow-list of columns with frozen types.

A field that is not declared is not loaded, so a new vendor field can bring no personal data in unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import dlt
import orjson
import pyarrow as pa
from dlt.extract.resource import DltResource

from ingestion.config import IngestionSettings
from ingestion.sources.typed_columns import ENVELOPE, arrow_schema, column_hints, typed_array
from ingestion.unchanged import Row, UnchangedFilter

COMPARED_ROWS = 2_000
"""Rows compared with the warehouse at a time: a look-up per vendor page of 100 would cost more than the page."""

CONTRACT: Any = {"tables": "evolve", "columns": "evolve", "data_type": "freeze"}


@dataclass(frozen=True)
class RawTable:
    """One raw table of a vendor.

    Attributes:
        vendor: name of the source; its dataset is ``raw_<vendor>``.
        name: table and resource name, the vendor's noun.
        columns: column → text, bigint, bool or timestamp; instants arrive as ISO-8601 text.
        key: columns the merge replaces by.
        newest_by: column that orders two versions of a row in one load; the greater one is kept.
        volatile: columns that move without a change of meaning; they stay out of ``row_hash``.
    """

    vendor: str
    name: str
    columns: dict[str, str]
    key: tuple[str, ...]
    newest_by: str | None = None
    volatile: tuple[str, ...] = ()

    @property
    def dataset(self) -> str:
        """Schema the table lies in."""
        return f"raw_{self.vendor}"

    def hints(self) -> dict[str, Any]:
        """Column hints for dlt."""
        return column_hints(self.columns, self.key, self.newest_by)

    def resource(self, read: Callable[[], Iterator[Any]] | None) -> DltResource:
        """The dlt resource; without ``read`` (schema only) it just creates the empty table."""

        def items() -> Iterator[Any]:
            # An empty page creates the table; dlt's own marker would add a column that Arrow pages cannot fill.
            yield self.arrow([], "")
            if read is not None:
                yield from read()

        return dlt.resource(
            items,
            name=self.name,
            primary_key=list(self.key),
            write_disposition="merge",
            columns=self.hints(),
            schema_contract=CONTRACT,
        )

    def unchanged(self, settings: IngestionSettings) -> UnchangedFilter:
        """Filter against what the warehouse holds of this table."""
        return UnchangedFilter(
            settings.warehouse,
            self.dataset,
            self.name,
            self.key,
            settings.as_of,
            volatile=(*self.volatile, "_tenant_id"),
        )

    def changed_pages(
        self, settings: IngestionSettings, tenant_id: str, pages: Iterable[list[Row]]
    ) -> Iterator[pa.Table]:
        """New and changed rows of the vendor's pages as Arrow tables; small pages are compared together."""
        unchanged = self.unchanged(settings)
        waiting: list[Row] = []
        for rows in pages:
            waiting += [dict(row) for row in rows]
            if len(waiting) >= COMPARED_ROWS:
                yield from self._changed(unchanged, waiting, tenant_id)
                waiting = []
        yield from self._changed(unchanged, waiting, tenant_id)

    def _changed(
        self, unchanged: UnchangedFilter, rows: list[Row], tenant_id: str
    ) -> Iterator[pa.Table]:
        changed = unchanged.rows(rows)
        if changed:
            yield self.arrow(changed, tenant_id)

    def arrow(self, rows: Sequence[Row], tenant_id: str) -> pa.Table:
        """Rows as an Arrow table of exactly the declared types.

        Raises:
            ContractError: the vendor sent another type than declared; nothing is loaded.
        """

        def record(place: int) -> str:
            return ", ".join(f"{part} {rows[place].get(part)}" for part in self.key)

        arrays = []
        for name, kind in (self.columns | ENVELOPE).items():
            values: list[Any] = [row.get(name) for row in rows]
            if name == "_tenant_id":
                values = [tenant_id] * len(rows)
            arrays.append(typed_array(self.vendor, f"{self.name}.{name}", kind, values, record))
        return pa.table(arrays, schema=arrow_schema(self.columns, self.key))


def json_text(value: Any) -> str | None:
    """Compact JSON text with sorted keys; null and empty become null."""
    if not value:
        return None
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
