"""What a vendor sent and nobody can read: refused alone, named, and listed in ``data_quality.quarantined_records``.

Every vendor's dataset has a table of refused records with the columns of the landing folder's. No content is kept,
because what vendors send holds personal data; a record says where it stood and what was wrong with it.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import dlt
import pyarrow as pa
from dlt.extract.resource import DltResource

from ingestion.config import IngestionSettings, tenant_of
from ingestion.privacy import Pseudonymiser, load_pseudonymiser
from ingestion.unchanged import Row, UnchangedFilter, stored_rows

TABLE = "quarantined_records"
SHOWN_IN_LOG = 20
"""Refusals of a table that are written to the log one by one; the rest is counted."""

QUIET_TURNS_AT_END = 2
_TYPES = {
    "record_id": "text",
    "tenant_id": "text",
    "source_system": "text",
    "table_name": "text",
    "file_name": "text",
    "line_no": "bigint",
    "column_name": "text",
    "reason": "text",
    "row_hash": "text",
    "ingested_at": "timestamp",
    "is_removed": "bool",
}
_ARROW = {
    "text": pa.string(),
    "bigint": pa.int64(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "bool": pa.bool_(),
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Refused:
    """One refused record, or one part of a record.

    Attributes:
        table: canonical table it was for.
        scope: what the vendor delivers as one (an audit, the report of a site); read again, it is judged anew.
        detail: what tells the refusals of a scope apart; only a keyed hash of it is kept.
        document: report or endpoint it came in.
        line: line of the document, from 1; None where it has no lines.
        column: the vendor's name of the part at fault; None = the record as such.
        reason: one sentence without the value.
    """

    table: str
    scope: str
    detail: str
    document: str
    line: int | None
    column: str | None
    reason: str


class VendorQuarantine:
    """Collects the refusals of one run of a vendor and keeps the vendor's table of them in step.

    A refusal stays listed until its scope is read again without it. Declare :meth:`resource` last and wrap every other
    stream in :meth:`watched`, so that the table is written when all of them have ended.
    """

    def __init__(self, settings: IngestionSettings, vendor: str, source_system: str) -> None:
        self._settings = settings
        self._vendor = vendor
        self._source_system = source_system
        self._rows: dict[str, Row] = {}
        self._by_scope: dict[str, set[str]] = {}
        self._read_again: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._open_streams = 0
        self._pseudonymiser: Pseudonymiser | None = None
        self._stored: dict[str, set[str]] | None = None

    def refuse(self, refused: Refused) -> None:
        """Note a refusal and say it in the log."""
        scope = self._digest(refused.table, refused.scope)
        detail = self._digest(refused.detail, refused.column or "", refused.reason)
        record_id = f"{scope}-{detail}"
        if record_id in self._rows:
            return
        self._by_scope.setdefault(scope, set()).add(record_id)
        self._rows[record_id] = {
            "record_id": record_id,
            "tenant_id": tenant_of(self._vendor),
            "source_system": self._source_system,
            "table_name": refused.table,
            "file_name": refused.document,
            "line_no": refused.line,
            "column_name": refused.column,
            "reason": refused.reason,
        }
        self._counts[refused.table] += 1
        if self._counts[refused.table] <= SHOWN_IN_LOG:
            place = f"{refused.document} line {refused.line}" if refused.line else refused.document
            logger.warning(
                "%s refused: %s, %s: %s",
                self._vendor,
                place,
                refused.column or "record",
                refused.reason,
            )

    def read_again(self, table: str, scope: str) -> None:
        """Note that a scope is about to be read: what was refused of it earlier, in this run too, is judged anew."""
        if not self._stored_scopes() and not self._by_scope:
            return
        digest = self._digest(table, scope)
        for record_id in self._by_scope.pop(digest, ()):
            del self._rows[record_id]
        if digest in self._stored_scopes():
            self._read_again.add(digest)

    def watched(self, read: Callable[[], Iterator[Any]]) -> Callable[[], Iterator[Any]]:
        """The stream, known as open from its first item to its end."""

        def items() -> Iterator[Any]:
            self._open_streams += 1
            try:
                yield from read()
            finally:
                self._open_streams -= 1

        return items

    def resource(self) -> DltResource:
        """The dlt resource of the vendor's table of refused records."""
        return _resource(self._load)

    def _load(self) -> Iterator[Any]:
        quiet_turns = 0
        # Between two turns every other stream had one: without an open one twice, all have ended.
        while quiet_turns < QUIET_TURNS_AT_END:
            quiet_turns = 0 if self._open_streams else quiet_turns + 1
            yield None
        refused = Counter(row["table_name"] for row in self._rows.values())
        for table, count in sorted(refused.items()):
            logger.warning(
                "%s: %d records of %s were refused; data_quality.quarantined_records lists them",
                self._vendor,
                count,
                table,
            )
        dataset = f"raw_{self._vendor}"
        # Where it stood moves from report to report; the first place named is kept.
        unchanged = UnchangedFilter(
            self._settings.warehouse,
            dataset,
            TABLE,
            ["record_id"],
            self._settings.as_of,
            volatile=("file_name", "line_no"),
        )
        healed: list[Row] = [
            {"record_id": record_id, "is_removed": True}
            for scope in self._read_again
            for record_id in self._stored_scopes()[scope]
            if record_id not in self._rows
        ]
        changed = unchanged.rows(list(self._rows.values())) + healed
        if changed:
            yield _arrow(changed)

    def _stored_scopes(self) -> dict[str, set[str]]:
        """Stored record ids by the digest of their scope."""
        if self._stored is None:
            self._stored = {}
            found = stored_rows(
                self._settings.warehouse, f"raw_{self._vendor}", TABLE, ["record_id"]
            )
            for (record_id,) in found:
                self._stored.setdefault(record_id.partition("-")[0], set()).add(record_id)
        return self._stored

    def _digest(self, *parts: str) -> str:
        if self._pseudonymiser is None:
            self._pseudonymiser = load_pseudonymiser(self._settings.home)
        text = "\x1f".join(parts).encode("utf-8", "surrogatepass")
        return self._pseudonymiser.digest(text, 12)


def empty_resource() -> DltResource:
    """The resource that only creates the table."""
    return _resource(lambda: iter(()))


def _resource(load: Callable[[], Iterator[Any]]) -> DltResource:
    def items() -> Iterator[Any]:
        yield _arrow([])  # an empty page makes the table exist, typed like the full ones
        yield from load()

    columns: dict[str, Any] = {
        name: {"name": name, "data_type": kind, "nullable": name != "record_id"}
        for name, kind in _TYPES.items()
    }
    columns["is_removed"]["hard_delete"] = True
    declare: Any = dlt.resource  # its overloads cannot express hints built at run time
    made: DltResource = declare(
        items, name=TABLE, primary_key="record_id", write_disposition="merge", columns=columns
    )
    return made


def _arrow(rows: list[Row]) -> pa.Table:
    fields = [
        pa.field(name, _ARROW[kind], nullable=name != "record_id") for name, kind in _TYPES.items()
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))
