"""Whose ticket it is, as the raw tables say: a buyer's, one that was severed from a buyer, one that is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import duckdb

from ingestion.forgotten import TOMBSTONE
from ingestion.texts.message import Ticket


@dataclass(frozen=True)
class _Place:
    """A raw table that says of tickets who is in them.

    ``system`` is the source system of its tickets, None where a column says it; ``gone`` is the condition of tickets
    that the source has deleted, None where the table does not tell.
    """

    schema: str
    table: str
    ticket: str
    persons: tuple[str, ...]
    system: str | None = None
    tenant: str = "_tenant_id"
    gone: str | None = None

    @property
    def needed(self) -> set[str]:
        """Columns without which it tells nothing."""
        own = {"source_system"} if self.system is None else set()
        return {self.ticket, *self.persons, self.tenant} | own

    def query(self, condition: str) -> str:
        """Tickets for which a condition holds."""
        system = f"'{self.system}'" if self.system else "source_system"
        return (
            f'select distinct "{self.tenant}", {system}, cast("{self.ticket}" as varchar)'
            f' from "{self.schema}"."{self.table}" where {condition}'
        )


_PLACES = (
    _Place(
        "raw_zendesk",
        "tickets",
        "id",
        ("requester_ref", "submitter_ref"),
        "zendesk",
        gone="status = 'deleted'",
    ),
    _Place("raw_zendesk", "ticket_events", "ticket_id", ("comments",), "zendesk"),
    _Place(
        "raw_edesk", "tickets", "id", ("contact_ref",), "edesk", gone="missing_since is not null"
    ),
    _Place("raw_edesk", "messages", "ticket_id", ("from_consumer_ref",), "edesk"),
    _Place("raw_ebay", "conversations", "conversation_id", ("customer_ref",), "ebay_api"),
    _Place(
        "raw_landing",
        "tickets",
        "ticket_id",
        ("customer_ref",),
        tenant="tenant_id",
        gone="status = 'deleted' or is_deleted_in_source",
    ),
    _Place("raw_landing", "messages", "ticket_id", ("author_id",), tenant="tenant_id"),
)


def tickets_of(connection: duckdb.DuckDBPyConnection, references: Sequence[str]) -> set[Ticket]:
    """Tickets of people by their references: theirs, and those that they wrote in.

    Args:
        connection: to the warehouse or a copy of it.
        references: keyed hashes or tombstones.
    """
    found: set[Ticket] = set()
    for place in _known(connection):
        tests = " or ".join(f'contains("{name}", person)' for name in place.persons)
        condition = f"exists (select 1 from (select unnest(?::varchar[]) as person) where {tests})"
        found |= set(connection.execute(place.query(condition), [list(references)]).fetchall())
    return found


def severed_tickets(connection: duckdb.DuckDBPyConnection) -> set[Ticket]:
    """Tickets in which somebody stands who was forgotten."""
    return tickets_of(connection, [TOMBSTONE])


def gone_tickets(connection: duckdb.DuckDBPyConnection, kept: Iterable[Ticket]) -> set[Ticket]:
    """Those of the tickets that their source has deleted."""
    found: set[Ticket] = set()
    for place in _known(connection):
        if place.gone:
            found |= set(connection.execute(place.query(place.gone)).fetchall())
    return found.intersection(kept)


def _known(connection: duckdb.DuckDBPyConnection) -> Iterator[_Place]:
    """The places that this file has, with their columns."""
    columns: dict[tuple[str, str], set[str]] = {}
    for schema, table, column in connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where starts_with(schema_name, 'raw_')"
        " and database_name = current_database()"
    ).fetchall():
        columns.setdefault((schema, table), set()).add(column)
    for place in _PLACES:
        if place.needed <= columns.get((place.schema, place.table), set()):
            yield place
