"""The tag marts of the simulated world equal the second computation, column by column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.comparison.compare import computed_world, warehouse_rows
from tests.oracle.comparison.coverage import recomputed
from tests.oracle.comparison.masks import tag_window
from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.statistics import month_of
from tests.oracle.reasons.macro_months import macro_months
from tests.oracle.reasons.tag_windows import tag_windows
from tests.oracle.world.measurable import Measurable

_ROUNDED = {
    "handle_mean_s": 0.051,
    "handle_median_s": 0.051,
    "handle_median_without_macro_s": 0.051,
    "handle_delta_s": 0.051,
    "labour_cost": 0.011,
    # the polynomial behind p is good to 1.5e-7, times the number of tests
    "share_change_adjusted_p_value": 1e-5,
}
Row = Mapping[str, Any]


def differences(
    warehouse: Path,
    as_of: datetime,
    table: str,
    identity_of: Callable[[Row], Any],
    compute: Callable[[Any], Mapping[Any, Row]],
) -> tuple[list[str], int, set[str]]:
    """Cells that differ, in words, how many rows were compared, and which columns."""
    found, compared, columns = list[str](), 0, set[str]()
    rows = warehouse_rows(warehouse, table)
    for tenant in computed_world(warehouse, as_of):
        theirs = {identity_of(row): row for row in rows if row["tenant_id"] == tenant.world.tenant}
        ours = compute(tenant.facts)
        compared += len(ours)
        for identity in sorted(ours.keys() ^ theirs.keys(), key=str):
            found.append(f"{identity}: only {'second' if identity in ours else 'warehouse'}")
        for identity in ours.keys() & theirs.keys():
            for name, value in ours[identity].items():
                columns.add(name)
                if not _is_same(name, value, theirs[identity][name]):
                    other = theirs[identity][name]
                    found.append(f"{identity} {name}: second {value}, warehouse {other}")
    return found, compared, columns


def _is_same(name: str, ours: Any, theirs: Any) -> bool:
    if ours is None or theirs is None or isinstance(ours, bool | str | date):
        return bool(ours == theirs)
    return abs(ours - float(theirs)) <= _ROUNDED.get(name, 2e-6)


def _window(row: Row) -> Any:
    name = "untagged" if row["is_untagged"] else row["reason_name"].lower()
    return row["window_days"], row["scope_type"], row["scope_id"], name


def _macro(row: Row) -> Any:
    return row["macro_id"], (row["month"], row["reason_name"], row["platform"])


def windows(warehouse: Path, as_of: datetime) -> tuple[list[str], int, set[str]]:
    """Windows of reasons that differ."""
    return differences(warehouse, as_of, "tag_volume.tag_volume_windows", _window, _shown_windows)


def _shown_windows(facts: Facts) -> Mapping[Any, Row]:
    sources = Measurable(facts.world, facts.zone)
    month = month_of(facts.world.as_of, facts.zone)
    found = tag_windows(facts).items()
    return {identity: tag_window(sources, out, month) for identity, out in found}


@pytest.mark.slow
def test_windows_of_reasons_agree(simulated_warehouse: tuple[Path, datetime]) -> None:
    found, compared, columns = windows(*simulated_warehouse)
    assert not found, "\n".join(found[:20])
    keys = {"window_days", "scope_type", "scope_id", "reason_name", "is_untagged"}
    assert columns | keys == recomputed("tag_volume.tag_volume_windows")
    assert compared > 200


@pytest.mark.slow
def test_months_of_macros_agree(simulated_warehouse: tuple[Path, datetime]) -> None:
    table = "tag_volume.macro_monthly"
    found, compared, columns = differences(*simulated_warehouse, table, _macro, macro_months)
    assert not found, "\n".join(found[:20])
    assert columns | {"macro_id", "month", "reason_name", "platform"} == recomputed(table)
    assert compared > 100
