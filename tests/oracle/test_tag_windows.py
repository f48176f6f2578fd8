"""Every column of ``tag_volume.tag_volume_windows`` in the simulated world equals the second computation."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.oracle.compare import computed_world, warehouse_rows
from tests.oracle.tag_windows import tag_windows

_ROUNDED = {
    "handle_mean_s": 0.051,
    "handle_median_s": 0.051,
    "labour_cost": 0.011,
    # the polynomial behind p is good to 1.5e-7, times the number of tests
    "share_change_adjusted_p_value": 1e-5,
}


def differences(warehouse: Path, as_of: datetime) -> tuple[list[str], int]:
    """Cells that differ, in words, and how many rows were compared."""
    found, compared = list[str](), 0
    rows = warehouse_rows(warehouse, "tag_volume.tag_volume_windows")
    for tenant in computed_world(warehouse, as_of):
        theirs = {
            (
                row["window_days"],
                row["scope_type"],
                row["scope_id"],
                "untagged" if row["is_untagged"] else row["reason_name"].lower(),
            ): row
            for row in rows
            if row["tenant_id"] == tenant.world.tenant
        }
        ours = tag_windows(tenant.facts)
        compared += len(ours)
        for identity in sorted(ours.keys() ^ theirs.keys(), key=str):
            found.append(f"{identity}: only {'second' if identity in ours else 'warehouse'}")
        for identity in ours.keys() & theirs.keys():
            for name, value in ours[identity].items():
                other = theirs[identity][name]
                if value is None or other is None or isinstance(value, bool):
                    is_same = value == other
                else:
                    is_same = abs(value - float(other)) <= _ROUNDED.get(name, 2e-6)
                if not is_same:
                    found.append(f"{identity} {name}: second {value}, warehouse {other}")
    return found, compared


@pytest.mark.slow
def test_windows_of_reasons_of_the_simulated_world_agree(
    simulated_warehouse: tuple[Path, datetime],
) -> None:
    found, compared = differences(*simulated_warehouse)
    assert not found, "\n".join(found[:20])
    assert compared > 200
