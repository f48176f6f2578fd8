"""What is legal row by row never stops a build: it counts, is grey or left out, and every promise holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.landing_builder import SOURCE, write
from tests.pipeline import build, check, load
from tests.property.odd_rows import odd_desk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

AS_OF = datetime(2026, 11, 1, 6, tzinfo=UTC)
SEEDS = (1, 4, 5, 6)
"""Among them: an order of two systems, cases without messages, channels of two platforms under one name."""


def order(system: str, updated: str, units: int) -> dict[str, Any]:
    """An order that two systems tell."""
    return {
        "tenant_id": "odd1", "source_system": system, "order_id": "told-twice", "platform": "amazon",
        "placed_at": "2026-10-02T08:00:00Z", "fulfilment": "mfn", "units": str(units), "source_updated_at": updated,
    }  # fmt: skip


def told_twice(home: Path) -> list[tuple[str, int]]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(
            "select source_system, units from canonical.orders where order_id = 'told-twice'"
        ).fetchall()


def test_every_promise_holds_and_one_order_is_one(tmp_path: Path) -> None:
    desks = [odd_desk(seed) for seed in SEEDS]
    orders = desks[0].rows["orders"]
    orders += [order(SOURCE, "2026-10-03T08:00:00Z", 1), order("other", "2026-10-04T08:00:00Z", 2)]
    landing, home = tmp_path / "landing", tmp_path / "home"
    write(desks, landing)
    load(["landing"], home, AS_OF, landing)
    build(home, AS_OF)
    assert check(home, AS_OF, "data") > 50
    assert told_twice(home) == [("other", 2)]

    # the newest counts, whichever system it comes from, also where only its row is read
    orders += [order(SOURCE, "2026-10-05T08:00:00Z", 3)]
    orders.remove(order(SOURCE, "2026-10-03T08:00:00Z", 1))
    later = AS_OF + timedelta(hours=1)
    write(desks, landing)
    load(["landing"], home, later, landing)
    build(home, later)
    check(home, later, "data")
    assert told_twice(home) == [(SOURCE, 3)]
