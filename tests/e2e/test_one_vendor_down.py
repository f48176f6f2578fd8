"""Two helpdesks, two tenants, one vendor is gone: the other is published anew, last numbers stay and say their age."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.simulator.server import SimulatorUrls, running_simulator
from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.world import World
from orchestration.simulated import vendor_environment
from tests.e2e.runner import deskhouse, environment
from tests.pipeline import build, load
from tests.pipeline import environment as set_variables

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

FIRST = datetime(2026, 4, 28, 6, tzinfo=UTC)
SECOND = FIRST + timedelta(days=2)
OPTIONS = SimulatorOptions(
    seed=3, start=date(2026, 4, 1), days=32, tickets_per_day=3, as_of=FIRST, rate_limit_scale=0
)
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
        variables |= vendor_environment(vendor, address, OPTIONS.client_id, OPTIONS.client_secret)
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


def test_the_tenant_of_the_other_vendor_is_published_and_old_numbers_say_their_age(
    tmp_path: Path,
) -> None:
    world = World(OPTIONS)
    served = ("zendesk", "edesk")
    with (
        running_simulator(OPTIONS, vendors=served, world=world) as urls,
        set_variables(**accounts(urls, *served)),
    ):
        load(served, tmp_path, FIRST)
    warehouse = build(tmp_path, FIRST)
    tickets = dict(ask(warehouse, TICKETS))
    replies = ask(warehouse, REPLIES)
    assert tickets["outlet"] > 40 and replies

    later = replace(OPTIONS, as_of=SECOND)
    with running_simulator(later, vendors=("zendesk",), world=world) as urls:
        variables = environment(tmp_path, **accounts(urls, "zendesk"))
        one = deskhouse(
            *("run", "--sources", "zendesk,edesk", "--as-of", SECOND.isoformat()),
            variables=variables,
        )

    assert one.code == 3, one.out + one.err
    assert "Traceback" not in one.err
    said = " ".join((one.out + one.err).split())
    assert "edesk" in said.lower() and "http://127.0.0.1:9" in said
    marts = tmp_path / "published" / "marts.duckdb"
    now = dict(ask(marts, TICKETS))
    assert now["main"] > tickets["main"], "what the other vendor told since is published"
    assert now["outlet"] == tickets["outlet"]
    assert ask(marts, REPLIES) == replies, "what is in force stays in force"
    looks = {tenant: rest for tenant, *rest in ask(marts, LOOKS)}
    naive = FIRST.replace(tzinfo=None)
    assert looks["main"] == [SECOND.replace(tzinfo=None), 0, "green"]
    assert looks["outlet"] == [naive, 2 * 86_400, "red"]
