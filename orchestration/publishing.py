"""Publishing (architecture D6): a versioned copy of the marts, swapped in whole, never half.

``published/current`` is a link to ``published/versions/<id>/``; ``published/marts.duckdb`` and ``published/parquet``
point through it. Replacing that one link publishes the database file and the Parquet files in the same instant.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion.errors import DeskhouseError
from orchestration.ledger.anchor import write_head
from orchestration.warehouse import engine_errors

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
KEPT_VERSIONS = 3
_BUILDING = ".building-"


class PublishingError(DeskhouseError):
    """The marts could not be published; what was published before stays."""


@dataclass(frozen=True)
class PublishedTable:
    """One published table and its number of rows."""

    schema: str
    table: str
    rows: int


@dataclass(frozen=True)
class Candidate:
    """A complete version on disk that readers do not see yet."""

    version: str
    folder: Path
    tables: tuple[PublishedTable, ...]

    @property
    def marts_file(self) -> Path:
        """The database file of this version."""
        return self.folder / "marts.duckdb"


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
        connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
        connection.execute(
            f"attach '{target / 'marts.duckdb'}' as marts (storage_version '{STORAGE_VERSION}')"
        )
        for schema, table in _published_relations(connection, schemas):
            address = f'"{schema}"."{table}"'
            connection.execute(f'create schema if not exists marts."{schema}"')
            connection.execute(f"create table marts.{address} as select * from warehouse.{address}")
            folder = target / "parquet" / schema
            folder.mkdir(parents=True, exist_ok=True)
            connection.execute(
                f"copy marts.{address} to '{folder / table}.parquet' (format parquet, compression zstd)"
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
                quoted = text.replace("'", "''")
                if not column:
                    connection.execute(f"comment on table {address} is '{quoted}'")
                elif (address, column) in present:
                    connection.execute(f"comment on column {address}.\"{column}\" is '{quoted}'")


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
) -> Candidate:
    """Write a complete new version next to the published one.

    Args:
        warehouse: the working file.
        published_dir: folder that readers know.
        as_of: instant of the data, aware UTC; written into ``publication.json``.
        schemas: what is copied.
        descriptions: comments by ``schema.table`` and column.

    Raises:
        PublishingError: a schema is missing in the warehouse.
        DiskFullError, WarehouseLockedError: as the names say; nothing of the attempt remains.
    """
    published_at = datetime.now(UTC)
    versions = published_dir / "versions"
    version = published_at.strftime("%Y%m%dT%H%M%S%fZ")
    building = versions / f"{_BUILDING}{version}"
    remove_unfinished(published_dir)
    try:
        with engine_errors(published_dir):
            building.mkdir(parents=True)
            tables = _copy_tables(warehouse, building, schemas)
            if descriptions:
                _describe(building / "marts.duckdb", descriptions)
            content = {
                "version": version,
                "published_at": published_at.isoformat(),
                "as_of": as_of.isoformat(),
                "rows": {f"{table.schema}.{table.table}": table.rows for table in tables},
            }
            (building / "publication.json").write_text(
                json.dumps(content, indent=2) + "\n", encoding="utf-8"
            )
            write_head(warehouse.parent, building)
            _sync_to_disk(building)
            building.rename(versions / version)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    return Candidate(version, versions / version, tables)


def promote(published_dir: Path, candidate: Candidate) -> None:
    """Make a staged version the published one, in one rename, and drop all but the last three versions."""
    with engine_errors(published_dir):
        _point(published_dir / "current", Path("versions") / candidate.version)
        _point(published_dir / "marts.duckdb", Path("current") / "marts.duckdb")
        _point(published_dir / "parquet", Path("current") / "parquet")
    _prune(published_dir)


def _point(link: Path, target: Path) -> None:
    """Create or replace a symbolic link atomically."""
    if link.is_symlink() and link.readlink() == target:
        return
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)


def discard(candidate: Candidate) -> None:
    """Remove a version that did not pass the gate."""
    shutil.rmtree(candidate.folder, ignore_errors=True)


def current_version(published_dir: Path) -> str | None:
    """Id of the version readers see; None before the first publication."""
    link = published_dir / "current"
    return link.readlink().name if link.is_symlink() else None


def latest_candidate(published_dir: Path) -> Candidate:
    """The newest complete version, published or not.

    Raises:
        PublishingError: there is none.
    """
    folders = _versions(published_dir)
    if not folders:
        raise PublishingError(
            f"{published_dir} holds no staged version: run deskhouse run, which stages one."
        )
    content = json.loads((folders[-1] / "publication.json").read_text(encoding="utf-8"))
    tables = (
        PublishedTable(*address.split(".", 1), rows) for address, rows in content["rows"].items()
    )
    return Candidate(content["version"], folders[-1], tuple(tables))


def _versions(published_dir: Path) -> list[Path]:
    folder = published_dir / "versions"
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def remove_unfinished(published_dir: Path) -> None:
    """Remove what a killed run left behind; readers never saw it. The caller holds the writer's lock."""
    folder = published_dir / "versions"
    if folder.is_dir():
        for path in folder.glob(f"{_BUILDING}*"):
            shutil.rmtree(path, ignore_errors=True)
    if published_dir.is_dir():
        for path in published_dir.glob(".*.[0-9]*"):
            if path.is_symlink():
                path.unlink()


def _prune(published_dir: Path) -> None:
    """Keep the current version and the newest others, three in all."""
    current = current_version(published_dir)
    others = [path for path in _versions(published_dir) if path.name != current]
    for path in others[: max(0, len(others) - (KEPT_VERSIONS - 1))]:
        shutil.rmtree(path, ignore_errors=True)
