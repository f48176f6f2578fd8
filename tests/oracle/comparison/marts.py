"""Compare a published mart with its second computation, row by row and column by column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.oracle.comparison.compare import computed_world
from tests.oracle.comparison.rows import Out
from tests.oracle.numbers.kpis import Facts

Identity = tuple[Any, ...]
Rows = Mapping[Identity, Out]
_ABSOLUTE = 2e-6
"""Published fractions have six decimals."""
_RELATIVE = 5e-9
"""Limits of charts are powers of logarithms that are kept with nine."""


@dataclass
class Comparison:
    """What one mart was compared with."""

    table: str
    keys: tuple[str, ...] = ()
    compared: int = 0
    columns: set[str] = field(default_factory=set)
    differences: list[str] = field(default_factory=list)
    theirs: list[Out] = field(default_factory=list)

    def text(self, show: int = 20) -> str:
        """The first differences."""
        return "\n".join([f"{len(self.differences)} differ", *self.differences[:show]])


def compare_mart(
    warehouse: Path,
    as_of: datetime,
    table: str,
    keys: tuple[str, ...],
    compute: Callable[[Facts], Rows],
    theirs: list[Out],
) -> Comparison:
    """Rows of a mart against the second computation of every tenant.

    Args:
        warehouse: finished warehouse file.
        as_of: instant it was judged at.
        table: schema and name of the mart.
        keys: columns that identify a row beside the tenant, in the order of the computed identities.
        compute: rows of one tenant by identity.
        theirs: rows of the mart.
    """
    result = Comparison(table, keys, theirs=theirs)
    told: dict[str, dict[Identity, Out]] = defaultdict(dict)
    for row in theirs:
        told[row["tenant_id"]][tuple(row[key] for key in keys)] = row
    for tenant in computed_world(warehouse, as_of):
        name = tenant.world.tenant
        rows = told[name]
        ours = compute(tenant.facts)
        result.compared += len(ours)
        for identity in sorted(ours.keys() ^ rows.keys(), key=str):
            side = ("second", ours) if identity in ours else ("warehouse", rows)
            only = f"only {side[0]} {_filled(side[1][identity])}"
            result.differences.append(f"{name} {identity}: {only}")
        for identity in ours.keys() & rows.keys():
            _cells(result, (name, *identity), ours[identity], rows[identity])
    return result


def _cells(result: Comparison, identity: Identity, ours: Out, theirs: Out) -> None:
    result.columns |= ours.keys()
    for name, value in ours.items():
        other = theirs[name]
        if not _is_same(value, other):
            result.differences.append(f"{name} {identity}: second {value}, warehouse {other}")


def _filled(row: Out) -> Out:
    return {name: value for name, value in row.items() if value}


def _is_same(ours: Any, theirs: Any) -> bool:
    is_number = isinstance(ours, int | float | Decimal) and not isinstance(ours, bool)
    if ours is None or theirs is None or not is_number:
        return bool(ours == theirs)
    return abs(float(ours) - float(theirs)) <= max(_ABSOLUTE, _RELATIVE * abs(float(ours)))
