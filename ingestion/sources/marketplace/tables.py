"""Raw tables of the marketplace connectors: an allow-list of columns with frozen types.

A field that is not declared is not loaded, so a new vendor field can bring no personal data in unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dlt
import orjson
import pyarrow as pa
from dlt.extract.resource import DltResource

from ingestion.config import IngestionSettings
from ingestion.errors import ContractError
from ingestion.unchanged import Row, UnchangedFilter

ARROW_TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "bigint": pa.int64(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}
ENVELOPE = {"_tenant_id": "text", "row_hash": "text", "ingested_at": "timestamp"}
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
        declared: dict[str, Any] = {
            name: {"data_type": kind, "nullable": name not in self.key}
            for name, kind in (self.columns | ENVELOPE).items()
        }
        if self.newest_by:
            declared[self.newest_by]["dedup_sort"] = "desc"
        return declared

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
        arrays = []
        for name, kind in (self.columns | ENVELOPE).items():
            values: list[Any] = [row.get(name) for row in rows]
            if name == "_tenant_id":
                values = [tenant_id] * len(rows)
            arrays.append(self._array(name, kind, values, rows))
        fields = [
            pa.field(name, ARROW_TYPES[kind], nullable=name not in self.key)
            for name, kind in (self.columns | ENVELOPE).items()
        ]
        return pa.table(arrays, schema=pa.schema(fields))

    def _array(self, name: str, kind: str, values: Sequence[Any], rows: Sequence[Row]) -> pa.Array:
        try:
            return _typed(kind, values)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
            place = next(i for i, value in enumerate(values) if not _fits(kind, value))
            key = ", ".join(f"{part} {rows[place].get(part)}" for part in self.key)
            raise ContractError(
                f"{self.vendor} {self.name}.{name} is declared {kind} but the vendor sent"
                f" a {type(values[place]).__name__} at {key}; nothing of this load was kept. Check the"
                f" vendor's change log, then adapt the column in ingestion/sources/{self.vendor}/columns.py"
                " and rebuild that table."
            ) from error


def _typed(kind: str, values: Sequence[Any]) -> pa.Array:
    if kind != "timestamp":
        return pa.array(values, ARROW_TYPES[kind])
    # A bare number would pass for microseconds since 1970: instants are texts with a zone, or aware instants of ours.
    if all(value is None or isinstance(value, datetime) for value in values):
        return pa.array(values, ARROW_TYPES[kind])
    return pa.array(values, pa.string()).cast(ARROW_TYPES[kind])


def _fits(kind: str, value: Any) -> bool:
    try:
        _typed(kind, [value])
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return False
    return True


def json_text(value: Any) -> str | None:
    """Compact JSON text with sorted keys; null and empty become null."""
    if not value:
        return None
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
