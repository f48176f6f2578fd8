"""Compare the second computation with a warehouse, row by row and column by column.

By hand: ``python -m tests.oracle.comparison.compare WAREHOUSE --as-of 2026-11-21T12:00:00Z [--tenant T] [--show 5]``.
Exit code 1 when anything differs.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from tests.oracle.comparison.rows import (
    Out,
    answer_row,
    closing_row,
    cycle_row,
    kpi_row,
    obligation_row,
    span_row,
    verdict_rows,
)
from tests.oracle.numbers.kpis import Value
from tests.oracle.numbers.tenants import Tenant, compute
from tests.oracle.world.canonical_rows import Tables, instant, moment, read_warehouse
from tests.oracle.world.retention import agent_rows_from

Identity = tuple[Any, ...]
LABELS = ("tenant_id", "ticket")
MONTHLY_KEYS = (
    *("tenant_id", "month", "kpi_id", "stat", "clock", "layer"),
    *("variant", "scope_type", "scope_id"),
)
_KEYS = {
    "core.fct_response_obligations": (
        "ticket_key",
        "original_ticket_key",
        "started_at",
        "kind",
        "order_key",
    ),
    "core.fct_resolution_cycles": ("ticket_key", "cycle_no"),
    "core.fct_sla_verdicts": ("ticket_key", "cycle_no", "metric", "layer"),
    "core.fct_assignment_spans": ("ticket_key", "agent_key", "from_at"),
    "core.fct_closings": ("ticket_key", "closed_at"),
    "core.fct_satisfaction_responses": ("response_key",),
    "governance_review.kpi_monthly": MONTHLY_KEYS,
}
FACTS = tuple(table for table in _KEYS if table.startswith("core."))
"""Tables of facts that have a second computation."""


@dataclass
class Difference:
    """One differing cell, or a row only one side has (column ``row``)."""

    table: str
    identity: Identity
    label: str
    column: str
    ours: Any
    theirs: Any

    def __str__(self) -> str:
        """One readable line."""
        return (
            f"{self.table} {self.label} {_shown(self.identity)} {self.column}: "
            f"oracle {_shown(self.ours)} warehouse {_shown(self.theirs)}"
        )


@dataclass
class Report:
    """Everything found."""

    differences: list[Difference] = field(default_factory=list)
    compared: Counter[str] = field(default_factory=Counter)
    missing_columns: dict[str, list[str]] = field(default_factory=dict)

    def text(self, show: int = 5) -> str:
        """Counts by column and the first differences of each."""
        lines = [f"{table}: {count} rows compared" for table, count in self.compared.items()]
        for table, names in self.missing_columns.items():
            lines.append(f"{table}: columns not in the warehouse: {', '.join(names)}")
        grouped: dict[tuple[str, str], list[Difference]] = defaultdict(list)
        for difference in self.differences:
            grouped[difference.table, difference.column].append(difference)
        for (table, column), found in grouped.items():
            lines.append(f"{table}.{column}: {len(found)} differ")
            lines += [f"    {difference}" for difference in found[:show]]
        return "\n".join(lines)


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return "(" + ", ".join(_shown(part) for part in value) + ")"
    if isinstance(value, str) and len(value) == 32:
        return value[:6]
    is_instant = isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**14
    return moment(value).isoformat(sep=" ") if is_instant else str(value)


def warehouse_rows(path: Path, table: str, where: str = "true") -> list[Out]:
    """Rows of a warehouse table for which a condition of SQL holds; instants as integers."""
    import duckdb

    with duckdb.connect(str(path), read_only=True) as connection:
        described = connection.execute(f"describe {table}").fetchall()
        instants = [name for name, kind, *_ in described if _is_instant(kind)]
        # counted by the engine, which has them as such: hundreds of thousands need not become objects in between
        counted = ", ".join(f'epoch_us("{name}") as "{name}"' for name in instants)
        told = f"* replace ({counted})" if counted else "*"
        cursor = connection.execute(f"select {told} from {table} where {where}")
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _is_instant(kind: str) -> bool:
    return kind.startswith("TIMESTAMP") and not kind.endswith("]")


def compare(
    report: Report,
    table: str,
    ours: Iterable[tuple[Identity, Out]],
    theirs: Iterable[Out],
    tenants: set[str] | None = None,
) -> None:
    """Add every difference of one table to the report."""
    left, right = _numbered(ours), defaultdict(list)
    for row in theirs:
        if tenants is None or row["tenant_id"] in tenants:
            right[tuple(row[name] for name in _KEYS[table])].append(row)
    found: dict[Identity, Out] = {}
    for identity, rows in right.items():
        ordered = sorted(rows, key=_tie)
        found |= {(*identity, number): row for number, row in enumerate(ordered)}
    report.compared[table] += len(left)
    for identity, row in left.items():
        label = " ".join(str(row[name]) for name in LABELS)
        other = found.pop(identity, None)
        if other is None:
            report.differences.append(
                Difference(table, identity, label, "row", row.get("state", "present"), "absent")
            )
            continue
        absent = [name for name in row if name not in other and name not in LABELS]
        report.missing_columns[table] = absent
        for name, value in row.items():
            if name in other and name not in LABELS and not _equal(value, other[name]):
                report.differences.append(
                    Difference(table, identity, label, name, value, other[name])
                )
    for identity, row in found.items():
        report.differences.append(
            Difference(
                table, identity, str(row["tenant_id"]), "row", "absent", row.get("state", "present")
            )
        )


def _tie(row: Out) -> tuple[int, int]:
    """Order of rows that share their match key."""
    end = row.get("to_at")
    return (row.get("turn_no") or 0, end if end is not None else 10**18)


def _equal(ours: Any, theirs: Any) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    if isinstance(ours, float) or isinstance(theirs, float | Decimal):
        return math.isclose(float(ours), float(theirs), rel_tol=1e-9, abs_tol=2e-6)
    return bool(ours == theirs)


def _numbered(rows: Iterable[tuple[Identity, Out]]) -> dict[Identity, Out]:
    seen: Counter[Identity] = Counter()
    result = {}
    for identity, row in sorted(rows, key=lambda item: _tie(item[1])):
        result[*identity, seen[identity]] = row
        seen[identity] += 1
    return result


@cache
def computed_world(path: Path, as_of: datetime) -> tuple[Tenant, ...]:
    """Every tenant of a finished warehouse, computed once per process: several tests read it."""
    seen = instant(as_of)
    assert seen is not None
    return tuple(compute(read_warehouse(path), seen))


def compare_core(
    path: Path, as_of: datetime, tenants: set[str] | None = None, tables: Tables | None = None
) -> tuple[Report, list[Tenant]]:
    """Core facts of a warehouse against the second computation from its canonical rows."""
    seen = instant(as_of)
    assert seen is not None
    if tables is None:
        whole = computed_world(path, as_of)
        computed = [one for one in whole if tenants is None or one.world.tenant in tenants]
    else:
        computed = compute(tables, seen, tenants)
    report = Report()
    parts: dict[str, list[tuple[Identity, Out]]] = {
        "core.fct_response_obligations": [
            obligation_row(row) for tenant in computed for row in tenant.obligations
        ],
        "core.fct_resolution_cycles": [
            cycle_row(cycle) for tenant in computed for cycle in tenant.cycles
        ],
        "core.fct_sla_verdicts": [
            row for tenant in computed for cycle in tenant.cycles for row in verdict_rows(cycle)
        ],
    }
    parts |= {
        "core.fct_assignment_spans": [span_row(s) for t in computed for s in t.spans],
        "core.fct_closings": [closing_row(c) for t in computed for c in t.closings],
        "core.fct_satisfaction_responses": [answer_row(a) for t in computed for a in t.answers],
    }
    for table, ours in parts.items():
        compare(report, table, ours, warehouse_rows(path, table), tenants)
    return report, computed


def compare_kpis(report: Report, path: Path, computed: list[Tenant]) -> None:
    """``kpi_monthly`` against the second computation, for the KPIs it computes."""
    table = "governance_review.kpi_monthly"
    values = [(t.world.tenant, value) for t in computed for value in _kept(t)]
    kpis = {value.cell.kpi for _, value in values}
    tenants = {tenant.world.tenant for tenant in computed}
    theirs = [
        row
        for row in warehouse_rows(path, table, _MAY_TELL)
        if row["kpi_id"] in kpis and not _is_empty(row) and row["tenant_id"] in tenants
    ]
    ours = [kpi_row(name, value) for name, value in values if not _is_nothing(value)]
    compare(report, table, ours, theirs)


def _kept(tenant: Tenant) -> list[Value]:
    """All numbers but those of single persons in months beyond the limit."""
    oldest = agent_rows_from(tenant.world.as_of, tenant.facts.zone)
    return [
        value
        for value in tenant.kpis()
        if value.cell.scope_type != "agent" or value.cell.month >= oldest
    ]


_MAY_TELL = "n <> 0 or numerator <> 0 or value is not null or value_text is not null"
"""Holds of every row that is not empty (``_is_empty``), and is asked of the engine: most rows of the grid are empty."""


def _is_empty(row: Out) -> bool:
    """A cell of the grid in which nothing happened."""
    is_class = row["value"] is None and row["value_text"] is not None
    return not (row["n"] or row["numerator"] or row["value"] or is_class)


def _is_nothing(value: Value) -> bool:
    return not (value.n or value.numerator or value.value or value.text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("--as-of", required=True, type=datetime.fromisoformat)
    parser.add_argument("--tenant", action="append")
    parser.add_argument("--show", type=int, default=5)
    options = parser.parse_args(arguments)
    wanted = set(options.tenant) if options.tenant else None
    report, computed = compare_core(options.warehouse, options.as_of, wanted)
    compare_kpis(report, options.warehouse, computed)
    sys.stdout.write(report.text(options.show) + "\n")
    return 1 if report.differences else 0


if __name__ == "__main__":
    raise SystemExit(main())
