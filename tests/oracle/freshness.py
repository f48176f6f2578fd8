"""How fresh every source and table is now (``data_quality.source_freshness``, card `freshness_lag`); seconds."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.oracle.canonical_rows import DAY, HOUR, SECOND
from tests.oracle.kpis import Facts
from tests.oracle.kpis_loads import EVENT_TABLES

KEYS = ("source_system", "table_name")
Out = dict[str, Any]


def freshness(facts: Facts) -> dict[tuple[Any, ...], Out]:
    """Every row of the tenant by ``KEYS``."""
    now = facts.world.as_of
    facts_at: dict[tuple[str, str], list[int]] = defaultdict(list)
    loads_at: dict[tuple[str, str], list[int]] = defaultdict(list)
    for table in EVENT_TABLES:
        for row in facts.world.tables[table]:
            name = (row["source_system"], table)
            loads_at[name].append(row["ingested_at"])
            if row["occurred_at"] is not None and row["occurred_at"] <= now:
                facts_at[name].append(row["occurred_at"])
    beats: dict[str, int] = {}
    for (source, _), instants in loads_at.items():
        beats[source] = max(beats.get(source, instants[0]), *instants)
    return {
        name: _columns(now, facts_at.get(name, []), instants, beats[name[0]])
        for name, instants in loads_at.items()
    }


def _columns(now: int, happened: list[int], loaded: list[int], beat: int) -> Out:
    """A quiet night is no staleness: the last load of the source counts beside its latest fact."""
    latest = max(happened, default=None)
    lag = now - max(beat, latest if latest is not None else beat)
    status = "green" if lag < HOUR + SECOND else "amber" if lag < DAY + SECOND else "red"
    return {
        "row_count": len(loaded),
        "latest_occurred_at": latest,
        "latest_ingested_at": max(loaded),
        "lag_cal_s": None if latest is None else (now - latest) // SECOND,
        "load_lag_cal_s": (now - max(loaded)) // SECOND,
        "freshness_status": status,
    }
