"""What must hold before a month is closed (catalogue §10.3), each check with what was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import duckdb

State = Literal["passed", "failed", "waived", "not_measurable"]

_MIN_COMPLETENESS = 0.999
_FLOWING_TABLES = ("tickets", "ticket_events", "messages")
"""Tables that every working day brings rows to; a cost sheet is not stale because it comes once a month."""
_FRESH_SECONDS = 86_400


@dataclass(frozen=True)
class Gate:
    """Outcome of one check; a failed one blocks the close unless somebody signs it off."""

    gate: str
    state: State
    seen: str


def gate_results(
    connection: duckdb.DuckDBPyConnection, tenant_id: str, month: date
) -> tuple[Gate, ...]:
    """All checks of a tenant's month, in fixed order.

    Args:
        connection: the built warehouse.
        tenant_id: seller company.
        month: its first day.
    """
    looks: dict[str, Callable[[duckdb.DuckDBPyConnection, str, date], tuple[State, str]]] = {
        "load_completeness": _load_completeness,
        "freshness_lag": _freshness,
        "unmapped_rate": _unmapped,
        "reconciliation": _reconciliation,
        "checks": _checks,
        "costs": _costs,
    }
    return tuple(Gate(name, *look(connection, tenant_id, month)) for name, look in looks.items())


GATE_NAMES = (
    "load_completeness",
    "freshness_lag",
    "unmapped_rate",
    "reconciliation",
    "checks",
    "costs",
)


def _rows(connection: duckdb.DuckDBPyConnection, query: str, *values: Any) -> list[tuple[Any, ...]]:
    return connection.execute(query, list(values)).fetchall()


def _company_row(
    connection: duckdb.DuckDBPyConnection, tenant_id: str, month: date, kpi_id: str
) -> tuple[float | None, str]:
    found = _rows(
        connection,
        "select value, status_reason from governance_review.kpi_monthly where tenant_id = ? and month = ? "
        "and kpi_id = ? and scope_type = 'company' and is_governed",
        tenant_id,
        month,
        kpi_id,
    )
    if not found:
        return None, "the KPI is not in the mart"
    value, reason = found[0]
    return (None if value is None else float(value)), reason or "no value"


def _load_completeness(
    connection: duckdb.DuckDBPyConnection, tenant_id: str, month: date
) -> tuple[State, str]:
    value, reason = _company_row(connection, tenant_id, month, "load_completeness")
    if value is None:
        return "not_measurable", reason
    seen = f"{value:.3%} of the source's rows are loaded, at least {_MIN_COMPLETENESS:.1%} needed"
    return ("passed" if value >= _MIN_COMPLETENESS else "failed"), seen


def _freshness(
    connection: duckdb.DuckDBPyConnection, tenant_id: str, month: date
) -> tuple[State, str]:
    found = _rows(
        connection,
        "select source_system, table_name, look_lag_cal_s from data_quality.source_freshness "
        "where tenant_id = ? and list_contains(?, table_name) and row_count > 0 "
        "order by look_lag_cal_s desc, source_system, table_name",
        tenant_id,
        list(_FLOWING_TABLES),
    )
    if not found:
        return "not_measurable", "no source of tickets or messages"
    # Everything a source has must have been asked for; that it is silent is told by the KPI and its alert.
    newest: dict[str, int] = {}
    for source, _, lag in found:
        newest[source] = min(lag, newest.get(source, lag))
    source, lag = max(newest.items(), key=lambda item: item[1])
    hours = f"{lag / 3600:.1f} h before the data instant, at most {_FRESH_SECONDS // 3600} h"
    seen = f"{source} was last looked at {hours}"
    return ("passed" if lag <= _FRESH_SECONDS else "failed"), seen


def _unmapped(
    connection: duckdb.DuckDBPyConnection, tenant_id: str, month: date
) -> tuple[State, str]:
    found = _rows(
        connection,
        "select table_name, cast(sum(numerator) as bigint) from data_quality.check_results_daily "
        "where tenant_id = ? and check_name = 'unmapped_rate' and date_day >= ? and date_day < ? + interval 1 month "
        "group by table_name order by 2 desc, 1",
        tenant_id,
        month,
        month,
    )
    if not found:
        return "not_measurable", "no rows were loaded for this month"
    bad = [f"{count} in {table}" for table, count in found if count]
    return (
        ("failed", f"rows with values outside the vocabulary: {', '.join(bad)}")
        if bad
        else ("passed", "every value is in the vocabulary")
    )


def _reconciliation(
    connection: duckdb.DuckDBPyConnection, tenant_id: str, month: date
) -> tuple[State, str]:
    """R6: for additive KPIs the agents with the unowned row, the teams and the channels add up to the company."""
    found = _rows(
        connection,
        """
        with additive as (
            select kpi_monthly.* from governance_review.kpi_monthly
            inner join governance_review.kpi_definitions using (kpi_id, kpi_version)
            where tenant_id = ? and month = ? and kpi_monthly.stat = 'count' and aggregation = 'G3'
                and kpi_monthly.numerator is not null
        ), sums as (
            select kpi_id, kpi_version, clock, layer, variant, scope_type, sum(numerator) as total from additive
            where scope_type in ('company', 'channel', 'team', 'agent') group by all
        )
        select parts.kpi_id, parts.scope_type, parts.total, whole.total from sums as parts
        inner join sums as whole using (kpi_id, kpi_version, clock, layer, variant)
        where whole.scope_type = 'company' and parts.scope_type <> 'company' and parts.total <> whole.total
        order by 1, 2
        """,
        tenant_id,
        month,
    )
    if not found:
        return "passed", "agents with unowned, teams and channels add up to the company"
    kpi_id, scope, parts, whole = found[0]
    return (
        "failed",
        f"{len(found)} sums differ, first {kpi_id}: {scope}s give {parts:g}, the company {whole:g}",
    )


def _checks(
    connection: duckdb.DuckDBPyConnection, tenant_id: str, month: date
) -> tuple[State, str]:
    """Critical checks of the newest gate of the build."""
    has_results = _rows(
        connection,
        "select count(*) from information_schema.tables where table_schema = 'raw_checks' and table_name = 'results'",
    )[0][0]
    found = (
        _rows(
            connection,
            "select check_name, passed, severity from raw_checks.results qualify dense_rank() over "
            "(order by as_of desc, run_id desc) = 1 and row_number() over "
            "(partition by checkpoint, suite, check_name, schema_name, table_name order by checked_at desc) = 1",
        )
        if has_results
        else []
    )
    if not found:
        return "not_measurable", "no gate has run on this warehouse"
    failed = sorted(
        {name for name, passed, severity in found if not passed and severity == "critical"}
    )
    if failed:
        return "failed", f"critical checks failed: {', '.join(failed)}"
    return "passed", f"{len(found)} checks of the last run, none critical failed"


def _costs(connection: duckdb.DuckDBPyConnection, tenant_id: str, month: date) -> tuple[State, str]:
    found = _rows(
        connection,
        "select count(*), count(*) filter (where month = ?), count(*) filter (where month = ? and not is_final) "
        "from canonical.costs where tenant_id = ? and not coalesce(is_deleted_in_source, false)",
        month,
        month,
        tenant_id,
    )
    ever, present, provisional = found[0]
    if not ever:
        return "not_measurable", "no source of the tenant delivers costs"
    if not present:
        return "failed", "the tenant delivers costs, but none for this month"
    said = f", {provisional} of them provisional" if provisional else ""
    return "passed", f"{present} cost lines{said}"


def blocking(gates: tuple[Gate, ...]) -> Iterator[Gate]:
    """Checks that failed and were not signed off."""
    return (gate for gate in gates if gate.state == "failed")
