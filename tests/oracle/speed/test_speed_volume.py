"""Every point of ``agent_sla.speed_volume`` in the simulated world equals the second computation."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.oracle.comparison.compare import computed_world, warehouse_rows
from tests.oracle.comparison.coverage import recomputed
from tests.oracle.comparison.masks import speed_point
from tests.oracle.speed.speed_reviews import Review, reviews
from tests.oracle.speed.speed_volume import speed_volume
from tests.oracle.world.measurable import Measurable

_TABLE = "agent_sla.speed_volume"
_NAMES = ("grain", "scope_type", "channel_key", "team_key", "agent_key")


def differences(warehouse: Path, as_of: datetime) -> tuple[list[str], Counter[str]]:
    """Points that differ, in words, and how many points have each verdict."""
    found, verdicts = list[str](), Counter[str]()
    rows = warehouse_rows(warehouse, _TABLE)
    for tenant in computed_world(warehouse, as_of):
        theirs = {
            (tuple(row[name] for name in _NAMES), row["period_start"]): row
            for row in rows
            if row["tenant_id"] == tenant.world.tenant
        }
        sources = Measurable(tenant.world, tenant.facts.zone)
        points = speed_volume(tenant.facts).items()
        ours = {identity: speed_point(sources, out) for identity, out in points}
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
    return abs(wanted - float(str(theirs))) <= max(2e-6, 5e-6 * abs(wanted))


@pytest.mark.slow
def test_speed_against_volume_of_the_simulated_world_agrees(
    simulated_warehouse: tuple[Path, datetime],
) -> None:
    found, verdicts = differences(*simulated_warehouse)
    columns = {
        name
        for tenant in computed_world(*simulated_warehouse)
        for out in speed_volume(tenant.facts).values()
        for name in out
    }
    assert columns | {*_NAMES, "period_start"} == recomputed(_TABLE, "speed.speed_volume")
    assert not found, "\n".join(found[:20])
    assert {"normal", "insufficient", "unexplained"} <= verdicts.keys()


@pytest.mark.slow
def test_what_to_review_of_an_unexplained_slowdown_agrees(
    simulated_warehouse: tuple[Path, datetime],
) -> None:
    warehouse, as_of = simulated_warehouse
    turns = {
        row["obligation_key"]: row
        for row in warehouse_rows(warehouse, "core.fct_response_obligations")
    }
    rows = warehouse_rows(warehouse, _TABLE)
    with_turns = 0
    for tenant in computed_world(warehouse, as_of):
        wanted = reviews(tenant.facts)
        for row in rows:
            if row["tenant_id"] != tenant.world.tenant:
                continue
            name = (tuple(row[column] for column in _NAMES), row["period_start"])
            agents, obligations = (
                json.loads(row[column] or "[]")
                for column in ("review_agents", "review_obligations")
            )
            review = wanted.get(name, Review(frozenset(), (), frozenset()))
            seconds = {turns[key]["obligation_key"]: _reaction(turns[key]) for key in obligations}
            assert {*agents} == review.agents, name
            assert sorted(seconds.values(), reverse=True) == [*review.longest], name
            told = {
                (turns[key]["original_ticket_key"], turns[key]["started_at"], length)
                for key, length in seconds.items()
            }
            assert told <= review.turns, name
            with_turns += bool(obligations)
    assert with_turns > 10
    names = {"review_agents", "review_obligations"}
    assert names == recomputed(_TABLE, "speed.speed_reviews")


def _reaction(row: dict[str, int | None]) -> int | None:
    """Business seconds where a calendar is in force."""
    return row["reaction_cal_s"] if row["reaction_bus_s"] is None else row["reaction_bus_s"]
