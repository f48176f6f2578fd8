"""Which column of which published mart has a second computation, and why the others have none.

``coverage.csv`` is the list: per column the module that computes it again, as `people.agent_days`, or the reason why
none does. ``test_coverage.py`` holds the list against the columns a warehouse has; every comparison holds what it
really compared against the list. By hand: ``python -m tests.oracle.comparison.coverage`` prints how much of each mart
is computed again.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.oracle.comparison.marts import Comparison

FILE = Path(__file__).parent / "coverage.csv"
KINDS = ("key", "tenant", "label", "provenance", "not recomputed")
"""What a column without a second computation is; the last one needs a reason of its own."""


@dataclass(frozen=True)
class Listed:
    """One published column: the module that computes it again, else what it is and, if needed, why not."""

    table: str
    column: str
    computed_by: str
    kind: str
    reason: str


@cache
def listed() -> tuple[Listed, ...]:
    """Every line of the list."""
    with FILE.open(newline="", encoding="utf-8") as stream:
        return tuple(Listed(**row) for row in csv.DictReader(stream))


@cache
def by_table() -> dict[str, dict[str, Listed]]:
    """The list by mart and column."""
    found: dict[str, dict[str, Listed]] = defaultdict(dict)
    for line in listed():
        found[line.table][line.column] = line
    return dict(found)


def recomputed(table: str, module: str | None = None) -> set[str]:
    """Columns of a mart that are computed a second time, keys of its rows included, by any or by one module."""
    return {
        line.column
        for line in by_table()[table].values()
        if line.computed_by and module in (None, line.computed_by)
    }


def assert_agrees(found: Comparison, least: int, module: str | None = None) -> None:
    """No cell differs, enough rows were compared, and exactly the columns that the list promises.

    Args:
        found: a finished comparison.
        least: rows that must have been compared at least.
        module: whose columns were compared, where several modules share a mart.
    """
    assert not found.differences, found.text()
    assert found.compared > least
    assert found.columns | {*found.keys} == recomputed(found.table, module), found.table


def summary() -> str:
    """How many columns of each mart are computed a second time, and what the others are."""
    lines = []
    for table, columns in sorted(by_table().items()):
        kinds = Counter(line.kind for line in columns.values() if line.kind)
        parts = [f"{kinds[kind]} {kind}" for kind in KINDS if kinds[kind]]
        count = len(recomputed(table))
        lines.append(f"{table}: {count} of {len(columns)} recomputed; {', '.join(parts)}")
    left = Counter(line.kind for line in listed())
    lines.append(f"{left['']} of {len(listed())} recomputed, {left['not recomputed']} not")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(summary() + "\n")
