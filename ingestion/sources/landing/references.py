"""Whether what a rule refers to is in force: in its tenant's sheets, or among the seeds."""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion.canonical import Table, tables
from ingestion.sheet_rules import REFERENCES, Fault, Row

if TYPE_CHECKING:
    from ingestion.sources.landing.folder import TableNews

SEEDS = Path(__file__).parents[3] / "dbt_project" / "seeds"
_FOLLOWS_ITS_SHEET = frozenset({"sla_policies"})
"""A target follows the origin of its policy, so a sheet's target cannot refer to a policy of the seeds."""


class References:
    """Checks the references of rows; tables that are referred to are read first."""

    def __init__(self, news: Callable[[str], TableNews], warehouse: Path) -> None:
        """``news`` gives what the folder says about a table."""
        self._news = news
        self._warehouse = warehouse
        self._known: dict[tuple[str, tuple[str, ...]], set[tuple[Any, ...]]] = {}

    def check(self, table: Table) -> Callable[[Row], list[Fault]] | None:
        """Faults of a row's references; null for a table without any."""
        references = REFERENCES.get(table.name)
        if not references:
            return None
        is_target = table.name == "kpi_targets"

        def faults(row: Row) -> list[Fault]:
            return [
                (columns[0], _reason(columns, target))
                for columns, target in references
                if row[columns[0]] is not None and not self._is_known(row, columns, target)
            ] + (_fraction_faults(row) if is_target else [])

        return faults

    def _is_known(self, row: Row, columns: tuple[str, ...], target: str) -> bool:
        wanted = tuple(row[name] for name in columns)
        tenant = row["tenant_id"]
        if target not in tables():
            return wanted in seed_keys(target, columns)
        news = self._news(target)
        if news.is_unknown or tenant not in news.tenants:
            # Without a sheet of its own the tenant has the vendor's rules or the seeds': nothing to compare with here.
            return True
        if (tenant, *wanted) in self._in_force(target, columns, news):
            return True
        return target not in _FOLLOWS_ITS_SHEET and wanted in seed_keys(target, columns)

    def _in_force(
        self, target: str, columns: tuple[str, ...], news: TableNews
    ) -> set[tuple[Any, ...]]:
        key = (target, columns)
        if key not in self._known:
            places = [tables()[target].identity.index(name) for name in ("tenant_id", *columns)]
            self._known[key] = {tuple(identity[i] for i in places) for identity in news.in_force}
        return self._known[key]


def _fraction_faults(row: Row) -> list[Fault]:
    """A share is a fraction of one: 95 would be off target for good. Some shares may be a little above one."""
    if (row["kpi_id"], "%") not in seed_keys("kpi_definitions", ("kpi_id", "unit")):
        return []
    return [
        (
            name,
            f"{name} is 200 % or more, but this KPI is a share; write the fraction, such as 0.95 for 95 %",
        )
        for name in ("target", "target_high", "amber_tolerance")
        if row[name] is not None and row[name] >= 2
    ]


def _reason(columns: tuple[str, ...], target: str) -> str:
    what = f"this {' with this '.join(columns)}" if len(columns) > 1 else "this"
    return f"{what} is not in {target} as it is in force; add it there or correct it"


@cache
def seed_keys(table: str, columns: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """Values of the columns in a seed; empty where there is no such seed."""
    path = SEEDS / f"seed_{table}.csv"
    if not path.is_file():
        return frozenset()
    with path.open(encoding="utf-8", newline="") as handle:
        return frozenset(tuple(row[name] for name in columns) for row in csv.DictReader(handle))
