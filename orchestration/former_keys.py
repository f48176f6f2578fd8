"""Keys that persons had before: what was written down with one is understood by the commands."""

from __future__ import annotations

import duckdb

from ingestion.errors import ConfigurationError
from orchestration.reading import published_evidence
from orchestration.settings import Settings
from orchestration.warehouse import open_read_only

_RELATION = ("canonical", "former_person_keys")


def keys_of_today(settings: Settings) -> dict[str, str]:
    """Today's key by former key, as of what is published; empty before the first publication with keyed persons."""
    evidence = published_evidence(settings)
    if evidence is None:
        return {}
    with open_read_only(evidence) as connection:
        return former_keys(connection)


def former_keys(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Today's key by former key, of a warehouse or its copy beside the publication."""
    exists = connection.execute(
        "select count(*) from information_schema.tables where table_schema = ? and table_name = ?",
        _RELATION,
    ).fetchall()[0][0]
    if not exists:
        return {}
    return dict(
        connection.execute(f"select former_key, agent_key from {'.'.join(_RELATION)}").fetchall()
    )


def scope_of_today(settings: Settings, scope_type: str, scope_id: str) -> str:
    """A scope that somebody typed, by the key that the person has today."""
    if scope_type != "agent":
        return scope_id
    return keys_of_today(settings).get(scope_id, scope_id)


def all_keys_of(settings: Settings, key: str) -> set[str]:
    """Every key that the person with this one has or had.

    Raises:
        ConfigurationError: the key is empty.
    """
    if not key:
        raise ConfigurationError("An agent key is needed; deskhouse lookups shows them.")
    known = keys_of_today(settings)
    today = known.get(key, key)
    return {key, today, *(former for former, current in known.items() if current == today)}
