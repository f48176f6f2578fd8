"""A small simulated helpdesk that is pulled at three instants, and what an incremental model would keep of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion import pipeline
from ingestion.config import IngestionSettings
from ingestion.simulator.server import running_simulator
from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.world import World
from tests.pipeline import environment

AS_OF = datetime(2026, 2, 10, 6, tzinfo=UTC)
INSTANTS = (datetime(2026, 1, 20, 6, tzinfo=UTC), datetime(2026, 1, 23, 14, tzinfo=UTC), AS_OF)
OPTIONS = SimulatorOptions(
    seed=5, start=date(2026, 1, 12), days=30, tickets_per_day=24, as_of=AS_OF, rate_limit_scale=0
)
KEYS = {
    "tickets": "ticket_id",
    "ticket_events": "event_id",
    "messages": "message_id",
    "satisfaction_responses": "response_id",
    "survey_sends": "survey_sent_id",
}
MOVING = ("load_id",)


@dataclass(frozen=True)
class Grown:
    """The helpdesk after three increments: its warehouse, and how many rows of each view every increment brought."""

    connection: duckdb.DuckDBPyConnection
    sizes: list[dict[str, int]]


def pull(home: Path, world: World, as_of: datetime) -> list[str]:
    """Load the helpdesk as it stands at an instant; returns the new load ids."""
    with (
        running_simulator(replace(OPTIONS, as_of=as_of), vendors=("zendesk",), world=world) as urls,
        environment(
            SOURCES__ZENDESK__BASE_URL=urls.zendesk,
            SOURCES__ZENDESK__CLIENT_ID=OPTIONS.client_id,
            SOURCES__ZENDESK__CLIENT_SECRET=OPTIONS.client_secret,
        ),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(pipeline, "SOURCES", {"zendesk": pipeline.SOURCES["zendesk"]})
        (result,) = pipeline.run_sources(["zendesk"], IngestionSettings(home, as_of))
    assert result.error is None
    return result.load_ids


def absorb(connection: duckdb.DuckDBPyConnection, load_ids: list[str]) -> dict[str, int]:
    """What an incremental model does: replace the rows whose load is new. Returns how many rows that were."""
    wanted = ", ".join(f"'{load_id}'" for load_id in load_ids)
    counts = {}
    for table, key in KEYS.items():
        view = f"staging.zendesk__{table}"
        connection.execute(
            f"create table if not exists kept_{table} as select * from {view} limit 0"
        )
        connection.execute(
            f"create or replace temp table fresh as select * from {view} where load_id in ({wanted})"
        )
        connection.execute(f"delete from kept_{table} where {key} in (select {key} from fresh)")
        connection.execute(f"insert into kept_{table} select * from fresh")
        counts[table] = (connection.execute("select count(*) from fresh").fetchone() or (0,))[0]
    return counts


def differences(connection: duckdb.DuckDBPyConnection, table: str, key: str) -> list[Any]:
    """Rows that only one of the two readings has, a few of them."""
    columns = [
        name
        for (name,) in connection.execute(
            "select column_name from information_schema.columns where table_name = ? order by ordinal_position",
            [f"kept_{table}"],
        ).fetchall()
        if name not in MOVING
    ]
    listed = ", ".join(columns)
    view = f"staging.zendesk__{table}"
    return connection.execute(
        f"(select 'increments', {listed} from kept_{table} except all select 'increments', {listed} from {view})"
        f" union all (select 'full', {listed} from {view} except all select 'full', {listed} from kept_{table})"
        f" order by {key} limit 3"
    ).fetchall()
