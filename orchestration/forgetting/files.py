"""The files of a home that can hold a buyer, and how each is severed: a database, a Parquet file, refused rows."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import orjson

from ingestion.forgotten import FOLDER, write_closed
from ingestion.identity import is_telling, normal_identity
from ingestion.in_memory import in_memory
from orchestration.forgetting.severing import (
    Severing,
    Swap,
    TextTable,
    drop_texts,
    holds,
    issue_swaps,
    replaced,
    sever_table,
    text_tables,
)
from orchestration.fresh_copy import BUILDING, rewrite
from orchestration.permissions import share_as
from orchestration.warehouse import engine_errors, open_read_only, parquet_rows, sql_text

_BLOCK = 1 << 22
_LEFT_ALONE = ("ledger", FOLDER)
"""Signed for ever and without buyers; and the list itself."""


def files_of(home: Path, ending: str = "") -> Iterator[Path]:
    """Regular files under the home whose names end so; links are not followed."""
    for folder, folders, names in os.walk(home):
        folders[:] = [name for name in folders if not name.startswith(BUILDING)]
        if Path(folder) == home:
            folders[:] = [name for name in folders if name not in _LEFT_ALONE]
        for name in sorted(names):
            path = Path(folder) / name
            if name.endswith(ending) and not path.is_symlink() and path.is_file():
                yield path


def sever_database(path: Path, severing: Severing, is_always: bool = False) -> bool:
    """Sever the buyers in a database and write it afresh; one that does not know them is left unless ``is_always``.

    Returns whether it was written.
    """
    with open_read_only(path) as connection:
        swaps = _swaps(connection, severing)
        is_known = any(_is_in(connection, table, swaps) for table in text_tables(connection))
    if not (is_known or is_always):
        return False

    def change(connection: duckdb.DuckDBPyConnection) -> None:
        tables = text_tables(connection)
        for table in tables:
            sever_table(connection, table, swaps, severing.salt)
        drop_texts(connection, tables, severing.buyers)

    rewrite(path, change)
    return True


def sever_parquet(path: Path, severing: Severing, swaps: Sequence[Swap]) -> bool:
    """Sever the buyers in a Parquet file; returns whether it was written."""
    source = parquet_rows(path)
    with engine_errors(path), in_memory() as connection:
        columns = connection.execute(f"describe select * from {source}").fetchall()
        kinds = {name: kind for name, kind, *_ in columns}
        texts = tuple((name, kind) for name, kind in kinds.items() if "VARCHAR" in kind)
        table = TextTable("", path.stem, texts, frozenset(kinds))
        where = holds(table, [name for name, _ in texts], swaps)
        if not connection.execute(f"select 1 from {source} where {where} limit 1").fetchall():
            return False
        changed = ", ".join(
            f'{replaced(table, name, kind, swaps)} as "{name}"' for name, kind in texts
        )
        fresh = path.with_name(f"{BUILDING}{path.name}")
        fresh.unlink(missing_ok=True)
        connection.execute(
            f"copy (select * replace ({changed}) from {source}) to {sql_text(fresh)}"
            " (format parquet, compression zstd)"
        )
    share_as(fresh, path)
    fresh.replace(path)
    return True


def swaps_of(database: Path, severing: Severing) -> list[Swap]:
    """All replacements of one version, keys of issues among them; they are made of what its tickets say before."""
    with open_read_only(database) as connection:
        return _swaps(connection, severing)


def drop_refused_rows(home: Path, persons: Sequence[str], tenant: str | None) -> int:
    """Remove refused rows that name a person from the protected folder of refused rows; returns how many."""
    wanted = {normal_identity(person) for person in persons}
    dropped = 0
    for path in files_of(home / "quarantine", ".jsonl"):
        lines = path.read_bytes().splitlines(keepends=True)
        kept = [line for line in lines if not _names(line, wanted, tenant)]
        dropped += len(lines) - len(kept)
        if not kept:
            path.unlink()
        elif len(kept) < len(lines):
            write_closed(path, b"".join(kept))
    return dropped


def still_named_in(home: Path, tokens: Sequence[str]) -> list[Path]:
    """Files of the home in whose bytes a reference still stands."""
    wanted = [token.encode() for token in tokens]
    return [path for path in files_of(home) if _holds_bytes(path, wanted)]


def _swaps(connection: duckdb.DuckDBPyConnection, severing: Severing) -> list[Swap]:
    swaps = severing.all_swaps()
    return [*swaps, *issue_swaps(connection, [swap for swap in swaps if swap.tenant is None])]


def _is_in(connection: duckdb.DuckDBPyConnection, table: TextTable, swaps: Sequence[Swap]) -> bool:
    where = holds(table, [name for name, _ in table.texts], swaps)
    return bool(
        connection.execute(f"select 1 from {table.address} where {where} limit 1").fetchall()
    )


def _names(line: bytes, wanted: set[str], tenant: str | None) -> bool:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return any(one.encode().lower() in line.lower() for one in wanted if is_telling(one))
    row = record.get("row") or {}
    if tenant is not None and row.get("tenant_id") not in (None, tenant):
        return False
    return any(_is_named(cell, wanted) for cell in row.values())


def _is_named(cell: Any, wanted: set[str]) -> bool:
    """Whether a refused cell is, or holds, the id of a person; short ids count only where they are the whole cell."""
    text = str(cell)
    if normal_identity(text) in wanted or normal_identity(text.partition(":")[0]) in wanted:
        return True
    folded = text.lower()
    return any(one.lower() in folded for one in wanted if is_telling(one))


def _holds_bytes(path: Path, wanted: Sequence[bytes]) -> bool:
    longest = max((len(one) for one in wanted), default=0)
    rest = b""
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK):
            text = rest + block
            if any(one in text for one in wanted):
                return True
            rest = text[-longest:]
    return False
