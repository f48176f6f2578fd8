"""Worked examples of the catalogue's cards, and F28, through the pipeline."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import fmean

import pytest

from tests.acceptance.conftest import Warehouse
from tests.acceptance.example_desks import REACTIONS

pytestmark = pytest.mark.slow


def test_nrt_is_one_turn_from_the_first_of_three_messages(warehouse: Warehouse) -> None:
    row = warehouse.kpi("examples", "nrt", "2026-03-01", stat="median", clock="calendar")
    assert (int(row["value"]), row["n"]) == (5_400, 1)


def test_tat_begins_when_both_assignment_and_message_are_there(warehouse: Warehouse) -> None:
    row = warehouse.kpi("examples", "tat", "2026-04-01", stat="median", clock="calendar")
    assert (int(row["value"]), row["n"]) == (7_200, 1)


def test_csat_dsat_and_neutral_add_up_to_everybody(warehouse: Warehouse) -> None:
    good, bad = (warehouse.kpi("examples", kpi, "2026-05-01") for kpi in ("csat", "dsat"))
    parts = [(int(row["numerator"]), int(row["denominator"])) for row in (good, bad)]
    assert parts == [(74, 107), (23, 107)]
    assert [round(float(row["value"]), 3) for row in (good, bad)] == [0.692, 0.215]
    assert round((107 - 74 - 23) / 107, 3) == 0.093


def test_backlog_of_a_month_is_its_end_and_never_a_sum(warehouse: Warehouse) -> None:
    daily = warehouse.rows(
        """
        select date_day, sum(n_new + n_open + n_pending + n_on_hold) as unsolved
        from agent_sla.backlog_daily
        where tenant_id = 'examples' and date_day between date '2026-06-28' and date '2026-06-30'
        group by date_day order by date_day
        """
    )
    assert [int(row["unsolved"]) for row in daily] == [40, 42, 38]
    assert int(warehouse.kpi("examples", "backlog", "2026-06-01")["value"]) == 38
    assert int(warehouse.kpi("examples", "backlog", "2026-07-01")["value"] or 0) == 0


def test_speed_is_shown_beside_closing_without_reply(warehouse: Warehouse) -> None:
    names = {
        row["agent_key"]: row["agent_id"]
        for row in warehouse.rows("select * from core.dim_agents where tenant_id = 'examples'")
    }
    found = {}
    for key, agent in names.items():
        if agent in ("a", "b"):
            rate = warehouse.kpi(
                "examples",
                "closed_without_reply_rate",
                "2026-07-01",
                scope_type="agent",
                scope_id=key,
            )
            speed = warehouse.kpi(
                "examples",
                "reaction_time",
                "2026-07-01",
                stat="median",
                clock="calendar",
                scope_type="agent",
                scope_id=key,
            )
            parts = int(rate["numerator"]), int(rate["denominator"])
            found[agent] = (*parts, int(speed["value"]))
    assert found == {"a": (46, 100, 180), "b": (2, 100, 540)}


def test_f28_a_slow_week_is_explained_by_load_or_not_at_all(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        """
        select teams.team_id, volumes.*
        from agent_sla.speed_volume as volumes
        inner join core.dim_teams as teams on volumes.team_key = teams.team_key
        where volumes.tenant_id = 'f28' and volumes.scope_type = 'team' and volumes.grain = 'week'
            and volumes.period_start = date '2026-03-30'
        order by teams.team_id
        """
    )
    assert [(row["team_id"], row["baseline_points"]) for row in rows] == [("x", 12), ("y", 12)]
    logs = [math.log(minutes * 60) for minutes in REACTIONS]
    reach = 2.66 * fmean(abs(later - earlier) for earlier, later in pairwise(logs))
    for row in rows:
        assert float(row["load_low"]) == pytest.approx(37.5, abs=0.15)
        assert float(row["load_high"]) == pytest.approx(67.0, abs=0.15)
        assert float(row["speed_low_s"]) == pytest.approx(math.exp(fmean(logs) - reach), abs=0.01)
        assert float(row["speed_high_s"]) == pytest.approx(math.exp(fmean(logs) + reach), abs=0.01)
        assert float(row["reaction_median_s"]) == 366
        assert float(row["staff_ratio"]) == 1
    signals = [(row["speed_signal"], row["load_signal"], row["verdict"]) for row in rows]
    assert signals == [
        ("worse", "up", "explained_by_volume"),
        ("worse", "none", "unexplained"),
    ]
