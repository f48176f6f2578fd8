"""``deskhouse doctor``'s look into the files that the engines keep: every block of the warehouse, the notes of dlt."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from ingestion.damage import check_notes
from ingestion.errors import DamagedFileError, WarehouseLockedError
from orchestration.findings import Finding
from orchestration.settings import Settings
from orchestration.warehouse import describe_engine_error, open_read_only

_TABLES = """
    select schema_name, table_name from duckdb_tables() where not temporary and database_name = current_database()
    order by all
"""


def warehouse(settings: Settings) -> Iterator[Finding]:
    """Whether every table of the warehouse can be read; each value is, so a big one takes a while."""
    path = settings.warehouse
    if not path.exists():
        yield Finding("warehouse", "ok", "not made yet")
        return
    try:
        with open_read_only(path) as connection:
            tables = connection.execute(_TABLES).fetchall()
            for schema, table in tables:
                # the hash of whole rows asks for every block; a count alone would ask for none
                connection.execute(
                    f'select max(hash(found)) from "{schema}"."{table}" as found'
                ).fetchall()
    except WarehouseLockedError as error:
        yield Finding("warehouse", "warning", "in use, not read through", str(error))
    except (DamagedFileError, duckdb.Error) as error:
        known = describe_engine_error(error, path) if isinstance(error, duckdb.Error) else error
        yield Finding("warehouse", "error", "damaged", str(known or error))
    else:
        yield Finding("warehouse", "ok", f"{path}, all {len(tables):,} tables can be read")


def notes(settings: Settings) -> Iterator[Finding]:
    """Whether dlt can go on from what it kept of its last loads."""
    folders = sorted((settings.ingestion.dlt_dir / "pipelines").glob("*/"))
    faults = 0
    for folder in folders:
        try:
            check_notes(folder)
        except DamagedFileError as error:
            faults += 1
            yield Finding("loads", "error", f"{folder.name} cannot go on", str(error))
    if not faults:
        yield Finding("loads", "ok", "every source can go on from its last load")
