"""Columns of the raw tables: an allow-list, so that a new vendor field can bring no personal data in unseen.

Nested values are JSON text. Every table also gets ``_tenant_id``, ``row_hash`` and ``ingested_at``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import pyarrow as pa

from ingestion.sources.typed_columns import ARROW_TYPES, arrow_schema, column_hints, typed_array


@dataclass(frozen=True)
class RawTable:
    """One raw table: columns in order with dlt's type names, the merge key, the column that orders versions of a row.

    ``volatile`` columns move without a change of meaning and stay out of ``row_hash``.
    """

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]
    newest_by: str | None = None
    volatile: frozenset[str] = frozenset()

    @property
    def hints(self) -> dict[str, dict[str, Any]]:
        """Column hints for dlt: type, nullability of the key, and which of two versions in one load is kept."""
        return column_hints(self.columns, self.key, self.newest_by)

    def hash_of(self, row: Sequence[Any]) -> str:
        """Content hash (32 hex) of a row given in column order."""
        content = row
        if self.volatile:
            content = [
                value
                for name, value in zip(self.columns, row, strict=True)
                if name not in self.volatile
            ]
        dumped = orjson.dumps(content, default=str)
        return hashlib.blake2b(dumped, digest_size=16).hexdigest()

    def to_arrow(
        self,
        rows: Sequence[Sequence[Any]],
        hashes: Sequence[str],
        tenant_id: str,
        ingested_at: Sequence[datetime],
    ) -> pa.Table:
        """Rows in column order plus the envelope, as an Arrow table of exactly the declared types.

        Raises ContractError when the vendor sends another type than declared.
        """
        places = [list(self.columns).index(part) for part in self.key]

        def record(at: int) -> str:
            return ", ".join(
                f"{part} {rows[at][place]}" for part, place in zip(self.key, places, strict=True)
            )

        values = list(zip(*rows, strict=True)) if rows else [() for _ in self.columns]
        arrays = [
            typed_array("zendesk", f"{self.name}.{name}", kind, column, record)
            for (name, kind), column in zip(self.columns.items(), values, strict=True)
        ]
        arrays.append(pa.array([tenant_id] * len(rows), pa.string()))
        arrays.append(pa.array(hashes, pa.string()))
        arrays.append(pa.array(ingested_at, ARROW_TYPES["timestamp"]))
        return pa.table(arrays, schema=self._schema)

    def empty(self) -> pa.Table:
        """The table without rows."""
        return self._schema.empty_table()

    @property
    def _schema(self) -> pa.Schema:
        return arrow_schema(self.columns, self.key)


def json_text(value: Any) -> str | None:
    """Compact JSON text of a nested value; null and empty stay null."""
    if not value:
        return None
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


TICKETS = RawTable(
    "tickets",
    {
        "id": "bigint",
        "generated_timestamp": "bigint",
        "created_at": "timestamp",
        "updated_at": "timestamp",
        "status": "text",
        "priority": "text",
        "type": "text",
        "brand_id": "bigint",
        "group_id": "bigint",
        "assignee_id": "bigint",
        "requester_ref": "text",
        "submitter_ref": "text",
        "via_channel": "text",
        "via_rel": "text",
        "via_from_ticket_id": "bigint",
        "subject_hash": "text",
        "is_public": "bool",
        "due_at": "timestamp",
        "tags": "text",
        "custom_fields": "text",
        "metric_set": "text",
    },
    key=("id",),
    newest_by="generated_timestamp",
    volatile=frozenset({"generated_timestamp"}),
)
TICKET_EVENTS = RawTable(
    "ticket_events",
    {
        "id": "bigint",
        "ticket_id": "bigint",
        "created_at": "timestamp",
        "updater_ref": "text",
        "via_channel": "text",
        "via_rel": "text",
        "event_type": "text",
        "metadata": "text",
        "changes": "text",
        "comments": "text",
        "comment_author_ref": "text",
        "comment_effects": "text",
        "status_to": "text",
        "is_creation": "bool",
        "merged_into_ticket_id": "bigint",
    },
    key=("id",),
    newest_by="created_at",
)
TICKET_METRIC_EVENTS = RawTable(
    "ticket_metric_events",
    {
        "id": "bigint",
        "ticket_id": "bigint",
        "metric": "text",
        "instance_id": "bigint",
        "type": "text",
        "time": "timestamp",
        "deleted": "bool",
        "sla": "text",
        "status": "text",
    },
    key=("id",),
    newest_by="time",
)
USERS = RawTable(
    "users",
    {
        "user_ref": "text",
        "staff_id": "bigint",
        "name": "text",
        "role": "text",
        "active": "bool",
        "suspended": "bool",
        "iana_time_zone": "text",
        "locale": "text",
        "tags": "text",
        "user_fields": "text",
        "created_at": "timestamp",
        "updated_at": "timestamp",
    },
    key=("user_ref",),
    newest_by="updated_at",
)
STAFF_IDENTITIES = RawTable(
    "staff_identities",
    {
        "user_ref": "text",
        "staff_id": "bigint",
        "evidence": "text",
        "name": "text",
        "tags": "text",
        "since": "timestamp",
    },
    key=("user_ref", "evidence"),
    volatile=frozenset({"since"}),  # the first sighting stays, later ones are no news
)
SATISFACTION_RATINGS = RawTable(
    "satisfaction_ratings",
    {
        "id": "bigint",
        "ticket_id": "bigint",
        "assignee_id": "bigint",
        "group_id": "bigint",
        "requester_ref": "text",
        "score": "text",
        "reason_code": "bigint",
        "comment_hash": "text",
        "created_at": "timestamp",
        "updated_at": "timestamp",
    },
    key=("id",),
    newest_by="updated_at",
)

_NAMED = {"id": "bigint", "name": "text"}
_TIMES = {"created_at": "timestamp", "updated_at": "timestamp"}
_GONE = {"missing_since": "timestamp"}

SNAPSHOT_TABLES: dict[str, RawTable] = {
    table.name: table
    for table in (
        RawTable(
            "brands", _NAMED | {"active": "bool", "is_deleted": "bool"} | _TIMES | _GONE, ("id",)
        ),
        RawTable("groups", _NAMED | {"deleted": "bool"} | _TIMES | _GONE, ("id",)),
        RawTable(
            "group_memberships",
            {"id": "bigint", "user_id": "bigint", "group_id": "bigint", "default": "bool"}
            | _TIMES
            | _GONE,
            ("id",),
        ),
        RawTable(
            "macros",
            {"id": "bigint", "title": "text", "active": "bool", "reason_tag": "text"}
            | _TIMES
            | _GONE,
            ("id",),
        ),
        RawTable(
            "tags",
            {"name": "text", "count": "bigint"} | _GONE,
            ("name",),
            volatile=frozenset({"count"}),
        ),
        RawTable(
            "ticket_fields",
            {
                "id": "bigint",
                "title": "text",
                "type": "text",
                "role": "text",
                "options": "text",
                "active": "bool",
            }
            | _TIMES
            | _GONE,
            ("id",),
        ),
        RawTable(
            "sla_policies",
            {
                "id": "text",
                "version": "text",
                "title": "text",
                "position": "bigint",
                "filter": "text",
                "policy_metrics": "text",
            }
            | _TIMES
            | _GONE,
            ("id", "version"),
        ),
        RawTable(
            "schedules",
            _NAMED | {"time_zone": "text", "intervals": "text"} | _TIMES | _GONE,
            ("id",),
        ),
        RawTable(
            "schedule_holidays",
            {
                "id": "bigint",
                "schedule_id": "bigint",
                "name": "text",
                "start_date": "text",
                "end_date": "text",
            }
            | _GONE,
            ("id", "schedule_id"),
        ),
    )
}
