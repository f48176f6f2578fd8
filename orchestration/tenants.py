"""Which seller companies a warehouse holds, and which of them a command means.

A command that shows things shows every tenant as a block of its own; one that decides or writes something never guesses
whose decision it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from ingestion.errors import ConfigurationError
from orchestration.settings import Settings
from orchestration.warehouse import open_read_only

_LISTED = 20


_NAMED_IN = (("governance_review", "kpi_monthly"), ("canonical", "tenants"))
"""Where tenants stand: with monthly numbers, or in a warehouse that was built in part."""


def tenants_of(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Tenants of a warehouse or publication, sorted; empty before the first build."""
    for schema, table in _NAMED_IN:
        exists = connection.execute(
            "select count(*) from duckdb_columns() where database_name = current_database() "
            "and schema_name = ? and table_name = ? and column_name = 'tenant_id'",
            [schema, table],
        ).fetchall()[0][0]
        if exists:
            rows = connection.execute(
                f"select distinct tenant_id from {schema}.{table} order by tenant_id"
            ).fetchall()
            return tuple(str(name) for (name,) in rows)
    return ()


def known_tenants(settings: Settings) -> tuple[str, ...]:
    """Tenants of the publication, before the first one those of the warehouse."""
    for file in (settings.marts_file, settings.warehouse):
        if file.exists():
            with open_read_only(file) as connection:
                found = tenants_of(connection)
            if found:
                return found
    return ()


def shown_tenants(known: Sequence[str], wanted: str | None) -> tuple[str, ...]:
    """The tenants to show: the wanted one, or all.

    Args:
        known: of the warehouse.
        wanted: ``--tenant``; it is not looked up where nothing is known yet.

    Raises:
        ConfigurationError: the wanted one is unknown; the sentence names those that are known.
    """
    if wanted is None:
        return tuple(known)
    if known and wanted not in known:
        raise ConfigurationError(f"There is no tenant {wanted}; known are {listed(known)}.")
    return (wanted,)


def deciding_tenant(known: Sequence[str], wanted: str | None) -> str | None:
    """The tenant that something is decided for: the wanted one, or the only one; None where nothing is known yet.

    Raises:
        ConfigurationError: the wanted one is unknown, or there are several and none was named.
    """
    chosen = shown_tenants(known, wanted)
    if len(chosen) > 1:
        raise ConfigurationError(
            f"Say which seller company is meant with --tenant: there are {listed(chosen)}."
        )
    return chosen[0] if chosen else None


def listed(names: Sequence[str]) -> str:
    """Names for a sentence, the first of very many."""
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
