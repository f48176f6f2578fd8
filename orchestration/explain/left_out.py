"""What began in the month and is in no month's number, with the reason: excluded, waived, pending, not yet mature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from orchestration.explain.relations import SCHEMA

LEFT_OUT = "int_kpi_left_out"
"""Facts that may be missing from numbers, each with the reason and with the KPIs that count it in some month."""
_PLACES = {
    "platform": "platform",
    "marketplace_account": "marketplace_account_id",
    "channel": "channel_id",
    "team": "team_id",
}


def left_out(
    connection: duckdb.DuckDBPyConnection,
    counted_facts: Sequence[str],
    facts: Mapping[str, Any],
    layers: Sequence[str],
    has_durations: bool,
) -> list[tuple[str, int]]:
    """Facts that began in the month and are not counted, by reason; agents and subjects: whole company.

    Args:
        connection: reading connection to the warehouse.
        counted_facts: core tables whose rows the KPI counts.
        facts: tenant_id, month, kpi_id, scope_type and scope_id of a mart row.
        layers: layers of promises whose verdicts the KPI reads.
        has_durations: the KPI measures time, so what has no duration is absent too.
    """
    place = _PLACES.get(facts["scope_type"])
    rows = connection.execute(
        f"""
        select
            case when layer <> 'none' and $has_layers then layer || ' layer: ' else '' end || reason,
            count(*)
        from {SCHEMA}.{LEFT_OUT}
        where tenant_id = $tenant_id
            and month = $month
            and (about = 'always' or (list_contains($counted_facts, fact) and list_contains($about, about)))
            and list_contains($layers, layer)
            and (about = 'counted') = list_contains(string_split(coalesce(counted_by, ''), '|'), $kpi_id)
            {f"and {place} = $scope_id" if place else ""}
        group by all
        order by min(about <> 'always'), min(layer = 'internal'), 1
        """,
        {
            **{name: facts[name] for name in ("tenant_id", "month", "kpi_id")},
            **({"scope_id": facts["scope_id"]} if place else {}),
            "counted_facts": list(counted_facts),
            "about": ["own", "verdicts", "counted", *(["durations"] if has_durations else [])],
            "layers": ["none", *layers],
            "has_layers": len(layers) > 1,
        },
    ).fetchall()
    return [(str(reason), int(count)) for reason, count in rows]
