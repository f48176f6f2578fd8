"""Forgets a buyer in a home of a test, and says where in its files a text still stands."""

from __future__ import annotations

from pathlib import Path

import duckdb

from ingestion.privacy import load_pseudonymiser
from orchestration.forgetting.erasing import Done, begin, databases, finish
from orchestration.forgetting.files import drop_refused_rows, files_of
from orchestration.forgetting.finding import find, spellings
from orchestration.settings import Settings, read_settings


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


def standing_in(home: Path, *texts: str) -> dict[str, set[str]]:
    """Which of the texts stand where: in the bytes of any file, or in the text of any row, which may be compressed."""
    found: dict[str, set[str]] = {}
    for path in files_of(home):
        content = path.read_bytes()
        hits = {text for text in texts if text.encode() in content}
        if path.suffix in (".duckdb", ".parquet"):
            hits |= _in_rows(path, texts)
        if hits:
            found[str(path.relative_to(home))] = hits
    return found


def _in_rows(path: Path, texts: tuple[str, ...]) -> set[str]:
    is_database = path.suffix == ".duckdb"
    with duckdb.connect(
        str(path) if is_database else ":memory:", read_only=is_database
    ) as connection:
        relations = [f"read_parquet('{path}')"]
        if is_database:
            named = connection.execute(
                "select schema_name, table_name from duckdb_tables()"
            ).fetchall()
            relations = [f'"{schema}"."{table}"' for schema, table in named]
        tests = ", ".join(
            "coalesce(bool_or(contains(lower(cast(row as varchar)), lower(?))), false)"
            for _ in texts
        )
        found: set[str] = set()
        for relation in relations:
            (hits,) = connection.execute(f"select {tests} from {relation} as row", texts).fetchall()
            found |= {text for text, hit in zip(texts, hits, strict=True) if hit}
        return found
