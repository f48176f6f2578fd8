"""D5 and F31: days of new, late and changed data built piece by piece equal one full build, row for row."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.manifest import read_manifest
from tests.pipeline import UP_TO_CORE, build, run_landing
from tests.property.landing import tenant_name, write_landing
from tests.property.worlds import random_world
from tests.touched import of_touched_alone
from tests.warehouse_content import computed_anew, content

pytestmark = pytest.mark.slow

SEEDS = range(9000, 9060)
DAYS = (
    datetime(2026, 4, 2, 7, tzinfo=UTC),
    datetime(2026, 4, 3, 7, tzinfo=UTC),
    datetime(2026, 4, 21, 12, tzinfo=UTC),
    datetime(2026, 5, 20, 12, tzinfo=UTC),
)
EVENT_TABLES = {"tickets": "created_at", "messages": "sent_at", "ticket_events": "occurred_at"}
LATE_SHARE = 0.1

Rows = dict[str, list[dict[str, Any]]]


def _as_seen(rows: Rows, day: datetime, is_last: bool, rng: random.Random) -> Rows:
    """What the source had delivered by a day: facts up to it, a tenth of them late, tickets in an older state."""
    seen: Rows = {}
    for table, items in rows.items():
        instant = EVENT_TABLES.get(table)
        if instant is None or is_last:
            seen[table] = items
            continue
        known = [item for item in items if datetime.fromisoformat(item[instant]) <= day]
        arrived = [item for item in known if table == "tickets" or rng.random() > LATE_SHARE]
        seen[table] = [_older(item, rng) if table == "tickets" else item for item in arrived]
    return seen


def _older(ticket: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    if rng.random() < 0.5:
        return ticket
    return ticket | {"status": "open", "assignee_id": None, "merged_into_ticket_id": None}


def _with_old_spam(rows: Rows) -> Rows:
    """An unanswered ticket that was marked as spam long ago: nothing about it changes, but its turn runs on."""
    keys = {"tenant_id": rows["channels"][0]["tenant_id"], "source_system": "helpdesk"}
    keys |= {"ticket_id": "old-spam"}
    ticket = keys | {
        "created_at": "2026-03-02T09:00:00Z",
        "created_by_role": "customer",
        "origin": "inbound",
        "channel_id": "mail",
        "status": "spam",
        "source_updated_at": "2026-03-02T10:00:00Z",
    }
    message = keys | {
        "message_id": "old-spam",
        "sent_at": "2026-03-02T09:00:00Z",
        "visibility": "public",
        "direction": "inbound",
        "author_role": "customer",
    }
    event = keys | {
        "event_id": "old-spam",
        "event_type": "status_change",
        "from_value": "new",
        "to_value": "spam",
        "actor_role": "agent",
        "occurred_at": "2026-03-02T10:00:00Z",
        "event_source": "audit_log",
    }
    added = {"tickets": ticket, "messages": message, "ticket_events": event}
    return rows | {table: [*rows[table], row] for table, row in added.items()}


def test_pieces_equal_the_whole(tmp_path: Path) -> None:
    rng = random.Random(7)
    worlds = [random_world(seed, tenant_name(seed), DAYS[-1]) for seed in SEEDS]
    home = tmp_path / "home"
    for day in DAYS:
        folder = tmp_path / day.date().isoformat()
        is_last = day == DAYS[-1]
        seen = [_as_seen(world, day, is_last, rng) for world in worlds]
        write_landing(folder, [_with_old_spam(seen[0]), *seen[1:]])
        warehouse = run_landing(folder, home, day, select=UP_TO_CORE)
        anew, tickets = computed_anew(warehouse)
        assert anew == tickets if day == DAYS[0] else anew < tickets
    pieces = tmp_path / "pieces.duckdb"
    shutil.copy(warehouse, pieces)
    whole = build(home, DAYS[-1], select=UP_TO_CORE, full_refresh=True)
    one, other = (content(path, schemas=_SCHEMAS) for path in (pieces, whole))
    differing = {name: (one[name], other.get(name)) for name in one if one[name] != other.get(name)}
    assert {name: both for name, both in differing.items() if name not in _of_one_build()} == {}


_SCHEMAS = ("core", "canonical", "intermediate")
"""Marts are made anew of these by every build (``tests/dbt/test_day_by_day.py``), so that they need not be built."""


def _of_one_build() -> set[str]:
    """Tables that are about one build and nothing before."""
    nodes = {
        key: node
        for key, node in read_manifest()["nodes"].items()
        if node["resource_type"] in ("model", "seed")
    }
    partial = {nodes[key]["name"] for key in of_touched_alone(nodes)}
    return {f"intermediate.{name}" for name in (*partial, "build_state")}
