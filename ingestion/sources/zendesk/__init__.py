"""Zendesk Support: tickets, events with comments, metric events, users, ratings and reference lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import dlt
from dlt.common.typing import TSecretStrValue
from dlt.sources import DltResource

from ingestion.config import IngestionSettings, parse_instant
from ingestion.errors import CredentialsError
from ingestion.quarantine import VendorQuarantine, empty_resource
from ingestion.sources.vendor_http import HttpLimits
from ingestion.sources.zendesk import columns
from ingestion.sources.zendesk.client import ZendeskClient
from ingestion.sources.zendesk.columns import RawTable
from ingestion.sources.zendesk.reader import DAY_SECONDS, ZendeskReader

CONTRACT: Any = {"tables": "evolve", "columns": "evolve", "data_type": "freeze"}
FIRST_INSTANT = "2010-01-01T00:00:00Z"


@dlt.source(name="zendesk", section="zendesk", max_table_nesting=0, schema_contract=CONTRACT)
def zendesk_source(
    settings: IngestionSettings,
    schema_only: bool = False,
    base_url: str | None = None,
    client_id: TSecretStrValue | None = None,
    client_secret: TSecretStrValue | None = None,
    start_date: str = FIRST_INSTANT,
    event_lookback_seconds: int = 3 * DAY_SECONDS,
    rating_lookback_days: int = 45,
    pages_per_load: int = 0,
    request_timeout_seconds: float = 60,
    request_attempts: int = 8,
    request_backoff_seconds: float = 1,
) -> Iterable[DltResource]:
    """All raw tables of one account; with ``schema_only`` they are only created.

    Configured as ``SOURCES__ZENDESK__BASE_URL``, ``…__CLIENT_ID``, ``…__CLIENT_SECRET`` and, if wanted,
    ``…__START_DATE`` (ISO-8601, first load only). With ``pages_per_load`` the exports pause after so many pages and a
    long first load is committed in parts: run again while ``has_more`` is set in the state of a resource. Raises
    CredentialsError when an address, id or secret is missing.
    """
    if schema_only:
        return [*(_resource(table, _created(table)) for table in ALL_TABLES), empty_resource()]
    quarantine = VendorQuarantine(settings, "zendesk", "zendesk")
    reader = ZendeskReader(
        settings,
        _client(
            base_url,
            client_id,
            client_secret,
            HttpLimits(request_timeout_seconds, request_attempts, request_backoff_seconds),
        ),
        int(parse_instant(start_date).timestamp()),
        event_lookback_seconds,
        rating_lookback_days,
        pages_per_load,
        quarantine,
    )
    streams: list[tuple[RawTable, Callable[[], Iterator[Any]]]] = [
        (columns.USERS, reader.users),
        (columns.TICKETS, reader.tickets),
        (columns.TICKET_EVENTS, reader.ticket_events),
        (columns.TICKET_METRIC_EVENTS, reader.ticket_metric_events),
        (columns.SATISFACTION_RATINGS, reader.satisfaction_ratings),
    ]
    streams += [(table, _snapshot(reader, table)) for table in columns.SNAPSHOT_TABLES.values()]
    resources = [
        _resource(table, quarantine.watched(_streamed(reader, table, read)))
        for table, read in streams
    ]
    staff = _resource(columns.STAFF_IDENTITIES, reader.staff_identities)
    return [*resources, staff, quarantine.resource()]


ALL_TABLES = (
    columns.USERS,
    columns.TICKETS,
    columns.TICKET_EVENTS,
    columns.TICKET_METRIC_EVENTS,
    columns.SATISFACTION_RATINGS,
    *columns.SNAPSHOT_TABLES.values(),
    columns.STAFF_IDENTITIES,
)


def _client(
    base_url: str | None,
    client_id: str | None,
    client_secret: str | None,
    limits: HttpLimits,
) -> ZendeskClient:
    given = {"BASE_URL": base_url, "CLIENT_ID": client_id, "CLIENT_SECRET": client_secret}
    missing = [f"SOURCES__ZENDESK__{name}" for name, value in given.items() if not value]
    if missing:
        raise CredentialsError(
            f"zendesk is not configured: set {', '.join(missing)} in the environment or in .env (an OAuth client"
            " of the account with scope read)."
        )
    return ZendeskClient(str(base_url), str(client_id), str(client_secret), limits)


def _resource(table: RawTable, items: Callable[[], Iterator[Any]]) -> DltResource:
    def generator() -> Iterator[Any]:
        yield from items()

    declare: Any = dlt.resource  # its overloads cannot express hints built at run time
    made: DltResource = declare(
        generator,
        name=table.name,
        write_disposition="merge",
        primary_key=list(table.key),
        columns=table.hints,
        schema_contract=CONTRACT,
    )
    return made


def _created(table: RawTable) -> Callable[[], Iterator[Any]]:
    def items() -> Iterator[Any]:
        yield table.empty()

    return items


def _streamed(
    reader: ZendeskReader, table: RawTable, read: Callable[[], Iterator[Any]]
) -> Callable[[], Iterator[Any]]:
    return lambda: reader.stream(table, read)


def _snapshot(reader: ZendeskReader, table: RawTable) -> Callable[[], Iterator[Any]]:
    return lambda: reader.snapshot(table)
