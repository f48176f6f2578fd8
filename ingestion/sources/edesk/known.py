"""What the warehouse holds of tickets and items, asked for once a run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ingestion.sources.edesk.columns import MESSAGES, TICKET_STATES, TICKETS
from ingestion.unchanged import Row, stored_rows

OPEN_STATUSES = ("Open", "Pending", "Scheduled")
"""Statuses of tickets that are not at an end: read again at every run, because closing moves no time of change."""


@dataclass(frozen=True)
class State:
    """The newest stored state of a ticket and when it was met first; instants aware, UTC."""

    status: str | None
    owner_user_id: int | None
    tags_ids: str | None
    seen_at: datetime
    previous_seen_at: datetime | None
    last_updated_at: datetime | None

    @property
    def values(self) -> tuple[str | None, int | None, str | None]:
        """What a poll compares."""
        return self.status, self.owner_user_id, self.tags_ids


class Known:
    """Look-ups in the raw tables; everything is empty before the first load."""

    def __init__(self, warehouse: Path) -> None:
        self._warehouse = warehouse

    def open_tickets(self) -> set[int]:
        """Tickets that were not at an end when last seen."""
        rows = stored_rows(
            self._warehouse, TICKETS.dataset, TICKETS.name, ["id", "status", "missing_since"]
        )
        return {id_ for id_, status, gone in rows if status in OPEN_STATUSES and gone is None}

    def states(self, ticket_ids: Iterable[int]) -> dict[int, State]:
        """The newest state of each of these tickets."""
        found = self._joined(
            ticket_ids,
            f"""
            select states.ticket_id, states.status, states.owner_user_id, states.tags_ids, states.seen_at,
                states.previous_seen_at, tickets.last_updated_at
            from raw_edesk.{TICKET_STATES.name} as states
            inner join wanted on states.ticket_id = wanted.id
            left join raw_edesk.{TICKETS.name} as tickets on states.ticket_id = tickets.id
            qualify row_number() over (partition by states.ticket_id order by states.seen_at desc) = 1
            """,
        )
        return {row[0]: State(*row[1:]) for row in found}

    def tickets(self, ticket_ids: Iterable[int]) -> list[Row]:
        """Stored rows of these tickets, instants as texts."""
        names = ", ".join(f'tickets."{name}"' for name in TICKETS.columns)
        found = self._joined(
            ticket_ids,
            f"select {names} from raw_edesk.{TICKETS.name} as tickets inner join wanted on tickets.id = wanted.id",
        )
        return [dict(zip(TICKETS.columns, map(as_sent, row), strict=True)) for row in found]

    def unread_items(self, fresh: Iterable[Row]) -> list[tuple[int, int]]:
        """(ticket, item) pairs that tickets name and nobody has read; newest tickets first.

        Args:
            fresh: tickets of this run, which are not stored yet.
        """
        pairs = pa.table(
            {
                "id": pa.array([row["id"] for row in fresh], pa.int64()),
                "messages_ids": pa.array([row["messages_ids"] for row in fresh], pa.string()),
            }
        )
        with duckdb.connect(str(self._warehouse)) as connection:
            connection.register("fresh", pairs)
            sources = ["select id, messages_ids from fresh"]
            if _exists(connection, TICKETS.name):
                sources.append(
                    "select id, messages_ids from raw_edesk.tickets where id not in (select id from fresh)"
                )
            named = " union all ".join(sources)
            query = (
                "select distinct id, unnest(from_json(messages_ids, '[\"BIGINT\"]')) as item_id"
                f" from ({named}) where messages_ids is not null"
            )
            if _exists(connection, MESSAGES.name):
                query = (
                    f"select named.* from ({query}) as named left join raw_edesk.{MESSAGES.name} as read"
                    " on named.id = read.ticket_id and named.item_id = read.id where read.id is null"
                )
            return connection.execute(f"{query} order by 1 desc, 2").fetchall()

    def _joined(self, ticket_ids: Iterable[int], query: str) -> list[tuple[Any, ...]]:
        wanted = pa.table({"id": pa.array(list(ticket_ids), pa.int64())})
        if not wanted.num_rows or not self._warehouse.exists():
            return []
        with duckdb.connect(str(self._warehouse)) as connection:
            if not _exists(connection, TICKET_STATES.name):
                return []
            connection.execute("set TimeZone = 'UTC'")
            connection.register("wanted", wanted)
            return connection.execute(query).fetchall()


def as_sent(value: Any) -> Any:
    """A stored value as the vendor's record would bring it: instants are texts there."""
    return value.isoformat() if isinstance(value, datetime) else value


def _exists(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    found = connection.execute(
        "select count(*) from information_schema.tables where table_schema = 'raw_edesk' and table_name = ?",
        [table],
    ).fetchall()
    return bool(found[0][0])
