"""What others did in a refused ticket goes with it, in whatever order the streams of a run come."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion.config import IngestionSettings, tenant_of
from ingestion.forgotten import Forgotten
from ingestion.refused_tickets import sweep

STORED, REFUSED, NOT_YET_SEEN = 1, 2, 3


def test_only_rows_of_refused_tickets_that_are_not_stored_go(tmp_path: Path) -> None:
    settings = IngestionSettings(tmp_path, datetime(2026, 11, 30, tzinfo=UTC))
    forgotten = Forgotten(tmp_path)
    forgotten.add([(tenant_of("zendesk"), "zendesk", "synthetic-buyer")])
    for ticket in (STORED, REFUSED):
        forgotten.refuse_ticket(tenant_of("zendesk"), "zendesk", ticket)
    tables = ("ticket_events", "ticket_metric_events", "satisfaction_ratings")
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute("create schema raw_zendesk")
        connection.execute(f"create table raw_zendesk.tickets as select {STORED} as id")
        for table in tables:
            connection.execute(
                f"create table raw_zendesk.{table} as select unnest(?) as ticket_id",
                [[STORED, REFUSED, REFUSED, NOT_YET_SEEN]],
            )
    sweep(settings)
    with duckdb.connect(str(settings.warehouse)) as connection:
        for table in tables:
            kept = connection.execute(
                f"select ticket_id from raw_zendesk.{table} order by 1"
            ).fetchall()
            assert kept == [(STORED,), (NOT_YET_SEEN,)], table
