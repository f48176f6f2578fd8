"""What the simulated seller hides is found, and what only looks bad is not accused.

The simulator knows whom and when; the marts do not. The world begins in August, so that Black Friday comes after the
twelve ordinary weeks a weekly chart needs before it judges; a team has five answers a day here, so a day alone says
little. The useless fix has not been live for eight weeks yet; that it must not be called effective holds all the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.simulator.world.commerce_accounts import black_friday
from ingestion.simulator.world.fixes import FIXES, live_on
from ingestion.simulator.world.people import TEAM_BY_SLUG
from ingestion.simulator.world.world import World
from tests.conftest import simulated_options

pytestmark = pytest.mark.slow

EFFECTIVE, USELESS, PLANNED = FIXES
FALSE_ALARMS = 0.02
"""Share of ordinary days that limits of three standard deviations with two run rules may call slow by chance."""


@pytest.fixture(scope="module")
def seller() -> World:
    """Who and what is planted."""
    return World(simulated_options())


@pytest.fixture(scope="module")
def marts(simulated_warehouse: tuple[Path, datetime]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(simulated_warehouse[0]), read_only=True) as connection:
        yield connection


def rows(marts: duckdb.DuckDBPyConnection, query: str, *values: Any) -> list[tuple[Any, ...]]:
    return marts.execute(query, list(values)).fetchall()


def team(slug: str) -> str:
    return str(TEAM_BY_SLUG[slug].team_id)


def verdicts(
    marts: duckdb.DuckDBPyConnection, slug: str, first: date, last: date, grain: str = "day"
) -> list[tuple[str, str, int, bool]]:
    """Verdict, staffing signal, baseline points and event mark of a team's periods, in order."""
    return rows(
        marts,
        """
        select v.verdict, v.staff_signal, v.baseline_points, v.is_event_day
        from agent_sla.speed_volume as v
        inner join core.dim_teams as t on v.team_key = t.team_key
        where v.scope_type = 'team' and v.grain = ? and t.team_id = ? and v.period_start between ? and ?
        order by v.period_start
        """,
        grain,
        team(slug),
        first,
        last,
    )


def test_who_closes_without_answering_is_found_and_nobody_else(
    seller: World, marts: duckdb.DuckDBPyConnection
) -> None:
    closer = [(str(seller.staff.closer.agent_id),)]
    gated = """
        select distinct a.agent_id from agent_sla.agent_scorecards as s
        inner join core.dim_agents as a on s.agent_key = a.agent_key
        where s.gate_closed_without_reply
    """
    assert rows(marts, gated) == closer
    assert not rows(
        marts,
        """
        select 1 from agent_sla.agent_scorecards
        where gate_closed_without_reply and (band = 'above' or gate_evidence is null)
        """,
    )
    alerted = """
        select distinct a.agent_id from agent_sla.alerts as l
        inner join core.dim_agents as a on l.agent_key = a.agent_key
        where l.rule_id = 'closed_unanswered_spike'
    """
    assert rows(marts, alerted) == closer


def test_the_overloaded_team_is_a_case_of_staffing_not_of_coaching(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    flags = """
        select distinct t.team_id, f.is_coaching, f.agent_key from agent_sla.coaching_flags as f
        inner join core.dim_teams as t on f.team_key = t.team_key
        where f.flag_id = 'overload'
    """
    assert rows(marts, flags) == [(team("marketplace_north"), False, None)]
    accused = """
        select distinct f.agent_key from agent_sla.coaching_flags as f
        inner join core.dim_teams as t on f.team_key = t.team_key
        where f.flag_id = 'slow_first_reply' and t.team_id = ?
    """
    assert len(rows(marts, accused, team("marketplace_north"))) <= 1


def test_the_unexplained_slow_week_is_found(
    seller: World, marts: duckdb.DuckDBPyConnection
) -> None:
    slow = seller.staff.slow_week
    answered_by = slow[-1] + timedelta(days=7)
    found = verdicts(marts, "marketplace_italy", slow[0], answered_by)
    assert [verdict for verdict, *_ in found].count("unexplained") >= 2
    assert not {"explained_by_volume", "suspicious_gain"} & {verdict for verdict, *_ in found}
    review = """
        select v.review_obligations from agent_sla.speed_volume as v
        inner join core.dim_teams as t on v.team_key = t.team_key
        where v.scope_type = 'team' and v.grain = 'day' and v.verdict = 'unexplained'
            and t.team_id = ? and v.period_start between ? and ?
    """
    for (obligations,) in rows(marts, review, team("marketplace_italy"), slow[0], answered_by):
        assert json.loads(obligations)
    alerts = """
        select distinct split_part(scope_id, '|', 2) from agent_sla.alerts
        where rule_id = 'unexplained_slowdown' and cast(opened_at as date) between ? and ?
    """
    # two answers a day are too few for the alert, which needs two such days running; nobody else may have one
    assert set(rows(marts, alerts, slow[0], answered_by - timedelta(days=3))) <= {
        (team("marketplace_italy"),)
    }
    [(verdict, staff, _, _)] = verdicts(marts, "marketplace_italy", slow[0], slow[0], "week")
    assert (verdict, staff) == ("unexplained", "none")


def test_the_ill_team_is_short_of_staff_and_not_accused(
    seller: World, marts: duckdb.DuckDBPyConnection
) -> None:
    ill = seller.staff.flu_week
    days = verdicts(marts, "webshop_care", ill[0], ill[-1])
    assert days
    assert "unexplained" not in {verdict for verdict, *_ in days}
    [(verdict, staff, points, _)] = verdicts(marts, "webshop_care", ill[0], ill[0], "week")
    assert staff == "down"
    assert (verdict, points < 12) == ("insufficient", True)


def test_black_friday_is_explained_by_volume(
    seller: World, marts: duckdb.DuckDBPyConnection
) -> None:
    """Contacts follow the orders for a week: the week of Black Friday begins the rush, the next one is its peak."""
    friday = black_friday(seller.options.start.year)
    first, last = friday - timedelta(days=4), friday + timedelta(days=9)
    company = rows(
        marts,
        """
        select period_start, verdict, is_event_day, turns, staff_signal from agent_sla.speed_volume
        where scope_type = 'company' and grain = 'week' and period_start between ? and ?
        order by period_start
        """,
        first - timedelta(days=28),
        last,
    )
    *before, begin, peak = company
    assert (begin[0], peak[0]) == (first, first + timedelta(days=7))
    assert begin[1] in ("normal", "explained_by_volume")
    assert peak[1] in ("normal", "explained_by_volume")
    assert begin[2] and peak[2]
    assert peak[3] > 2 * sum(week[3] for week in before) / len(before)
    assert peak[4] == "none"
    teams = {slug: verdicts(marts, slug, first, last, "week") for slug in TEAM_BY_SLUG}
    found = {slug: {verdict for verdict, *_ in weeks} for slug, weeks in teams.items()}
    assert "explained_by_volume" in found["marketplace_italy"]
    assert not [slug for slug, seen in found.items() if "unexplained" in seen]
    for slug in ("marketplace_italy", "webshop_care", "chat_social"):
        assert "unexplained" not in {v for v, *_ in verdicts(marts, slug, first, last)}
    marked = rows(
        marts,
        """
        select bool_and(is_event_day) from agent_sla.speed_volume
        where scope_type = 'company' and grain = 'day' and period_start between ? and ?
        """,
        first,
        friday + timedelta(days=3),
    )
    assert marked == [(True,)]


def test_ordinary_days_are_not_accused(seller: World, marts: duckdb.DuckDBPyConnection) -> None:
    slow = seller.staff.slow_week
    found = rows(
        marts,
        """
        select v.verdict, count(*) from agent_sla.speed_volume as v
        inner join core.dim_teams as t on v.team_key = t.team_key
        where v.scope_type = 'team' and v.grain = 'day' and v.verdict <> 'insufficient'
            and not (t.team_id = ? and v.period_start between ? and ?)
        group by v.verdict
        """,
        team("marketplace_italy"),
        slow[0],
        slow[-1] + timedelta(days=14),
    )
    counts = dict(found)
    judged = sum(counts.values())
    assert judged > 300
    assert counts.get("unexplained", 0) <= FALSE_ALARMS * judged
    assert counts.get("suspicious_gain", 0) <= FALSE_ALARMS * judged


def test_only_the_fix_that_works_is_called_effective(
    seller: World, simulated_warehouse: tuple[Path, datetime], marts: duckdb.DuckDBPyConnection
) -> None:
    answers = {
        fix: (verdict, effect, high)
        for fix, verdict, effect, high in rows(
            marts,
            """
            select fix_id, effect_verdict, effect, effect_high from tag_volume.reason_root_causes
            where fix_id is not null
            """,
        )
    }
    assert set(answers) == {fix.fix_id for fix in FIXES}
    verdict, effect, high = answers[EFFECTIVE.fix_id]
    assert verdict == "effective"
    assert effect < high < 0
    useless_since = live_on(seller.options, USELESS)
    assert useless_since is not None
    assert useless_since + timedelta(days=56) > simulated_warehouse[1].date()
    assert answers[USELESS.fix_id][0].startswith("running")
    assert answers[USELESS.fix_id][1] is None
    assert answers[PLANNED.fix_id][:2] == (None, None)
    governed = rows(
        marts,
        """
        select scope_id, value_text, value < 0 and ci_high < 0 from governance_review.kpi_monthly
        where kpi_id = 'fix_effect' and scope_type = 'fix' and value is not null
        """,
    )
    assert governed == [(EFFECTIVE.fix_id, "effective", True)]
