"""What began in the month and is not in the number, with the reason: excluded, waived, pending, not yet mature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.explain.evidence import Model
from orchestration.explain.relations import SCHEMA

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


@dataclass(frozen=True)
class Counted:
    """Where the facts that a KPI counts are: relations, and variants of companion figures, which count other things."""

    kpi_id: str
    companions: tuple[str, ...]
    models: tuple[Model, ...]

    def query(self, columns: str) -> str:
        """All rows that count, as SQL over ``$kpi_id`` and ``$companions``."""
        return " union all ".join(
            f"select {columns} from {model.address} "
            "where kpi_id = $kpi_id and not list_contains($companions, variant)"
            for model in self.models
        )

    @property
    def given(self) -> dict[str, Any]:
        """Values of the query."""
        return {"kpi_id": self.kpi_id, "companions": list(self.companions)}


def fact_of(connection: duckdb.DuckDBPyConnection, counted: Counted) -> str | None:
    """The core table whose rows the KPI counts, told by the key of any row."""
    query = f"select min(fact_key) from ({counted.query('fact_key')})"
    first = connection.execute(query, counted.given).fetchall()[0][0]
    for table, key in KEYS.items():
        found = connection.execute(
            f"select count(*) from core.{table} where {key} = ?", [first]
        ).fetchall()
        if found[0][0]:
            return table
    return None


def left_out(
    connection: duckdb.DuckDBPyConnection,
    counted: Counted,
    facts: dict[str, Any],
    layers: list[str],
    has_durations: bool,
) -> list[tuple[str, int]]:
    """Rows that began in the month and are not counted, by reason; agents and subjects: whole company.

    Args:
        connection: reading connection to the warehouse.
        counted: what the KPI counts, of any month.
        facts: tenant_id, month, scope_type and scope_id of a mart row.
        layers: layers of promises whose verdicts the KPI reads.
        has_durations: the KPI measures time, so what has no duration is absent too.
    """
    about = ["own", "verdicts", "counted", *(["durations"] if has_durations else [])]
    place = _PLACES.get(facts["scope_type"])
    connection.execute(
        f"""
        create or replace temp table explained_absent as
        select fact_key, about, layer, reason
        from {SCHEMA}.{LEFT_OUT}
        where tenant_id = $tenant_id
            and month = $month
            and (about = 'always' or (fact = $fact and list_contains($about, about)))
            and (layer = 'none' or list_contains($layers, layer))
            {f"and {place} = $scope_id" if place else ""}
        """,
        {
            "tenant_id": facts["tenant_id"],
            "month": facts["month"],
            "fact": fact_of(connection, counted),
            "about": about,
            "layers": layers,
            **({"scope_id": facts["scope_id"]} if place else {}),
        },
    )
    # What is counted is looked up for what may be absent, not the other way round: it is a whole history.
    rows = connection.execute(
        f"""
        with counted as (
            select distinct fact_key, layer
            from ({counted.query("fact_key, layer")})
            where fact_key in (select fact_key from explained_absent)
        )
        select
            case when found.layer <> 'none' and $has_layers then found.layer || ' layer: ' else '' end || found.reason,
            count(*)
        from explained_absent as found
        where (found.about = 'counted')
            = exists (
                select 1 from counted
                where found.fact_key = counted.fact_key and (found.layer = 'none' or found.layer = counted.layer)
            )
        group by all
        order by min(found.about <> 'always'), min(found.layer = 'internal'), 1
        """,
        {**counted.given, "has_layers": len(layers) > 1},
    ).fetchall()
    return [(str(reason), int(count)) for reason, count in rows]
