"""Reading only what new loads touched, three times, gives the rows that reading everything once gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion import pipeline
from ingestion.config import IngestionSettings
from ingestion.simulator.process import running_simulator_process
from ingestion.simulator.world.options import SimulatorOptions
from tests.pipeline import PARTS, build, environment

pytestmark = pytest.mark.slow

INSTANTS = (
    datetime(2026, 1, 20, 6, tzinfo=UTC),
    datetime(2026, 1, 23, 14, tzinfo=UTC),
    datetime(2026, 2, 9, 6, tzinfo=UTC),
)
OPTIONS = SimulatorOptions(
    seed=5,
    start=date(2026, 1, 12),
    days=30,
    tickets_per_day=24,
    as_of=INSTANTS[-1],
    rate_limit_scale=0,
)
KEYS = {
    "tickets": "ticket_id",
    "ticket_events": "event_id",
    "messages": "message_id",
    "satisfaction_responses": "response_id",
    "survey_sends": "survey_sent_id",
}
MOVING = ("load_id",)


def pull(home: Path, as_of: datetime, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Load the helpdesk as it stands at an instant; returns the new load ids."""
    options = replace(OPTIONS, as_of=as_of)
    monkeypatch.setattr(
        pipeline, "SOURCES", {"zendesk": "ingestion.sources.zendesk:zendesk_source"}
    )
    with (
        running_simulator_process(options, vendors=("zendesk",)) as urls,
        environment(
            SOURCES__ZENDESK__BASE_URL=urls.zendesk,
            SOURCES__ZENDESK__CLIENT_ID=options.client_id,
            SOURCES__ZENDESK__CLIENT_SECRET=options.client_secret,
        ),
    ):
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


def test_three_increments_equal_one_full_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    sizes: list[dict[str, int]] = []
    for number, as_of in enumerate(INSTANTS):
        load_ids = pull(home, as_of, monkeypatch)
        if number == 0:
            build(home, as_of, ["path:models/staging/zendesk", "path:seeds"], target=PARTS)
        with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
            connection.execute("set TimeZone = 'UTC'")
            sizes.append(absorb(connection, load_ids))
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for table, key in KEYS.items():
            assert differences(connection, table, key) == []
            assert sizes[-1][table] > 0
    assert sizes[1]["ticket_events"] < sizes[0]["ticket_events"], "an increment reads only its part"


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
