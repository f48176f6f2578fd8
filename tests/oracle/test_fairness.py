"""Scorecards of the simulated world equal the second computation."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.oracle.compare import warehouse_rows
from tests.oracle.scorecards import scorecards

# relative: the expansion behind Student's t is good to 0.001
_TOLERANCE = {"duration_ratio_low": 1e-3, "duration_ratio_high": 1e-3}


def _is_near(name: str, ours: float, theirs: float) -> bool:
    return abs(ours - theirs) <= _TOLERANCE.get(name, 0) * abs(ours) + 5e-6


def differences(warehouse: Path, as_of: datetime) -> tuple[list[str], dict[str, int]]:
    """Cards that differ, in words, and how many cards stand in each band."""
    ours, bands, found = scorecards(warehouse, as_of), dict[str, int](), list[str]()
    theirs = {
        tuple(
            row[name]
            for name in (
                "tenant_id",
                "period_type",
                "period_start",
                "layer",
                "platform",
                "agent_key",
            )
        ): row
        for row in warehouse_rows(warehouse, "agent_sla.agent_scorecards")
    }
    for identity in sorted(ours.keys() ^ theirs.keys(), key=str):
        found.append(f"{identity}: only {'second' if identity in ours else 'warehouse'}")
    for identity in ours.keys() & theirs.keys():
        row = theirs[identity]
        bands[row["band"]] = bands.get(row["band"], 0) + 1
        wanted = ours[identity]
        gated = row["gate_evidence"] is not None and wanted["band_before_gates"] == "above"
        wanted["band"] = "in_range" if gated else wanted["band_before_gates"]
        for name, value in wanted.items():
            other = row[name]
            if value is None or other is None or isinstance(value, str | bool):
                is_same = value == other
            else:
                is_same = _is_near(name, float(value), float(other))
            if not is_same:
                found.append(f"{identity} {name}: second {value}, warehouse {other}")
    return found, bands


@pytest.mark.slow
def test_scorecards_of_the_simulated_world_agree(
    simulated_warehouse: tuple[Path, datetime],
) -> None:
    found, bands = differences(*simulated_warehouse)
    assert not found, "\n".join(found[:20])
    assert bands.get("in_range", 0) > 10
    assert bands.get("insufficient", 0) > 10
