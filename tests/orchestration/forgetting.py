"""Forgets a buyer in a home of a test, and says where in its files a text still stands."""

from __future__ import annotations

from pathlib import Path

import duckdb

from ingestion.privacy import load_pseudonymiser
from orchestration.forgetting.erasing import Done, begin, databases, finish
from orchestration.forgetting.files import drop_refused_rows, files_of
from orchestration.forgetting.finding import find, spellings
from orchestration.settings import Settings, read_settings

_ROWS = 20_000


def settings_of(home: Path) -> Settings:
    """Settings of a home, with nothing else of the environment."""
    return read_settings({"DESKHOUSE_HOME": str(home)}, "2026-11-29T06:00:00Z")


def forget(home: Path, person: str, system: str | None = None, tenant: str | None = None) -> Done:
    """What the command does, without its questions."""
    settings = settings_of(home)
    found = find(databases(settings), load_pseudonymiser(home), person, system, tenant)
    assert found, "nobody of this id is known"
    severing = begin(settings, found)
    drop_refused_rows(home, spellings(person), tenant)
    return finish(settings, severing, lambda _: None)


def standing_in(home: Path, *texts: str, besides: str | None = None) -> dict[str, set[str]]:
    """Which of the texts stand where: in the bytes of any file, or in the text of any row, which may be compressed.

    Args:
        home: whose files.
        texts: looked for.
        besides: a folder of the home that is left out.
    """
    found: dict[str, set[str]] = {}
    with duckdb.connect() as memory:
        for path in files_of(home):
            if besides is not None and path.is_relative_to(home / besides):
                continue
            content = path.read_bytes()
            hits = {text for text in texts if text.encode() in content}
            if path.suffix == ".parquet":
                hits |= _in_rows(memory, [f"read_parquet('{path}')"], texts)
            elif path.suffix == ".duckdb":
                with duckdb.connect(str(path), read_only=True) as connection:
                    named = connection.execute(
                        "select schema_name, table_name from duckdb_tables() where estimated_size > 0"
                    ).fetchall()
                    relations = [f'"{schema}"."{table}"' for schema, table in named]
                    hits |= _in_rows(connection, relations, texts)
            if hits:
                found[str(path.relative_to(home))] = hits
    return found


def _in_rows(
    connection: duckdb.DuckDBPyConnection, relations: list[str], texts: tuple[str, ...]
) -> set[str]:
    wanted = {text: text.lower() for text in texts}
    found: set[str] = set()
    for relation in relations:
        # rows are written out once, not once for every text
        rows = connection.execute(f"select lower(cast(row as varchar)) from {relation} as row")
        while chunk := rows.fetchmany(_ROWS):
            told = "\n".join(text for (text,) in chunk)
            found |= {text for text, lower in wanted.items() if lower in told}
    return found
