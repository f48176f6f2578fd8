"""What the charts were given against the governed table, read from the publication with DuckDB alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.warehouse import open_read_only
from tests.superset.looking import Rows

_NEAR = 1e-6


def compared(shown: dict[str, Rows], marts: Path) -> Iterator[str]:
    """A line for every number that was compared.

    Raises:
        AssertionError: a chart shows another number than the governed table.
    """
    with open_read_only(marts) as connection:
        month = _last_full_month(connection)
        tiles = (
            ("promises_marketplace", "compliance", "sla_compliance", "marketplace"),
            ("promises_internal", "compliance", "sla_compliance", "internal"),
            ("waiting_for_us", "actionable", "backlog_actionable", "none"),
        )
        for chart, metric, kpi, layer in tiles:
            value = _governed(connection, month, kpi, layer, "company")["company"]
            _same(chart, shown[chart][0][metric], value)
            yield f"{chart}: {value:.6g}, as {kpi} {layer} of {month:%Y-%m}"
        for chart, layer in (
            ("promises_by_platform", "marketplace"),
            ("internal_by_platform", "internal"),
        ):
            yield _platforms(connection, shown[chart], chart, layer, month)
        yield _table(connection, shown["company_kpis"], month)
        yield _reasons(connection, shown["reasons_pareto"], month)


def filtered(shown: dict[str, Rows], scope_type: str, name: str, marts: Path) -> str:
    """A line on the numbers of one platform or team, when the filter of that name is set.

    Raises:
        AssertionError: a chart shows another number, or one does that the filter does not concern.
    """
    with open_read_only(marts) as connection:
        month = _last_full_month(connection)
        scope = name
        if scope_type == "team":
            query = "select team_id from core.dim_teams where name = ?"
            scope = str(_ask(connection, query, name)[0][0])
        for chart, layer in (
            ("promises_marketplace", "marketplace"),
            ("promises_internal", "internal"),
        ):
            governed = _governed(connection, month, "sla_compliance", layer, scope_type)
            value = shown[chart][0]["compliance"] if shown[chart] else None
            if scope in governed:
                _same(f"{chart} of {name}", value, governed[scope])
            else:
                assert value is None, (
                    f"{chart} shows {value} for {name}, the governed table nothing"
                )
        _table(connection, shown["company_kpis"], month)
    return f"filter {scope_type} {name}: both layers as governed, the company's table as before"


def scopes(marts: Path) -> list[tuple[str, str]]:
    """The platform and the team with most verdicts in the last full month, by type and name."""
    with open_read_only(marts) as connection:
        month = _last_full_month(connection)
        return [
            (scope_type, str(found[0][0]))
            for scope_type, column in (("platform", "daily.platform"), ("team", "teams.name"))
            if (
                found := _ask(
                    connection,
                    f"""
                    select {column} from agent_sla.agent_sla_daily as daily
                    inner join core.dim_teams as teams using (team_key)
                    where date_trunc('month', date_day) = ? and {column} is not null
                    group by {column}
                    order by sum(n_met + n_breached) desc
                    limit 1
                    """,
                    month,
                )
            )
        ]


def spoil(marts: Path) -> None:
    """Make the publication say something that no real one says."""
    with duckdb.connect(str(marts)) as connection:
        connection.execute("update agent_sla.agent_sla_daily set n_met = 0")


def assert_spoilt(shown: dict[str, Rows]) -> None:
    """The dashboard follows.

    Raises:
        AssertionError: it shows the publication before.
    """
    for chart in ("promises_marketplace", "promises_internal"):
        _same(chart, shown[chart][0]["compliance"], 0.0)


def _last_full_month(connection: duckdb.DuckDBPyConnection) -> Any:
    """The month that the dashboard opens with."""
    return _ask(
        connection,
        """
        select max(month) from governance_review.kpi_monthly
        where scope_type = 'company' and value is not null and month + interval 1 month <= as_of
        """,
    )[0][0]


def _platforms(
    connection: duckdb.DuckDBPyConnection, rows: Rows, chart: str, layer: str, month: Any
) -> str:
    governed = _governed(connection, month, "sla_compliance", layer, "platform")
    ours = next(row for row in rows if _month_of(row) == f"{month:%Y-%m}")
    assert governed, f"no platform has a number in {month:%Y-%m}"
    for platform, value in governed.items():
        _same(f"{chart} {platform}", ours[platform], value)
    return f"{chart}: {len(governed)} platforms, as sla_compliance {layer} of {month:%Y-%m}"


def _table(connection: duckdb.DuckDBPyConnection, rows: Rows, month: Any) -> str:
    expected = _ask(
        connection,
        """
        select definitions.name, kpis.layer, kpis.status, kpis.n, kpis.unit, cast(kpis.value as double)
        from governance_review.kpi_monthly as kpis
        inner join governance_review.kpi_definitions as definitions using (kpi_id, kpi_version)
        where kpis.scope_type = 'company' and kpis.is_governed and kpis.value is not null and kpis.month = ?
        """,
        month,
    )
    given = {(row["kpi_name"], row["layer"]): row for row in rows}
    assert len(given) == len(rows) == len(expected), (
        "the table shows other KPIs than the governed ones"
    )
    for name, layer, status, n, unit, value in expected:
        row = given[name, layer]
        assert (row["status"], row["n"]) == (status, n), f"{name} {layer} shows {row}"
        assert unit != "%" or row["shown"] == f"{value:.1%}", f"{name} {layer} shows {row['shown']}"
    return f"company_kpis: {len(expected)} governed numbers of {month:%Y-%m} with status and n"


def _reasons(connection: duckdb.DuckDBPyConnection, rows: Rows, month: Any) -> str:
    expected = _ask(
        connection,
        """
        select reason_name, sum(tickets)
        from tag_volume.tag_volume_daily
        where not is_untagged and date_trunc('month', date_day) = ?
        group by reason_name
        having sum(tickets) > 0
        """,
        month,
    )
    assert {row["reason_name"]: row["opened"] for row in rows} == dict(expected)
    total, so_far = sum(tickets for _, tickets in expected), 0
    for row in rows:
        so_far += row["opened"]
        _same(f"reasons_pareto {row['reason_name']}", row["cumulative_share"], so_far / total)
    sizes = [row["opened"] for row in rows if row["reason_name"] != "other"]
    assert sizes == sorted(sizes, reverse=True)
    return (
        f"reasons_pareto: {len(rows)} reasons of {month:%Y-%m}, {total} tickets, cumulative shares"
    )


def _governed(
    connection: duckdb.DuckDBPyConnection, month: Any, kpi: str, layer: str, scope: str
) -> dict[str, float]:
    rows = _ask(
        connection,
        """
        select scope_id, cast(value as double) from governance_review.kpi_monthly
        where is_governed and month = ? and kpi_id = ? and layer = ? and scope_type = ? and value is not null
        """,
        *(month, kpi, layer, scope),
    )
    return dict(rows)


def _month_of(row: dict[str, Any]) -> str:
    value = row["month"]
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m")
    return str(value)[:7]


def _same(what: str, shown: float | None, governed: float) -> None:
    assert shown is not None and abs(shown - governed) < _NEAR, (
        f"{what} shows {shown}, the governed table says {governed}"
    )


def _ask(connection: duckdb.DuckDBPyConnection, query: str, *values: Any) -> list[tuple[Any, ...]]:
    return connection.execute(query, list(values)).fetchall()
