"""Every point of ``agent_sla.speed_volume`` in the simulated world equals the second computation."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.oracle.compare import computed_world, warehouse_rows
from tests.oracle.speed_volume import speed_volume

_NAMES = ("grain", "scope_type", "channel_key", "team_key", "agent_key")


def differences(warehouse: Path, as_of: datetime) -> tuple[list[str], Counter[str]]:
    """Points that differ, in words, and how many points have each verdict."""
    found, verdicts = list[str](), Counter[str]()
    rows = warehouse_rows(warehouse, "agent_sla.speed_volume")
    for tenant in computed_world(warehouse, as_of):
        theirs = {
            (tuple(row[name] for name in _NAMES), row["period_start"]): row
            for row in rows
            if row["tenant_id"] == tenant.world.tenant
        }
        ours = speed_volume(tenant.facts)
        for identity in sorted(ours.keys() ^ theirs.keys(), key=str):
            found.append(f"{identity}: only {'second' if identity in ours else 'warehouse'}")
        for identity in ours.keys() & theirs.keys():
            verdicts[theirs[identity]["verdict"]] += 1
            for name, value in ours[identity].items():
                if not _is_same(value, theirs[identity][name]):
                    found.append(f"{identity} {name}: {value} != {theirs[identity][name]}")
    return found, verdicts


def _is_same(ours: object, theirs: object) -> bool:
    if ours is None or theirs is None or isinstance(ours, str | bool | date):
        return ours == theirs
    wanted = float(str(ours))
    return abs(wanted - float(str(theirs))) <= max(2e-6, 1e-6 * abs(wanted))


@pytest.mark.slow
def test_speed_against_volume_of_the_simulated_world_agrees(
    simulated_warehouse: tuple[Path, datetime],
) -> None:
    found, verdicts = differences(*simulated_warehouse)
    assert not found, "\n".join(found[:20])
    assert {"normal", "insufficient", "unexplained"} <= verdicts.keys()
