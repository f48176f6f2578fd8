"""What a source had delivered by a day: the rows of a world that come late, change later, or are not there yet."""

from __future__ import annotations

import random
from datetime import datetime

from tests.landing_builder import Rows

EVENT_TABLES = {"tickets": "created_at", "messages": "sent_at", "ticket_events": "occurred_at"}
LATE_SHARE = 0.1
LATE = ("messages", "ticket_events", "satisfaction_responses")
RULES = (
    "sla_targets",
    "team_membership",
    "channel_policy",
    "incident_windows",
    "calendar_exceptions",
)
"""What every ticket is judged by: one row more, and all are computed anew."""


def as_seen(rows: Rows, day: datetime, rng: random.Random) -> Rows:
    """Facts up to a day, a tenth of them late, tickets in an older state."""
    seen: Rows = {}
    for table, items in rows.items():
        instant = EVENT_TABLES.get(table)
        if instant is None:
            seen[table] = items
            continue
        known = [item for item in items if datetime.fromisoformat(item[instant]) <= day]
        arrived = [item for item in known if table == "tickets" or rng.random() > LATE_SHARE]
        seen[table] = [_older(item, rng) if table == "tickets" else item for item in arrived]
    return seen


def _older(ticket: dict[str, object], rng: random.Random) -> dict[str, object]:
    if rng.random() < 0.5:
        return ticket
    return ticket | {"status": "open", "assignee_id": None, "merged_into_ticket_id": None}


def tattered(rows: Rows, rng: random.Random) -> Rows:
    """What an earlier, incomplete load might have seen, also of rules and requests; facts of tomorrow are among it."""
    unseen = {row["ticket_id"] for row in rows["tickets"] if rng.random() < 0.15}
    found: Rows = {}
    for table, entries in rows.items():
        if table in LATE:
            found[table] = [
                row for row in entries if row["ticket_id"] not in unseen and rng.random() > 0.15
            ]
        elif table == "tickets":
            found[table] = [_other(row, rng) for row in entries if row["ticket_id"] not in unseen]
        elif table in RULES or table == "order_defects":
            found[table] = [row for row in entries if rng.random() > 0.2]
        else:
            found[table] = entries
    return found


def _other(row: dict[str, object], rng: random.Random) -> dict[str, object]:
    copy = dict(row)
    if rng.random() < 0.2:
        copy["status"] = "open"
    if rng.random() < 0.2:
        copy["priority"] = "low"
    if rng.random() < 0.2:
        copy.pop("merged_into_ticket_id", None)
    return copy


def with_rules(torn: Rows, whole: Rows) -> Rows:
    """The tattered rows of a world under all of its rules."""
    return torn | {table: whole[table] for table in RULES if table in whole}
