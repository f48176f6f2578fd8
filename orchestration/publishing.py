"""Publishing (architecture D6): a versioned copy of the marts, swapped in whole, never half.

A version holds the marts as a database and as Parquet files for BI, and under ``private/`` the warehouse as it was when
they were copied: what ``explain`` and ``what-if`` read, so that no reader ever opens the file that runs write. How a
version becomes the published one is told in :mod:`orchestration.versions`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from ingestion.person_keys import written_version
from orchestration.fresh_copy import rewrite_where_wanted
from orchestration.ledger.anchor import write_head
from orchestration.permissions import PRIVATE_FOLDER, open_to_group
from orchestration.process_identity import own_identity
from orchestration.promoting import sweep
from orchestration.versions import (
    BUILDING,
    KEY_VERSION,
    OWNER_FILE,
    Candidate,
    PublishedTable,
    PublishingError,
    candidates_dir,
    next_number,
    versions_dir,
)
from orchestration.warehouse import engine_errors, open_read_only, sql_text

PUBLISHED_SCHEMAS = (
    "core",
    "agent_sla",
    "tag_volume",
    "governance_review",
    "marketplace_health",
    "data_quality",
)
STORAGE_VERSION = "v1.4.0"
"""Readable by BI tools that embed DuckDB 1.4 or later."""
EVIDENCE_FILE = Path(PRIVATE_FOLDER) / "warehouse.duckdb"
"""Named as the warehouse is, because its views name the database they were made in."""


def _published_relations(
    connection: duckdb.DuckDBPyConnection, schemas: Sequence[str]
) -> list[tuple[str, str]]:
    rows = connection.execute(
        """
        select table_schema, table_name from information_schema.tables
        where table_catalog = 'warehouse' and list_contains(?, table_schema)
        order by table_schema, table_name
        """,
        [list(schemas)],
    ).fetchall()
    missing = sorted(set(schemas) - {schema for schema, _ in rows})
    if missing:
        raise PublishingError(
            f"The warehouse has no tables in {', '.join(missing)}: build it (deskhouse run) before publishing."
        )
    return [(schema, table) for schema, table in rows]


def _copy_tables(
    warehouse: Path, target: Path, schemas: Sequence[str]
) -> tuple[PublishedTable, ...]:
    """Copy every table and view of ``schemas`` into a new file and into Parquet; rows are counted in the copy."""
    tables = []
    with duckdb.connect(":memory:") as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {sql_text(warehouse)} as warehouse (read_only)")
        connection.execute(
            f"attach {sql_text(target / 'marts.duckdb')} as marts (storage_version '{STORAGE_VERSION}')"
        )
        for schema, table in _published_relations(connection, schemas):
            address = f'"{schema}"."{table}"'
            connection.execute(f'create schema if not exists marts."{schema}"')
            connection.execute(f"create table marts.{address} as select * from warehouse.{address}")
            folder = target / "parquet" / schema
            folder.mkdir(parents=True, exist_ok=True)
            connection.execute(
                f"copy marts.{address} to {sql_text(folder / f'{table}.parquet')} (format parquet, compression zstd)"
            )
            counted = connection.execute(f"select count(*) from marts.{address}").fetchall()
            tables.append(PublishedTable(schema, table, counted[0][0]))
        connection.execute("checkpoint marts")
        connection.execute("detach marts")
    return tuple(tables)


def _describe(marts_file: Path, descriptions: dict[str, dict[str, str]]) -> None:
    """Write table and column descriptions as comments; keys are ``schema.table``, the empty column is the table."""
    with duckdb.connect(str(marts_file)) as connection:
        present = {
            (f"{schema}.{table}", column)
            for schema, table, column in connection.execute(
                "select table_schema, table_name, column_name from information_schema.columns"
            ).fetchall()
        }
        known = {address for address, _ in present}
        for address, texts in descriptions.items():
            if address not in known:
                continue
            for column, text in texts.items():
                quoted = sql_text(text)
                if not column:
                    connection.execute(f"comment on table {address} is {quoted}")
                elif (address, column) in present:
                    connection.execute(f'comment on column {address}."{column}" is {quoted}')


def _sync_to_disk(folder: Path) -> None:
    """Force files and folders below ``folder`` to disk, so that a power cut cannot leave a torn version behind."""
    for path in [folder, *folder.rglob("*")]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def stage(
    warehouse: Path,
    published_dir: Path,
    as_of: datetime,
    schemas: Sequence[str] = PUBLISHED_SCHEMAS,
    descriptions: dict[str, dict[str, str]] | None = None,
    *,
    run_id: str,
    group: int | None = None,
) -> Candidate:
    """Write a complete new version next to the published one.

    Args:
        warehouse: the working file.
        published_dir: folder that readers know.
        as_of: instant of the data, aware UTC; written into ``publication.json``.
        schemas: what is copied.
        descriptions: comments by ``schema.table`` and column.
        run_id: the run whose version this is; it alone may publish it.
        group: number of the system's group that may read it, None = the owner alone.

    Raises:
        PublishingError: a schema is missing in the warehouse.
        DiskFullError, WarehouseLockedError: as the names say; nothing of the attempt remains.
    """
    sweep(published_dir)
    with engine_errors(published_dir):
        rewrite_where_wanted(warehouse)
    with engine_errors(published_dir), _building(published_dir, group) as (building, version):
        evidence = building / EVIDENCE_FILE
        _snapshot(warehouse, evidence)
        tables = _copy_tables(evidence, building, schemas)
        if descriptions:
            _describe(building / "marts.duckdb", descriptions)
        content = {
            "version": version,
            "number": next_number(published_dir),
            "run_id": run_id,
            "published_at": _now().isoformat(),
            "as_of": as_of.isoformat(),
            "rows": {f"{table.schema}.{table.table}": table.rows for table in tables},
            KEY_VERSION: _key_version(evidence),
        }
        (building / "publication.json").write_text(
            json.dumps(content, indent=2) + "\n", encoding="utf-8"
        )
        write_head(warehouse.parent, building)
        open_to_group(building, group)
        _sync_to_disk(building)
        folder = building.with_name(version)
        building.rename(folder)
    return Candidate(version, folder, run_id, tables)


@contextmanager
def _building(published_dir: Path, group: int | None) -> Iterator[tuple[Path, str]]:
    """A new folder for a version and its id; it is removed when the block fails."""
    published_dir.mkdir(parents=True, exist_ok=True)
    candidates = candidates_dir(published_dir)
    candidates.mkdir(mode=0o700, exist_ok=True)
    versions = versions_dir(published_dir)
    versions.mkdir(exist_ok=True)
    open_to_group(published_dir, group)
    instant = _now()
    while any((place / _version_id(instant)).exists() for place in (candidates, versions)):
        instant += timedelta(microseconds=1)
    version = _version_id(instant)
    building = candidates / f"{BUILDING}{version}"
    building.mkdir(mode=0o700)
    try:
        (building / OWNER_FILE).write_text(own_identity(), encoding="utf-8")
        (building / PRIVATE_FOLDER).mkdir(mode=0o700)
        yield building, version
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


def _key_version(evidence: Path) -> int:
    with open_read_only(evidence) as connection:
        return written_version(connection)


def _version_id(instant: datetime) -> str:
    return instant.strftime("%Y%m%dT%H%M%S%fZ")


def _now() -> datetime:
    return datetime.now(UTC)


def _snapshot(warehouse: Path, target: Path) -> None:
    """Copy the file as it is; whoever else has it open for writing is named.

    Bytes are copied, because that is some twenty times as fast as copying table by table.
    """
    if warehouse.with_name(f"{warehouse.name}.wal").exists():
        # What a killed writer had not yet written into the file itself.
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute("checkpoint")
    with open_read_only(warehouse):
        pass
    shutil.copyfile(warehouse, target)
    target.chmod(0o600)
