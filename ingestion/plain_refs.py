"""Once after an upgrade: what earlier releases stored of landing files as it was is hashed where it lies.

Files that are still in the folder are read anew by themselves; this is for rows whose files are gone, and so that no
table holds a buyer both ways. The facts made of these rows are made anew by the next build, and the file is then
written afresh, because an engine leaves overwritten values in blocks that it no longer uses.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from ingestion.canonical import Personal, Table, tables
from ingestion.config import IngestionSettings
from ingestion.forgotten import Forgotten
from ingestion.persons import Persons
from ingestion.warehouse_file import opened

DATASET = "raw_landing"
_STEP = "landing persons hashed"
_REWRITE = "rewrite the file"
_CREATE = """
create schema if not exists raw_checks;
create table if not exists raw_checks.privacy_steps (step varchar not null)
"""


def needs_hashing(warehouse: Path) -> bool:
    """Whether the warehouse was last loaded by a release that stored what files said of buyers as it was."""
    return warehouse.exists() and not _has_step(warehouse, _STEP)


def hash_stored(settings: IngestionSettings) -> None:
    """Hash what names a buyer in the raw tables of the landing source, in one transaction; once for each warehouse."""
    persons = Persons(settings.home, Forgotten(settings.home))
    with opened(settings.warehouse) as connection:
        connection.execute("begin")
        connection.execute(_CREATE)
        hashed = [_hash_table(connection, table, persons) for table in tables().values()]
        connection.execute("insert into raw_checks.privacy_steps values (?)", [_STEP])
        if any(hashed):
            connection.execute("insert into raw_checks.privacy_steps values (?)", [_REWRITE])
            _distrust_facts(connection)
        connection.execute("commit")


def needs_rewriting(warehouse: Path) -> bool:
    """Whether the file still has blocks with what was overwritten: a fresh copy of its tables leaves them behind."""
    if not warehouse.exists():
        return False
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return _is_noted(connection, _REWRITE)


def holds_plain(database: Path) -> bool:
    """Whether a warehouse, or a kept copy of one, holds buyers of files as an earlier release stored them."""
    if not database.is_file():
        return False
    with duckdb.connect(str(database), read_only=True) as connection:
        if _is_noted(connection, _STEP):
            return False
        return any(
            _columns(connection, DATASET, table.name)
            and connection.execute(f'select 1 from "{DATASET}"."{table.name}" limit 1').fetchall()
            for table in tables().values()
            if table.personal
        )


def note_rewritten(warehouse: Path) -> None:
    """Note in the fresh copy that it is one."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("delete from raw_checks.privacy_steps where step = ?", [_REWRITE])


def _has_step(warehouse: Path, step: str) -> bool:
    with opened(warehouse) as connection:
        return _is_noted(connection, step)


def _is_noted(connection: duckdb.DuckDBPyConnection, step: str) -> bool:
    if not _columns(connection, "raw_checks", "privacy_steps"):
        return False
    found = connection.execute(
        "select count(*) from raw_checks.privacy_steps where step = ?", [step]
    ).fetchall()
    return bool(found[0][0])


def _columns(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> set[str]:
    found = connection.execute(
        "select column_name from duckdb_columns() where schema_name = ? and table_name = ?",
        [schema, table],
    ).fetchall()
    return {name for (name,) in found}


def _hash_table(connection: duckdb.DuckDBPyConnection, table: Table, persons: Persons) -> bool:
    """Hash a raw table and empty the copy of it that dlt merges from; returns whether it had any row."""
    if not table.personal:
        return False
    if _columns(connection, f"{DATASET}_staging", table.name):
        connection.execute(f'delete from "{DATASET}_staging"."{table.name}"')
    present = _columns(connection, DATASET, table.name)
    address = f'"{DATASET}"."{table.name}"'
    if not present or not connection.execute(f"select 1 from {address} limit 1").fetchall():
        return False
    # The values before anything was hidden, because one column may say whether another one names a buyer.
    wanted = [name for name in _needed(table) if name in present]
    names = ", ".join(f'"{name}"' for name in wanted)
    rows = connection.sql(f"select rowid as place, {names} from {address}").to_arrow_table()
    values = {name: rows.column(name).to_pylist() for name in rows.column_names}
    places = values.pop("place")
    persons.hide(table, values)
    hidden = [name for name in table.personal if name in present]
    connection.register(
        "hidden",
        pa.table({"place": places} | {n: pa.array(values[n], pa.string()) for n in hidden}),
    )
    changes = ", ".join(f'"{name}" = hidden."{name}"' for name in hidden)
    connection.execute(
        f"update {address} as stored set {changes} from hidden where stored.rowid = hidden.place"
    )
    connection.unregister("hidden")
    if any(name in table.personal for name in table.key):
        _join_spellings(connection, address, table)
    return True


def _needed(table: Table) -> list[str]:
    asked = [one.when for one in table.personal.values() if isinstance(one, Personal) and one.when]
    owners = [name for name in ("subject_system",) if name in table.columns]
    return [*dict.fromkeys(("tenant_id", "source_system", *owners, *asked, *table.personal))]


def _join_spellings(connection: duckdb.DuckDBPyConnection, address: str, table: Table) -> None:
    """Rows whose keys were spellings of one id are one row now: the newest stays."""
    names = ", ".join(f'"{name}"' for name in table.identity)
    connection.execute(
        f"delete from {address} where rowid in (select rowid from (select rowid, row_number() over"
        f" (partition by {names} order by source_updated_at desc nulls last, rowid desc) as place from {address})"
        " where place > 1)"
    )


def _distrust_facts(connection: duckdb.DuckDBPyConnection) -> None:
    """Let the next build make all facts anew, as after any change of the rules that they were made by."""
    if _columns(connection, "raw_checks", "build_inputs"):
        connection.execute(
            "update raw_checks.build_inputs set fingerprint = 'buyers were hashed'"
            " where name in ('rules', 'rules begun')"
        )
