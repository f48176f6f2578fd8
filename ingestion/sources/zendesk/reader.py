"""The streams of one run: pages of the vendor in, Arrow tables of changed rows out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import dlt

from ingestion.config import IngestionSettings, tenant_of
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
DAY_SECONDS = 86_400
QUIET_TURNS_AT_END = 2


class ZendeskReader:
    """The streams of one run; what they share is the client, the privacy border and the rows loaded before."""

    def __init__(
        self,
        settings: IngestionSettings,
        client: ZendeskClient,
        start_time: int,
        event_lookback_seconds: int,
        rating_lookback_days: int,
        pages_per_load: int,
    ) -> None:
        self._settings = settings
        self._client = client
        self._start_time = start_time
        self._event_lookback_seconds = event_lookback_seconds
        self._rating_lookback_days = rating_lookback_days
        self._pages_per_load = pages_per_load
        self._tenant_id = tenant_of("zendesk")
        self._border: Border | None = None
        self._open_streams = 0
        self._loaded: dict[str, LoadedRows] = {}

    def users(self) -> Iterator[Any]:
        """`/incremental/users/cursor`: staff with names, everybody else as pseudonyms. Deleted users: ``active``."""
        state = dlt.current.resource_state("users")
        for page in self._cursored(endpoints.USERS_EXPORT, {}, state):
            records = page["users"]
            yield from self._emit(
                columns.USERS, [user_row(record, self.border) for record in records]
            )
            _remember_newest(state, _epochs(records, "updated_at"))

    def tickets(self) -> Iterator[Any]:
        """`/incremental/tickets/cursor` with ``metric_sets``; deleted tickets come as ``status = deleted``."""
        state = dlt.current.resource_state("tickets")
        fixed = {"include": "metric_sets", "support_type_scope": "all"}
        for page in self._cursored(endpoints.TICKETS_EXPORT, fixed, state):
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

    def stream(self, table: RawTable, read: Callable[[], Iterator[Any]]) -> Iterator[Any]:
        """A stream, known as open while it runs; its table is created first where it is missing or lacks a column."""
        self._open_streams += 1
        try:
            if not self._rows_of(table).is_ready():
                yield table.empty()
            yield from read()
        finally:
            self._open_streams -= 1

    def staff_identities(self) -> Iterator[Any]:
        """Who is staff, as the other streams meet them; ends when those have ended.

        dlt asks its resources in turn and goes on to the next one when it gets None; between two turns every other
        stream had one, so two quiet turns without an open stream mean that all are done.
        """
        if not self._rows_of(columns.STAFF_IDENTITIES).is_ready():
            yield columns.STAFF_IDENTITIES.empty()
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

    def _cursored(
        self, path: str, fixed: dict[str, str], state: dict[str, Any]
    ) -> Iterator[Document]:
        return cursor_export(
            self._client, path, self._start_time, fixed, state, self._pages_per_load
        )

    def _timed(self, path: str, fixed: dict[str, str], state: dict[str, Any]) -> Iterator[Document]:
        return time_export(
            self._client,
            path,
            self._start_time,
            fixed,
            state,
            self._event_lookback_seconds,
            self._pages_per_load,
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
