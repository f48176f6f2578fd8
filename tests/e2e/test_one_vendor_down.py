"""Two helpdesks, two tenants, one vendor is gone: the other goes on, last numbers stay and say their age.

By plain calls: that a run publishes what the others brought, says who is gone and ends with a code of its own is shown
by ``test_landing_profiles``.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.config import IngestionSettings
from ingestion.pipeline import run_sources
from ingestion.simulator.server import SimulatorUrls, running_simulator
from orchestration.simulated import vendor_environment
from tests.e2e import two_helpdesks as two
from tests.pipeline import build, environment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

FIRST = two.AS_OF
SECOND = FIRST + timedelta(days=2)
NOWHERE = "http://127.0.0.1:9"
"""The discard port: nothing listens there."""


def accounts(urls: SimulatorUrls, *served: str) -> dict[str, str]:
    """Variables of both accounts; of one that is not served the address is dead."""
    variables = {
        "SOURCES__EDESK__TENANT_ID": "outlet",
        "SOURCES__EDESK__CALLS_PER_SECOND": "0",
        "SOURCES__EDESK__REQUEST_ATTEMPTS": "2",
        "SOURCES__EDESK__REQUEST_BACKOFF_SECONDS": "0.05",
    }
    for vendor in ("zendesk", "edesk"):
        address = urls.of(vendor) if vendor in served else NOWHERE
        variables |= vendor_environment(
            vendor, address, two.OPTIONS.client_id, two.OPTIONS.client_secret
        )
    return variables


def ask(file: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(query).fetchall()


TICKETS = "select tenant_id, count(*) from core.dim_tickets group by 1 order by 1"
REPLIES = """
select kpi_id, stat, clock, scope_type, scope_id, value, n, status
from governance_review.kpi_monthly
where tenant_id = 'outlet' and kpi_id in ('frt', 'nrt', 'replies_sent', 'ticket_volume', 'resolution_volume')
order by all
"""
LOOKS = """
select tenant_id, max(last_looked_at), max(look_lag_cal_s), max(freshness_status)
from data_quality.source_freshness where table_name = 'tickets' group by 1 order by 1
"""


def test_the_tenant_of_the_other_vendor_goes_on_and_old_numbers_say_their_age(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shutil.copytree(two.shared_home(tmp_path_factory), tmp_path, dirs_exist_ok=True)
    warehouse = tmp_path / "warehouse.duckdb"
    tickets = dict(ask(warehouse, TICKETS))
    replies = ask(warehouse, REPLIES)
    assert tickets["outlet"] > 40 and replies

    world, _ = two.told_world()
    later = replace(two.OPTIONS, as_of=SECOND)
    with (
        running_simulator(later, vendors=("zendesk",), world=world) as urls,
        environment(**accounts(urls, "zendesk")),
    ):
        one, other = run_sources(["zendesk", "edesk"], IngestionSettings(tmp_path, SECOND))

    assert one.error is None and one.rows
    said = str(other.error)
    assert "edesk" in said.lower() and NOWHERE in said
    build(tmp_path, SECOND, select=("+kpi_monthly", "+source_freshness"))
    now = dict(ask(warehouse, TICKETS))
    assert now["main"] > tickets["main"], "what the other vendor told since is known"
    assert now["outlet"] == tickets["outlet"]
    assert ask(warehouse, REPLIES) == replies, "what is in force stays in force"
    looks = {tenant: rest for tenant, *rest in ask(warehouse, LOOKS)}
    naive = FIRST.replace(tzinfo=None)
    assert looks["main"] == [SECOND.replace(tzinfo=None), 0, "green"]
    assert looks["outlet"] == [naive, 2 * 86_400, "red"]
