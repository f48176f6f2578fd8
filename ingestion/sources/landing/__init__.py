"""Landing files: how a source without a connector enters, in canonical form (architecture §2, "Landing format").

Event tables are merged on their identity; a reference sheet (kind entity or rule) is complete, so a row that left the
readable sheets leaves the warehouse. A refused row, an unreadable file and a file that is absent say nothing about what
was there. What is null, read and refused, and which of two versions wins, is tabled in README.md beside this file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dlt
import pyarrow as pa
from dlt.extract.resource import DltResource

from ingestion.canonical import Table, tables
from ingestion.config import IngestionSettings
from ingestion.privacy import load_pseudonymiser
from ingestion.sources.landing import file_report, quarantine, versions
from ingestion.sources.landing.file_report import FileReport
from ingestion.sources.landing.folder import DATASET, LandingFolder
from ingestion.sources.landing.validation import arrow_schema
from ingestion.unchanged import Row, UnchangedFilter, stored_columns, stored_rows

Standing = dict[str, set[str]]
"""Columns of each raw table that the warehouse has."""
_BATCH_ROWS = 50_000
_DLT: dict[str, dict[str, Any]] = {
    "text": {"data_type": "text"},
    "json": {"data_type": "text"},
    "int": {"data_type": "bigint"},
    "numeric": {"data_type": "decimal", "precision": 18, "scale": 6},
    "bool": {"data_type": "bool"},
    "date": {"data_type": "date"},
    "ts": {"data_type": "timestamp"},
}


@dlt.source(name="landing", max_table_nesting=0)
def landing_source(settings: IngestionSettings, schema_only: bool = False) -> Any:
    """One resource per canonical table, one for refused rows and one that says what became of each file.

    Raises ConfigurationError when the landing folder is configured but not there, or its ``landing.yml`` is wrong.
    """
    is_read = settings.landing_dir is not None and not schema_only
    folder = (
        LandingFolder(settings, settings.landing_dir) if is_read and settings.landing_dir else None
    )
    standing = stored_columns(settings.warehouse, DATASET) if folder else {}
    for table in tables().values():
        yield _table_resource(table, folder, standing)
    yield _quarantine_resource(settings, folder, standing)
    yield _files_resource(settings, folder, standing)


def _columns(types: dict[str, str]) -> dict[str, Any]:
    columns = {
        name: {"name": name, "nullable": True, **_DLT[type_]} for name, type_ in types.items()
    }
    columns["is_removed"] |= {"hard_delete": True}
    return columns


def _shape(name: str, types: dict[str, str], standing: Standing) -> Iterator[pa.Table]:
    """No rows, of the table's columns: dlt makes the table exist by them. Nothing where it stands with all of them."""
    if not types.keys() <= standing.get(name, set()):
        yield arrow_schema(types).empty_table()


def _table_resource(table: Table, folder: LandingFolder | None, standing: Standing) -> DltResource:
    types = versions.load_types(table) | {"is_removed": "bool"}
    schema = arrow_schema(types)

    def load() -> Iterator[Any]:
        yield from _shape(table.name, types, standing)
        news = folder.news(table.name) if folder else None
        if news is None:
            return
        if news.rows is not None and news.rows.num_rows:
            kept = pa.array([None] * news.rows.num_rows, pa.bool_())
            whole = news.rows.append_column("is_removed", kept)
            for start in range(0, whole.num_rows, _BATCH_ROWS):
                yield whole.slice(start, _BATCH_ROWS)
        if news.removed:
            gone = [
                dict(zip(table.identity, identity, strict=True)) | {"is_removed": True}
                for identity in news.removed
            ]
            yield pa.Table.from_pylist(gone, schema=schema)

    return dlt.resource(
        load,
        name=table.name,
        primary_key=list(table.identity),
        write_disposition="merge",
        columns=_columns(types),
        schema_contract={"tables": "evolve", "columns": "evolve", "data_type": "freeze"},
    )


def _kept_whole(
    settings: IngestionSettings,
    name: str,
    key: str,
    types: dict[str, str],
    rows: list[Row],
    stays: set[str],
) -> Iterator[Any]:
    """A small table that holds what is so now: changed rows, and the removal of those that are so no longer."""
    schema = arrow_schema(types)
    present = {row[key] for row in rows} | stays
    stored = {row[0] for row in stored_rows(settings.warehouse, DATASET, name, [key])}
    unchanged = UnchangedFilter(settings.warehouse, DATASET, name, [key], settings.as_of)
    changed = unchanged.rows(rows)
    changed += [{key: value, "is_removed": True} for value in sorted(stored - present)]
    if changed:
        yield pa.Table.from_pylist(changed, schema=schema)


def _quarantine_resource(
    settings: IngestionSettings, folder: LandingFolder | None, standing: Standing
) -> DltResource:
    types = quarantine.TYPES | {"is_removed": "bool"}

    def load() -> Iterator[Any]:
        yield from _shape(quarantine.TABLE, types, standing)
        if folder is None:
            return
        refusals = [one for name in tables() for one in folder.news(name).refusals]
        quarantine.keep_content(settings.quarantine_dir, refusals, folder.skipped())
        key = load_pseudonymiser(settings.home)
        found = [quarantine.row(one, key) for one in refusals]
        rows = {row["record_id"]: row for row in found}
        stored = stored_rows(
            settings.warehouse, DATASET, quarantine.TABLE, ["record_id", "file_name", "table_name"]
        )
        stays = {record for record, file, table in stored if (file, table) in folder.skipped()}
        yield from _kept_whole(
            settings, quarantine.TABLE, "record_id", types, list(rows.values()), stays
        )

    return dlt.resource(
        load,
        name=quarantine.TABLE,
        primary_key="record_id",
        write_disposition="merge",
        columns=_columns(types),
    )


def _files_resource(
    settings: IngestionSettings, folder: LandingFolder | None, standing: Standing
) -> DltResource:
    types = file_report.TYPES | {"is_removed": "bool"}

    def load() -> Iterator[Any]:
        yield from _shape(file_report.TABLE, types, standing)
        if folder is None:
            return
        for name in tables():
            folder.news(name)
        if folder.texts is not None:
            folder.texts.keeper.flush()
        ignored = [FileReport(one.name, None, reason=one.reason) for one in folder.unread]
        rows = [report.row() for report in (*folder.reports.values(), *ignored)]
        yield from _kept_whole(settings, file_report.TABLE, "file_name", types, rows, set())

    return dlt.resource(
        load,
        name=file_report.TABLE,
        primary_key="file_name",
        write_disposition="merge",
        columns=_columns(types),
    )
