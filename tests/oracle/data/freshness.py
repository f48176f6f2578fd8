"""How fresh every source and table is now (``data_quality.source_freshness``, card `freshness_lag`); seconds."""

from __future__ import annotations

from typing import Any

from tests.oracle.data.source_lags import arrivals, lags
from tests.oracle.numbers.kpis import Facts
from tests.oracle.world.canonical_rows import DAY, HOUR, SECOND

KEYS = ("source_system", "table_name")
Out = dict[str, Any]


def freshness(facts: Facts) -> dict[tuple[Any, ...], Out]:
    """Every row of the tenant by ``KEYS``."""
    world, found = facts.world, {}
    for name, lag in lags(world, world.as_of).items():
        one, now = arrivals(world)[name], world.as_of
        latest, behind = max(one.happened, default=None), max(now - lag.since, 0)
        status = "green" if behind < HOUR + SECOND else "amber" if behind < DAY + SECOND else "red"
        found[name] = {
            "connector": one.connector,
            "row_count": len(one.rows),
            "latest_occurred_at": latest,
            "latest_ingested_at": max(one.loaded),
            "last_looked_at": lag.looked_at,
            "lag_cal_s": None if latest is None else (now - latest) // SECOND,
            "load_lag_cal_s": (now - max(one.loaded)) // SECOND,
            "look_lag_cal_s": (now - lag.looked_at) // SECOND,
            "expected_quiet_s": None if lag.quiet is None else lag.quiet // SECOND,
            "behind_since_at": lag.since,
            "freshness_lag_s": behind // SECOND,
            "freshness_status": status,
        }
    return found
