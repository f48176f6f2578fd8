"""Random small worlds loaded twice: late rows, changed rows and changed rules end where one load would.

The first load sees a tattered copy two days earlier (tickets, messages, events and rules missing,
other values on tickets); the second load is complete. The warehouse, built incrementally, must equal
the second computation of the complete world. Marts keep nothing from build to build, so core is all
that is built here.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.oracle.comparison.compare import compare_core
from tests.pipeline import UP_TO_CORE, run_landing
from tests.property.landing import tenant_name, write_landing
from tests.property.worlds import Rows, random_world
from tests.warehouse_content import computed_anew

AS_OF = datetime(2026, 5, 20, 12, tzinfo=UTC)
SEEDS = range(70_000, 70_100)
LATE = ("messages", "ticket_events", "satisfaction_responses")
RULES = (
    "sla_targets",
    "team_membership",
    "channel_policy",
    "incident_windows",
    "calendar_exceptions",
    "order_defects",
)


def tattered(rows: Rows, rng: random.Random, rules: Sequence[str]) -> Rows:
    """What an earlier, incomplete load might have seen; of the tables in ``rules`` some rows came later, too."""
    unseen = {row["ticket_id"] for row in rows["tickets"] if rng.random() < 0.15}
    found: Rows = {}
    for table, entries in rows.items():
        if table in LATE:
            found[table] = [
                row for row in entries if row["ticket_id"] not in unseen and rng.random() > 0.15
            ]
        elif table == "tickets":
            found[table] = [_other(row, rng) for row in entries if row["ticket_id"] not in unseen]
        elif table in rules:
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


@pytest.mark.slow
@pytest.mark.parametrize("rules", [RULES, ()], ids=["rules_too", "rows_only"])
def test_two_loads_end_where_one_would(tmp_path: Path, rules: Sequence[str]) -> None:
    rng = random.Random(7)
    worlds = [random_world(seed, tenant_name(seed), AS_OF) for seed in SEEDS]
    before = [world if rng.random() < 0.5 else tattered(world, rng, rules) for world in worlds]
    write_landing(tmp_path / "first", before)
    write_landing(tmp_path / "second", worlds)
    home = tmp_path / "home"
    run_landing(tmp_path / "first", home, AS_OF - timedelta(days=2), select=UP_TO_CORE)
    warehouse = run_landing(tmp_path / "second", home, AS_OF, select=UP_TO_CORE)
    anew, tickets = computed_anew(warehouse)
    # a changed rule has every ticket computed anew, changed rows only those that they concern
    assert anew == tickets if rules else anew < tickets
    report, _ = compare_core(warehouse, AS_OF)
    assert report.compared["core.fct_response_obligations"] > len(SEEDS)
    assert not report.differences, report.text()
