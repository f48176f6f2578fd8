"""Hours of tickets whose source names no team: of the team that a sheet names, of all teams alike, else grey."""

from __future__ import annotations

import pytest

from tests.acceptance.conftest import Warehouse

pytestmark = pytest.mark.slow

HOUR = 3600
MARCH = "2026-03-01"


def _twin(warehouse: Warehouse, tenant: str, kpi: str, clock: str) -> tuple[float | None, str]:
    row = warehouse.kpi(tenant, kpi, MARCH, stat="median", clock=clock)
    return (None if row["value"] is None else float(row["value"])), str(row["status_reason"])


@pytest.mark.parametrize("kpi", ["full_resolution_time", "requester_wait_time"])
def test_hours_are_those_of_the_team_of_the_channel(warehouse: Warehouse, kpi: str) -> None:
    assert _twin(warehouse, "team_told", kpi, "calendar")[0] == 6 * HOUR
    assert _twin(warehouse, "team_told", kpi, "business")[0] == HOUR
    assert _twin(warehouse, "teams_alike", kpi, "business")[0] == 6 * HOUR


@pytest.mark.parametrize("kpi", ["full_resolution_time", "requester_wait_time", "frt"])
def test_without_the_sheet_the_twin_is_grey_and_names_what_is_missing(
    warehouse: Warehouse, kpi: str
) -> None:
    value, reason = _twin(warehouse, "team_untold", kpi, "business")
    assert value is None
    assert reason == "no source of the tenant has the capability ticket_team"
    value, _ = _twin(warehouse, "team_untold", kpi, "calendar")
    assert value is not None


def test_the_team_has_the_ticket_in_every_scope(warehouse: Warehouse) -> None:
    for tenant, scope in (("team_told", "u"), ("team_untold", "no_team")):
        row = warehouse.kpi(tenant, "ticket_volume", MARCH, scope_type="team", scope_id=scope)
        assert row["n"] == 1


def test_the_capability_says_where_it_comes_from(warehouse: Warehouse) -> None:
    levels = {
        row["tenant_id"]: row["level"]
        for row in warehouse.rows(
            """
            select tenant_id, level from canonical.source_capabilities
            where capability = 'ticket_team' and tenant_id in ('team_told', 'team_untold')
            """
        )
    }
    assert levels == {"team_told": "partial", "team_untold": "none"}
