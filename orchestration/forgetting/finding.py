"""Which buyers an id or address means: it is hashed as the border hashes it, for each system that is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingestion.canonical import tables
from ingestion.errors import ConfigurationError, DeskhouseError
from ingestion.identity import normal_identity
from ingestion.privacy import Pseudonymiser
from orchestration.forgetting.severing import text_tables
from orchestration.warehouse import open_read_only

VENDORS = ("zendesk", "ebay", "edesk")
"""Sources whose records name buyers; Amazon's are never asked for them."""


class StaffError(DeskhouseError):
    """The id is that of a member of staff, who is not forgotten by this command."""


@dataclass(frozen=True)
class Found:
    """A buyer of a tenant and source system, the spelling that the system knows, and raw rows that name it."""

    tenant: str
    system: str
    person: str
    ref: str
    rows: int


def spellings(person: str) -> list[str]:
    """How a source may have written an id."""
    stripped = person.strip()
    return list(dict.fromkeys((normal_identity(stripped), stripped, stripped.lower())))


def find(
    databases: Sequence[Path],
    pseudonymiser: Pseudonymiser,
    person: str,
    system: str | None,
    tenant: str | None,
) -> list[Found]:
    """The buyers that an id means, as the warehouse or any kept version knows them.

    Args:
        databases: the warehouse first, then copies of it.
        pseudonymiser: with the privacy key of the home.
        person: id or address as the buyer uses it.
        system: one source system only.
        tenant: one tenant only.

    Raises:
        ConfigurationError: no such source system is known.
        StaffError: the id is that of a member of staff.
    """
    known: Counter[tuple[str, str]] = Counter()
    systems = known_systems(databases)
    if system is not None and system not in systems:
        raise ConfigurationError(
            f"No source is called {system}; known are {', '.join(systems)} (--source)."
        )
    wanted = [system] if system else systems
    candidates = {
        ref: (name, spelling)
        for name in wanted
        for spelling in spellings(person)
        if (ref := pseudonymiser.customer_ref(name, spelling)) is not None
    }
    for place, path in enumerate(databases):
        with open_read_only(path) as connection:
            _refuse_staff(connection, candidates)
            for owner, count in _rows(connection, list(candidates)).items():
                # Copies hold the same rows again: what the warehouse has is what counts.
                if place == 0 or owner not in known:
                    known[owner] += count
    return [
        Found(owner, *candidates[ref], ref, count)
        for (owner, ref), count in sorted(known.items())
        if tenant in (None, owner)
    ]


def known_systems(databases: Sequence[Path]) -> list[str]:
    """Source systems that may know a buyer."""
    return sorted({name for path in databases for name in _systems(path)} | {*VENDORS})


def _systems(path: Path) -> set[str]:
    """Source systems of which files told something about buyers."""
    found: set[str] = set()
    with open_read_only(path) as connection:
        columns = connection.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'raw_landing'"
            " and column_name in ('source_system', 'subject_system')"
        ).fetchall()
        for table, column in columns:
            if table in tables() and tables()[table].personal:
                rows = connection.execute(
                    f'select distinct "{column}" from raw_landing."{table}" where "{column}" is not null'
                ).fetchall()
                found |= {name for (name,) in rows}
    return found


def _rows(connection: duckdb.DuckDBPyConnection, refs: Sequence[str]) -> Counter[tuple[str, str]]:
    """Rows of raw tables by tenant and reference; a row that names it twice counts once."""
    found: Counter[tuple[str, str]] = Counter()
    for table in text_tables(connection):
        owner = table.tenant_column
        if (
            not table.schema.startswith("raw_")
            or owner is None
            or table.schema.endswith("_staging")
        ):
            continue
        tests = " or ".join(f'contains(cast("{name}" as varchar), ref)' for name, _ in table.texts)
        for tenant, ref, count in connection.execute(
            f'select "{owner}", ref, count(*) from {table.address},'
            f" (select unnest(?::varchar[]) as ref) as wanted where {tests} group by all",
            [list(refs)],
        ).fetchall():
            found[str(tenant), ref] += count
    return found


def _refuse_staff(connection: duckdb.DuckDBPyConnection, refs: Iterable[str]) -> None:
    for table in ("users", "staff_identities"):
        exists = connection.execute(
            "select count(*) from duckdb_tables() where schema_name = 'raw_zendesk' and table_name = ?",
            [table],
        ).fetchall()
        if not exists[0][0]:
            continue
        staff = connection.execute(
            f"select count(*) from raw_zendesk.{table} where staff_id is not null and list_contains(?, user_ref)",
            [list(refs)],
        ).fetchall()
        if staff[0][0]:
            raise StaffError(
                "This id is a member of staff in Zendesk, and forget is for buyers: their names end with "
                "seed_agent_views.csv and agent_rows_kept_months; give --source where another system has a buyer of "
                "the same id."
            )
