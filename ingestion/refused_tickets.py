"""What others did in a ticket of a forgotten person, read before the ticket itself was met: it goes with the ticket."""

from __future__ import annotations

import duckdb

from ingestion.config import IngestionSettings, tenant_of
from ingestion.forgotten import Forgotten
from ingestion.warehouse_file import opened

_ZENDESK = ("ticket_events", "ticket_metric_events", "satisfaction_ratings")


def sweep(settings: IngestionSettings) -> None:
    """Remove rows of Zendesk tickets that the border refused; streams of one run come in no fixed order."""
    forgotten = Forgotten(settings.home)
    if not forgotten.is_used:
        return
    tenant_id = tenant_of("zendesk")
    with opened(settings.warehouse) as connection:
        for table in _ZENDESK:
            gone = [
                ticket
                for ticket in _without_ticket(connection, table)
                if forgotten.is_refused(tenant_id, "zendesk", ticket)
            ]
            if gone:
                connection.execute(
                    f"delete from raw_zendesk.{table} where list_contains(?, ticket_id)", [gone]
                )


def _without_ticket(connection: duckdb.DuckDBPyConnection, table: str) -> list[int]:
    present = connection.execute(
        "select count(*) from duckdb_tables() where schema_name = 'raw_zendesk'"
        " and table_name in ('tickets', ?)",
        [table],
    ).fetchall()
    if present[0][0] < 2:
        return []
    found = connection.execute(
        f"select distinct ticket_id from raw_zendesk.{table} as told"
        " where not exists (select 1 from raw_zendesk.tickets where id = told.ticket_id)"
    ).fetchall()
    return [ticket for (ticket,) in found]
