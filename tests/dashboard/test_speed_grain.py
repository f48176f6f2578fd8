"""Speed by day or by ISO week: what is shown is the mart's own row of the period, kept in the address."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.dashboard.queries import speed
from orchestration.dashboard.selection import NAMES, Filters
from orchestration.dashboard.views import speed as page
from orchestration.presenting.publication import Publication

MONDAY = date(2026, 3, 2)


@pytest.fixture
def published() -> Publication:
    """Four weeks; each week's median is none that its days would give by a mean."""
    connection = duckdb.connect()
    connection.execute(
        "create schema agent_sla; create schema core;"
        "create table core.dim_channels (tenant_id varchar, channel_key varchar, channel_id varchar, name varchar);"
        "insert into core.dim_channels values ('t', 'c', 'mail', 'Mail');"
        "create table core.dim_teams (tenant_id varchar, team_key varchar, team_id varchar);"
        "create table agent_sla.operator_activity_daily as select 't' as tenant_id, date '2026-03-29' as date_day;"
        "create table agent_sla.speed_volume (tenant_id varchar, grain varchar, period_start date, scope_type varchar,"
        " channel_key varchar, team_key varchar, reaction_median_s double, verdict varchar, verdict_reason varchar,"
        " speed_expected_s double, load double, load_expected double, staff_ratio double, residual_z double,"
        " n_reactions bigint, turns bigint, is_event_day boolean, review_agents varchar, review_obligations varchar)"
    )
    for grain, step, count, median in (("day", 1, 28, 100.0), ("week", 7, 4, 777.0)):
        for place in range(count):
            for scope, key in (("company", None), ("channel", "c")):
                connection.execute(
                    "insert into agent_sla.speed_volume (tenant_id, grain, period_start, scope_type, channel_key, "
                    "reaction_median_s, verdict) values ('t', ?, ?, ?, ?, ?, 'unexplained')",
                    [grain, MONDAY + timedelta(days=step * place), scope, key, median],
                )
    return Publication(Path("marts.duckdb"), connection)


@pytest.mark.parametrize(
    ("grain", "periods", "median"), [("", 14, 100.0), ("day", 14, 100.0), ("week", 2, 777.0)]
)
def test_the_chosen_grain_is_that_of_the_mart(
    published: Publication, grain: str, periods: int, median: float
) -> None:
    filters = Filters(tenant="t", days="14", grain=grain)
    found = speed.series(published, filters)
    assert len(found) == periods
    assert set(found.reaction_median_s) == {median}
    noted = speed.notable(published, filters)
    assert {row["reaction_median_s"] for row in noted} == {median}
    assert {row["channel_id"] for row in noted} == {"mail"}


def test_the_grain_stands_in_the_address() -> None:
    assert "grain" in NAMES and "grain" in page.USES
    assert Filters.of({"grain": "week"}).given == {"grain": "week"}
    assert speed.grain(Filters(grain="month")) == "day"
