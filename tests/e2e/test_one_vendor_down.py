"""Two helpdesks, two tenants, one vendor is gone: the other is published anew, last numbers stay and say their age."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.simulator.server import running_simulator
from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.world import World
from orchestration.simulated import vendor_environment
from tests.e2e.runner import Finished, deskhouse, environment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

FIRST = datetime(2026, 4, 28, 6, tzinfo=UTC)
SECOND = FIRST + timedelta(days=2)
OPTIONS = SimulatorOptions(
    seed=3, start=date(2026, 4, 1), days=32, tickets_per_day=3, as_of=FIRST, rate_limit_scale=0
)
NOWHERE = "http://127.0.0.1:9/v1"
"""The discard port: nothing listens there."""


def run(home: Path, at: datetime, world: World, *served: str) -> Finished:
    """`deskhouse run` of both accounts; of those not served the address is dead."""
    options = replace(OPTIONS, as_of=at)
    with running_simulator(options, vendors=served, world=world) as urls:
        variables = {
            "SOURCES__EDESK__TENANT_ID": "outlet",
            "SOURCES__EDESK__CALLS_PER_SECOND": "0",
            "SOURCES__EDESK__REQUEST_ATTEMPTS": "2",
            "SOURCES__EDESK__REQUEST_BACKOFF_SECONDS": "0.05",
        }
        for vendor in ("zendesk", "edesk"):
            address = urls.of(vendor) if vendor in served else NOWHERE.removesuffix("/v1")
            variables |= vendor_environment(
                vendor, address, options.client_id, options.client_secret
            )
        return deskhouse(
            "run",
            "--sources",
            "zendesk,edesk",
            "--as-of",
            at.isoformat(),
            variables=environment(home, **variables),
        )


def ask(home: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home / "published" / "marts.duckdb"), read_only=True) as connection:
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
    both = run(tmp_path, FIRST, world, "zendesk", "edesk")
    assert both.code == 0, both.err
    tickets = dict(ask(tmp_path, TICKETS))
    replies = ask(tmp_path, REPLIES)
    assert tickets["outlet"] > 40 and replies

    one = run(tmp_path, SECOND, world, "zendesk")

    assert one.code == 3, one.out + one.err
    assert "Traceback" not in one.err
    said = " ".join((one.out + one.err).split())
    assert "edesk" in said.lower() and "http://127.0.0.1:9" in said
    now = dict(ask(tmp_path, TICKETS))
    assert now["main"] > tickets["main"], "what the other vendor told since is published"
    assert now["outlet"] == tickets["outlet"]
    assert ask(tmp_path, REPLIES) == replies, "what is in force stays in force"
    looks = {tenant: rest for tenant, *rest in ask(tmp_path, LOOKS)}
    naive = FIRST.replace(tzinfo=None)
    assert looks["main"] == [SECOND.replace(tzinfo=None), 0, "green"]
    assert looks["outlet"] == [naive, 2 * 86_400, "red"]
    # the KPI of freshness says it to the forum too
    (lag,) = ask(
        tmp_path,
        """
        select value from governance_review.kpi_monthly
        where tenant_id = 'outlet' and kpi_id = 'freshness_lag' and scope_type = 'company' and stat = 'max'
        """,
    ) or [(None,)]
    assert lag[0] is None or lag[0] >= 2 * 86_400 - 3_600
