"""Checks a landing file against the canonical contract, column by column; never a whole file for one bad row."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import compress
from typing import Any

import pyarrow as pa

from ingestion.canonical import Column, Table, envelope
from ingestion.forgotten import SUPPRESSED
from ingestion.persons import Persons
from ingestion.sheet_rules import has_rules, row_faults
from ingestion.sources.landing.cells import (
    Batch,
    Cell,
    Content,
    Faults,
    FileError,
    Refusal,
    counted,
)
from ingestion.sources.landing.folder_settings import FolderSettings
from ingestion.sources.landing.instants import Dialect
from ingestion.sources.landing.limits import Limits
from ingestion.sources.landing.numerals import Mark, decimal_shown
from ingestion.sources.landing.plausible import Plausible
from ingestion.sources.landing.texts import LandedTexts
from ingestion.sources.landing.values import CellReader, Noticed
from ingestion.unchanged import Row, content_hash

_DEFAULT_SOURCE = "manual"  # rules belong to the tenant, so their files need not name a system
_FILLED = ("ingested_at", "row_hash", "load_id")
"""The load fills them; a file's own values would defeat change detection."""
_ARROW = {
    "text": pa.string(),
    "json": pa.string(),
    "int": pa.int64(),
    "numeric": pa.decimal128(18, 6),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "ts": pa.timestamp("us", tz="UTC"),
}
Identity = tuple[Any, ...]
ReferenceCheck = Callable[[Row], list[tuple[str, str]]]


@dataclass
class Checked:
    """What a file brought: typed rows with ``line_no``, refusals (the first; all are counted), what was noticed.

    ``refused`` are the identities of refused rows, null where a refused row's identity is not known: what they name
    stays in force.
    """

    rows: list[pa.Table] = field(default_factory=list)
    row_count: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    refused_count: int = 0
    refused: set[Identity | None] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    tenants: set[str] = field(default_factory=set)
    broken: str | None = None


def column_types(table: Table) -> dict[str, str]:
    """Types of the columns that a landing table carries besides the load's own."""
    own = {column.name: column.type for column in table.columns.values()}
    common = {name: column.type for name, column in envelope().items() if name != "load_id"}
    return common | own


def arrow_schema(types: dict[str, str]) -> pa.Schema:
    """Arrow schema of columns by contract type."""
    return pa.schema([(name, _ARROW[type_]) for name, type_ in types.items()])


class FileCheck:
    """Checks one file; create, `run`, and read ``result``."""

    def __init__(
        self,
        table: Table,
        file_name: str,
        settings: FolderSettings,
        limits: Limits,
        references: ReferenceCheck | None = None,
        default_source: str | None = None,
        persons: Persons | None = None,
        texts: LandedTexts | None = None,
        today: datetime | None = None,
    ) -> None:
        """``default_source`` stands where rows name no source_system (a seed's rows have none).

        ``texts`` keeps texts of messages, if any. ``today`` is the instant behind which nothing can have happened yet;
        null: not asked.

        Raises:
            ValueError: the table names buyers, and nobody is there to hash them (``persons``).
        """
        if table.personal and persons is None:
            raise ValueError(f"{table.name} names buyers: it is read with persons only")
        self._persons = persons
        self._texts = texts
        self.result = Checked()
        self._table = table
        self._file = file_name
        self._plausible = Plausible(table, today)
        self._settings = settings
        self._limits = limits
        self._references = references
        self._source = default_source or (_DEFAULT_SOURCE if table.kind == "rule" else None)
        self._noticed = Noticed()
        self._reader = CellReader(settings.of(file_name).decimal, noticed=self._noticed)
        self._shown: Mark | None = None
        self._contract = {
            name: column
            for name, column in (envelope() | table.columns).items()
            if name not in _FILLED
        }
        self._types = column_types(table)
        self._has_rules = has_rules(table)

    def run(self, content: Content) -> Checked:
        """Draw and check all batches; a missing required column refuses the file as one refusal on line 0."""
        if content.is_partial:
            self.result.refused.add(None)
        try:
            if not self._is_complete(content):
                return self.result
            for batch in content.batches:
                self._bad_lines(content)
                self._weigh(batch, content.separator)
                self._batch(batch)
            self._bad_lines(content)
            # JSON shows its columns only when the last line was read.
            if self._is_complete(content):
                self._note(content)
        except FileError as error:
            self.refuse_file(str(error), error.line)
        return self.result

    def refuse_file(self, reason: str, line: int = 0, column: str | None = None) -> None:
        """Refuse the file as a whole: no row of it counts."""
        where = f"line {line}: " if line else ""
        refusal = Refusal(self._table.name, self._file, 0, column, where + reason)
        self.result = Checked(
            refusals=[refusal], refused_count=1, refused={None}, broken=where + reason
        )

    def _is_complete(self, content: Content) -> bool:
        missing = [name for name in required_columns(self._table) if name not in content.columns]
        if not missing or not content.columns:
            return True
        if not any(name in self._contract or name in _FILLED for name in content.columns):
            self.refuse_file(
                f"the header names no column of {self._table.name}; the first line must name them (at least "
                f"{', '.join(missing)}), each in a cell of its own",
                column=missing[0],
            )
            return False
        near = difflib.get_close_matches(missing[0], content.columns, 1, 0.6)
        meant = f"; is {near[0]} meant?" if near else "; add it"
        self.refuse_file(
            f"the file lacks the required column {', '.join(missing)}{meant}", column=missing[0]
        )
        return False

    def _bad_lines(self, content: Content) -> None:
        for bad in content.bad_lines:
            self._refuse(bad.line, bad.column, bad.reason, bad.content)
            self.result.refused.add(None)
            self.result.refused_count += 1
        content.bad_lines.clear()

    def _refuse(
        self, line: int, column: str | None, reason: str, content: dict[str, Any] | None
    ) -> None:
        if len(self.result.refusals) < self._limits.refusals:
            self.result.refusals.append(
                Refusal(self._table.name, self._file, line, column, reason, content)
            )

    def _batch(self, batch: Batch) -> None:
        if not len(batch):
            return
        values, faults = self._typed(batch)
        self._plausible.refuse(values, faults)
        count = len(batch)
        for name, column in self._contract.items():
            _fill(values, name, column, faults, count)
        self._fill_envelope(values, faults, count)
        texts = self._texts.plain(self._table, values) if self._texts is not None else ()
        if self._persons is not None:
            self._persons.hide(self._table, values)
        self._keep(batch, values, faults, texts)

    def _weigh(self, batch: Batch, separator: str | None) -> None:
        """Learn from a batch's own numbers how the file writes decimals, unless settings say it."""
        numbers = [
            batch.columns[name]
            for name, column in self._contract.items()
            if column.type == "numeric" and name in batch.columns
        ]
        if numbers and self._shown != ",":
            self._shown = decimal_shown(numbers, separator) or self._shown
            self._reader = replace(self._reader, shown=self._shown)

    def _typed(self, batch: Batch) -> tuple[dict[str, list[Any]], Faults]:
        faults: Faults = {}
        values: dict[str, list[Any]] = {}
        for name, column in self._contract.items():
            cells = batch.columns.get(name)
            if cells is None:
                values[name] = [None] * len(batch)
                continue
            chosen: Sequence[Dialect] = ()
            if column.type in ("ts", "date"):
                chosen = self._dialects(name, batch)
            values[name], wrong = self._reader.column(column, cells, chosen)
            for place, reason in wrong.items():
                faults.setdefault(place, []).append((name, reason))
        return values, faults

    def _dialects(self, name: str, batch: Batch) -> Sequence[Dialect]:
        def dialect(source: Cell) -> Dialect:
            chosen = self._settings.of(self._file, source if isinstance(source, str) else None)
            return Dialect(chosen.time_zone, chosen.date_order, name in chosen.excel_serials)

        sources = batch.columns.get("source_system")
        if not self._settings.sources or sources is None:
            return [dialect(None)]
        by_source = {source: dialect(source) for source in set(sources)}
        return [by_source[source] for source in sources]

    def _fill_envelope(self, values: dict[str, list[Any]], faults: Faults, count: int) -> None:
        table = self._table
        if self._source is not None:
            values["source_system"] = [v or self._source for v in values["source_system"]]
        _require(values, ("tenant_id", "source_system"), faults)
        if None in values["source_id"]:
            keys = [values[name] for name in table.key]
            values["source_id"] = [
                given
                if given is not None
                else _joined([key[i] for key in keys]) or values["tenant_id"][i]
                for i, given in enumerate(values["source_id"])
            ]
        if table.at == "occurred_at":
            _require(values, ("occurred_at",), faults)
        elif table.at:
            values["occurred_at"] = [
                given if given is not None else at
                for given, at in zip(values["occurred_at"], values[table.at], strict=True)
            ]
        values["is_deleted_in_source"] = [v or False for v in values["is_deleted_in_source"]]

    def _keep(
        self,
        batch: Batch,
        values: dict[str, list[Any]],
        faults: Faults,
        texts: Sequence[str | None],
    ) -> None:
        self.result.tenants.update(tenant for tenant in values["tenant_id"] if tenant is not None)
        names = list(self._contract)
        hashes: list[str] = []
        good: list[bool] = []
        for place, cells in enumerate(zip(*(values[name] for name in names), strict=True)):
            row = dict(zip(names, cells, strict=True))
            wrong = faults.get(place) or self._row_faults(row)
            good.append(not wrong)
            if wrong:
                self._refuse_row(batch, place, row, wrong)
            else:
                hashes.append(content_hash(row))
                if texts and self._texts is not None:
                    self._texts.take(row, texts[place])
        kept = {name: list(compress(values[name], good)) for name in names}
        kept["row_hash"] = hashes
        kept["ingested_at"] = [None] * len(hashes)
        schema = arrow_schema(self._types | {"line_no": "int"})
        kept["line_no"] = list(compress(batch.lines, good))
        arrays = [pa.array(kept[field.name], field.type) for field in schema]
        self.result.rows.append(pa.Table.from_arrays(arrays, schema=schema))
        self.result.row_count += len(hashes)

    def _row_faults(self, row: Row) -> list[tuple[str, str]]:
        references = self._references(row) if self._references is not None else []
        return (row_faults(self._table.name, row) if self._has_rules else []) + references

    def _refuse_row(self, batch: Batch, place: int, row: Row, wrong: list[tuple[str, str]]) -> None:
        self.result.refused_count += 1
        broken = {column for column, _ in wrong}
        identity = tuple(row[name] for name in self._table.identity)
        self.result.refused.add(None if broken & set(self._table.identity) else identity)
        if len(self.result.refusals) >= self._limits.refusals:
            return
        # Of somebody who was forgotten nothing is kept, also where another cell of the row is at fault.
        is_forgotten = any(SUPPRESSED in (row[name] or "") for name in self._table.personal)
        content = None if is_forgotten else batch.row(place)
        named = [(batch.origins.get(column, column), reason) for column, reason in wrong]
        for column, reason in dict.fromkeys(named):
            self._refuse(batch.lines[place], column, reason, content)

    def _note(self, content: Content) -> None:
        self.result.notes += [*content.notes, *self._plausible.notes()]
        known = [*envelope(), *self._table.columns]
        for name in content.columns:
            if name and name not in known:
                near = difflib.get_close_matches(name, known, 1, 0.7)
                meant = f"; did you mean {near[0]}?" if near else ""
                self.result.notes.append(
                    f"column {name} is not in the contract and is ignored{meant}"
                )
        if self._noticed.without_offset:
            self.result.notes.append(
                f"{counted(self._noticed.without_offset, 'time')} without offset, read as UTC; if they are local, "
                "days and months are wrong at their edges: set time_zone in landing.yml"
            )
        if self._noticed.days and self._table.kind == "event":
            self.result.notes.append(
                f"{counted(self._noticed.days, 'instant')} given as a bare date, read as midnight; waiting times "
                "from there are guesses"
            )


def required_columns(table: Table) -> list[str]:
    """Columns that a file must have, because nothing fills them."""
    owner = ["tenant_id"] if table.kind == "rule" else ["tenant_id", "source_system"]
    own = [c.name for c in table.columns.values() if c.required and c.default is None]
    return [*owner, *own, *(["occurred_at"] if table.at == "occurred_at" else [])]


def _fill(
    values: dict[str, list[Any]], name: str, column: Column, faults: Faults, count: int
) -> None:
    """Defaults for empty cells, or the fault of an empty required one; a refused cell is no empty one."""
    cells = values[name]
    if None not in cells:
        return
    if column.default is not None:
        default = default_of(column)
        values[name] = [default if cell is None else cell for cell in cells]
    elif column.required:
        _require(values, (name,), faults)


def default_of(column: Column) -> Any:
    """Typed default of a column; a word that would mean nothing in a file means itself here."""
    (value,), _ = CellReader().column(column, [column.default], [Dialect()])
    return column.default if value is None else value


def _require(values: dict[str, list[Any]], names: Sequence[str], faults: Faults) -> None:
    for name in names:
        for place, value in enumerate(values[name]):
            if value is None and name not in {column for column, _ in faults.get(place, ())}:
                faults.setdefault(place, []).append((name, f"{name} is empty"))


def _joined(parts: Sequence[Any]) -> str:
    return "|".join("" if part is None else str(part) for part in parts)
