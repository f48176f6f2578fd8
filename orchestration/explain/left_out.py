"""What began in the month and is not in the number, with the reason: excluded, waived, pending, not yet mature."""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.explain.evidence import Model

LEFT_OUT = "int_kpi_left_out"
"""Facts that may be missing from numbers, each with the reason and with what the reason is about."""
KEYS = {
    "fct_response_obligations": "obligation_key",
    "fct_resolution_cycles": "cycle_key",
    "fct_closings": "closing_key",
    "fct_assignment_spans": "span_key",
    "fct_messages": "message_key",
    "fct_ticket_events": "event_key",
    "fct_satisfaction_responses": "response_key",
    "fct_qa_reviews": "review_key",
    "dim_tickets": "ticket_key",
}
"""The core tables whose rows KPIs count, with their keys."""
_PLACES = {
    "platform": "platform",
    "marketplace_account": "marketplace_account_id",
    "channel": "channel_id",
    "team": "team_id",
}


def remember_counted(
    connection: duckdb.DuckDBPyConnection,
    kpi_id: str,
    companions: list[str],
    models: list[Model],
) -> None:
    """Keys of all facts that the KPI counts, in a temporary table.

    Args:
        connection: reading connection to the warehouse.
        kpi_id: the KPI.
        companions: variants of its companion figures, which count other things.
        models: where its rows are.
    """
    sources = [
        f"select fact_key, layer from {model.address} "
        "where kpi_id = $kpi_id and not list_contains($companions, variant)"
        for model in models
    ]
    connection.execute(
        f"create or replace temp table explained_facts as select distinct * from ({' union all '.join(sources)})",
        {"kpi_id": kpi_id, "companions": companions},
    )


def fact_of(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The core table whose rows the KPI counts, told by the key of any remembered row."""
    rows = connection.execute("select min(fact_key) from explained_facts").fetchall()
    for table, key in KEYS.items():
        found = connection.execute(
            f"select count(*) from core.{table} where {key} = ?", [rows[0][0]]
        ).fetchall()
        if found[0][0]:
            return table
    return None


def left_out(
    connection: duckdb.DuckDBPyConnection,
    fact: str | None,
    facts: dict[str, Any],
    layers: list[str],
    has_durations: bool,
) -> list[tuple[str, int]]:
    """Rows that began in the month and are not remembered as counted, by reason; agents and subjects: whole company.

    Args:
        connection: reading connection to the warehouse.
        fact: core table whose rows the KPI counts, None = only tickets are looked at.
        facts: tenant_id, month, scope_type and scope_id of a mart row.
        layers: layers of promises whose verdicts the KPI reads.
        has_durations: the KPI measures time, so what has no duration is absent too.
    """
    about = ["own", "verdicts", "counted", *(["durations"] if has_durations else [])]
    place = _PLACES.get(facts["scope_type"])
    rows = connection.execute(
        f"""
        select
            case when found.layer <> 'none' and $has_layers then found.layer || ' layer: ' else '' end || found.reason,
            count(*)
        from intermediate.{LEFT_OUT} as found
        left join (select distinct fact_key, layer from explained_facts) as counted
            on found.fact_key = counted.fact_key and found.layer = counted.layer
        left join (select distinct fact_key from explained_facts) as counted_at_all
            on found.fact_key = counted_at_all.fact_key and found.layer = 'none'
        where found.tenant_id = $tenant_id
            and found.month = $month
            and (found.about = 'always' or (found.fact = $fact and list_contains($about, found.about)))
            and (found.layer = 'none' or list_contains($layers, found.layer))
            and (found.about = 'counted')
            = (counted.fact_key is not null or counted_at_all.fact_key is not null)
            {f"and found.{place} = $scope_id" if place else ""}
        group by all
        order by min(found.about <> 'always'), min(found.layer = 'internal'), 1
        """,
        {
            "tenant_id": facts["tenant_id"],
            "month": facts["month"],
            "fact": fact,
            "about": about,
            "layers": layers,
            "has_layers": len(layers) > 1,
            **({"scope_id": facts["scope_id"]} if place else {}),
        },
    ).fetchall()
    return [(str(reason), int(count)) for reason, count in rows]
