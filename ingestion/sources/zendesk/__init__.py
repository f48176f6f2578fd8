"""Zendesk Support: tickets, events with comments, metric events, users, ratings and reference lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import dlt
from dlt.common.typing import TSecretStrValue
from dlt.sources import DltResource

from ingestion.config import IngestionSettings, parse_instant, tenant_of
from ingestion.errors import CredentialsError
from ingestion.privacy import load_pseudonymiser
from ingestion.sources.zendesk import columns, endpoints, snapshots
from ingestion.sources.zendesk.border import Border, field_roles
from ingestion.sources.zendesk.client import ZendeskClient
from ingestion.sources.zendesk.columns import RawTable
from ingestion.sources.zendesk.events import audit_row
from ingestion.sources.zendesk.loaded import LoadedRows
from ingestion.sources.zendesk.paging import Document, cursor_export, optional_pages, time_export
from ingestion.sources.zendesk.tickets import metric_event_row, rating_row, ticket_row, user_row

DATASET = "raw_zendesk"
CONTRACT: Any = {"tables": "evolve", "columns": "evolve", "data_type": "freeze"}
DAY_SECONDS = 86_400
QUIET_TURNS_AT_END = 2
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
    request_timeout_seconds: float = 60,
    request_attempts: int = 8,
    request_backoff_seconds: float = 1,
) -> Iterable[DltResource]:
    """All raw tables of one account; with ``schema_only`` they are only created.

    Configured as ``SOURCES__ZENDESK__BASE_URL``, ``…__CLIENT_ID``, ``…__CLIENT_SECRET`` and, if wanted,
    ``…__START_DATE`` (ISO-8601, first load only). Raises CredentialsError when one of the three is missing.
    """
    if schema_only:
        return [_resource(table) for table in ALL_TABLES]
    reader = _Reader(
        settings,
        _client(
            base_url,
            client_id,
            client_secret,
            request_timeout_seconds,
            request_attempts,
            request_backoff_seconds,
        ),
        int(parse_instant(start_date).timestamp()),
        event_lookback_seconds,
        rating_lookback_days,
    )
    streams: list[tuple[RawTable, Callable[[], Iterator[Any]]]] = [
        (columns.USERS, reader.users),
        (columns.TICKETS, reader.tickets),
        (columns.TICKET_EVENTS, reader.ticket_events),
        (columns.TICKET_METRIC_EVENTS, reader.ticket_metric_events),
        (columns.SATISFACTION_RATINGS, reader.satisfaction_ratings),
    ]
    streams += [
        (table, _bound(reader.snapshot, table)) for table in columns.SNAPSHOT_TABLES.values()
    ]
    resources = [_resource(table, read, reader.counted) for table, read in streams]
    return [*resources, _resource(columns.STAFF_IDENTITIES, reader.staff_identities)]


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
    timeout_seconds: float,
    attempts: int,
    backoff_seconds: float,
) -> ZendeskClient:
    given = {"BASE_URL": base_url, "CLIENT_ID": client_id, "CLIENT_SECRET": client_secret}
    missing = [f"SOURCES__ZENDESK__{name}" for name, value in given.items() if not value]
    if missing:
        raise CredentialsError(
            f"zendesk is not configured: set {', '.join(missing)} in the environment or in .env (an OAuth client"
            " of the account with scope read)."
        )
    return ZendeskClient(
        str(base_url),
        str(client_id),
        str(client_secret),
        timeout_seconds=timeout_seconds,
        max_attempts=attempts,
        backoff_seconds=backoff_seconds,
    )


def _resource(
    table: RawTable,
    read: Callable[[], Iterator[Any]] | None = None,
    wrap: Callable[[Callable[[], Iterator[Any]]], Callable[[], Iterator[Any]]] | None = None,
) -> DltResource:
    def items() -> Iterator[Any]:
        yield table.empty()  # makes the table exist, typed like its later pages
        if read is not None:
            yield from read()

    declare: Any = dlt.resource  # its overloads cannot express hints built at run time
    made: DltResource = declare(
        wrap(items) if wrap else items,
        name=table.name,
        write_disposition="merge",
        primary_key=list(table.key),
        columns=table.hints,
        schema_contract=CONTRACT,
    )
    return made


def _bound(
    read: Callable[[RawTable], Iterator[Any]], table: RawTable
) -> Callable[[], Iterator[Any]]:
    return lambda: read(table)


class _Reader:
    """The streams of one run; what they share is the client, the privacy border and the rows loaded before."""

    def __init__(
        self,
        settings: IngestionSettings,
        client: ZendeskClient,
        start_time: int,
        event_lookback_seconds: int,
        rating_lookback_days: int,
    ) -> None:
        self._settings = settings
        self._client = client
        self._start_time = start_time
        self._event_lookback_seconds = event_lookback_seconds
        self._rating_lookback_days = rating_lookback_days
        self._tenant_id = tenant_of("zendesk")
        self._border: Border | None = None
        self._open_streams = 0
        self._loaded: dict[str, LoadedRows] = {}

    def users(self) -> Iterator[Any]:
        """`/incremental/users/cursor`: staff with names, everybody else as pseudonyms. Deleted users: ``active``."""
        state = dlt.current.resource_state("users")
        pages = cursor_export(self._client, endpoints.USERS_EXPORT, self._start_time, {}, state)
        for page in pages:
            records = page["users"]
            yield from self._emit(
                columns.USERS, [user_row(record, self.border) for record in records]
            )
            _remember_newest(state, _epochs(records, "updated_at"))

    def tickets(self) -> Iterator[Any]:
        """`/incremental/tickets/cursor` with ``metric_sets``; deleted tickets come as ``status = deleted``."""
        state = dlt.current.resource_state("tickets")
        fixed = {"include": "metric_sets", "support_type_scope": "all"}
        pages = cursor_export(
            self._client, endpoints.TICKETS_EXPORT, self._start_time, fixed, state
        )
        for page in pages:
            records = page["tickets"]
            metric_sets = {item.get("ticket_id"): item for item in page.get("metric_sets") or ()}
            rows = [ticket_row(record, self.border, metric_sets) for record in records]
            yield from self._emit(columns.TICKETS, rows)
            _remember_newest(state, [record.get("generated_timestamp") for record in records])

    def ticket_events(self) -> Iterator[Any]:
        """`/incremental/ticket_events` with ``comment_events``: the audit log; time-based, so pages overlap."""
        state = dlt.current.resource_state("ticket_events")
        fixed = {"include": "comment_events", "support_type_scope": "all"}
        for page in self._timed(endpoints.TICKET_EVENTS_EXPORT, fixed, state):
            rows = [audit_row(record, self.border) for record in page["ticket_events"]]
            yield from self._emit(columns.TICKET_EVENTS, rows)

    def ticket_metric_events(self) -> Iterator[Any]:
        """`/incremental/ticket_metric_events`: the vendor's own SLA clock, kept for reconciliation."""
        state = dlt.current.resource_state("ticket_metric_events")
        for page in self._timed(endpoints.TICKET_METRIC_EVENTS_EXPORT, {}, state):
            rows = [metric_event_row(record) for record in page["ticket_metric_events"]]
            yield from self._emit(columns.TICKET_METRIC_EVENTS, rows)

    def satisfaction_ratings(self) -> Iterator[Any]:
        """`/satisfaction_ratings` (legacy CSAT): re-read ``rating_lookback_days`` back, answers may be changed."""
        state = dlt.current.resource_state("satisfaction_ratings")
        since = state.get("newest")
        begin = since - self._rating_lookback_days * DAY_SECONDS if since else self._start_time
        params: dict[str, str | int] = {
            "page[size]": endpoints.PAGE_SIZE,
            "start_time": max(begin, self._start_time),
        }
        for page in optional_pages(self._client, endpoints.SATISFACTION_RATINGS, params):
            records = page["satisfaction_ratings"]
            rows = [rating_row(record, self.border) for record in records]
            yield from self._emit(columns.SATISFACTION_RATINGS, rows)
            _remember_newest(state, _epochs(records, "updated_at"))

    def snapshot(self, table: RawTable) -> Iterator[Any]:
        """A reference list, read whole; rows that vanished get ``missing_since``."""
        roles = self.border.roles
        rows = [
            snapshots.row(table, record, roles)
            for record in snapshots.records(self._client, table.name)
        ]
        if table.name != "tags":  # the vendor lists only tags used in the last 60 days
            rows += self._rows_of(table).vanished(rows)
        yield from self._emit(table, rows)

    def counted(self, read: Callable[[], Iterator[Any]]) -> Callable[[], Iterator[Any]]:
        """The same stream, known as open while it runs."""

        def items() -> Iterator[Any]:
            self._open_streams += 1
            try:
                yield from read()
            finally:
                self._open_streams -= 1

        return items

    def staff_identities(self) -> Iterator[Any]:
        """Who is staff, as the other streams meet them; ends when those have ended.

        dlt asks its resources in turn and goes on to the next one when it gets None; between two turns every other
        stream had one, so two quiet turns without an open stream mean that all are done.
        """
        quiet_turns = 0
        while quiet_turns < QUIET_TURNS_AT_END:
            staff = self._border.take_staff() if self._border else []
            met = self._rows_of(columns.STAFF_IDENTITIES).changed(staff)
            quiet_turns = 0 if staff or self._open_streams else quiet_turns + 1
            yield met

    @property
    def border(self) -> Border:
        """Privacy border of the run; made when first needed, because it asks for the ticket fields."""
        if self._border is None:
            titles = field_roles()
            found = {
                str(record["id"]): titles.get(str(record.get("title", "")).strip().lower())
                for record in snapshots.records(self._client, "ticket_fields")
            }
            roles = {field_id: role for field_id, role in found.items() if role}
            self._border = Border(load_pseudonymiser(self._settings.home), roles)
        return self._border

    def _timed(self, path: str, fixed: dict[str, str], state: dict[str, Any]) -> Iterator[Document]:
        return time_export(
            self._client, path, self._start_time, fixed, state, self._event_lookback_seconds
        )

    def _emit(self, table: RawTable, rows: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
        changed = self._rows_of(table).changed(rows)
        if changed is not None:
            yield changed

    def _rows_of(self, table: RawTable) -> LoadedRows:
        if table.name not in self._loaded:
            self._loaded[table.name] = LoadedRows(self._settings, DATASET, table, self._tenant_id)
        return self._loaded[table.name]


def _remember_newest(state: dict[str, Any], epochs: Iterable[Any]) -> None:
    newest = max((int(epoch) for epoch in epochs if epoch is not None), default=0)
    state["newest"] = max(newest, state.get("newest") or 0)


def _epochs(records: Sequence[Document], column: str) -> list[int]:
    return [
        int(datetime.fromisoformat(record[column]).astimezone(UTC).timestamp())
        for record in records
        if record.get(column)
    ]
