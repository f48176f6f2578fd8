"""The streams of one run: pages of the vendor in, Arrow tables of changed rows out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any

import dlt

from ingestion.config import IngestionSettings, tenant_of
from ingestion.forgotten import Forgotten
from ingestion.privacy import load_pseudonymiser
from ingestion.quarantine import Refused, VendorQuarantine
from ingestion.readable import readable
from ingestion.sources.zendesk import columns, endpoints, snapshots
from ingestion.sources.zendesk.border import Border, field_roles
from ingestion.sources.zendesk.client import ZendeskClient
from ingestion.sources.zendesk.columns import RawTable
from ingestion.sources.zendesk.events import audit_row
from ingestion.sources.zendesk.loaded import LoadedRows
from ingestion.sources.zendesk.paging import (
    Document,
    cursor_export,
    objects_of,
    optional_pages,
    records_of,
    time_export,
)
from ingestion.sources.zendesk.severed import SeveredRows
from ingestion.sources.zendesk.texts import CommentTexts
from ingestion.sources.zendesk.tickets import (
    Record,
    metric_event_row,
    rating_row,
    ticket_row,
    user_row,
)

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
        quarantine: VendorQuarantine,
    ) -> None:
        self._quarantine = quarantine
        self._settings = settings
        self._client = client
        self._start_time = start_time
        self._event_lookback_seconds = event_lookback_seconds
        self._rating_lookback_days = rating_lookback_days
        self._pages_per_load = pages_per_load
        self._tenant_id = tenant_of("zendesk")
        self._forgotten = Forgotten(settings.home)
        self._severed = SeveredRows(settings, DATASET, self._tenant_id, self._forgotten, quarantine)
        self._texts = CommentTexts(settings, DATASET, self._tenant_id)
        self._border: Border | None = None
        self._open_streams = 0
        self._loaded: dict[str, LoadedRows] = {}

    def users(self) -> Iterator[Any]:
        """`/incremental/users/cursor`: staff with names, everybody else as pseudonyms. Deleted users: ``active``."""
        state = dlt.current.resource_state("users")
        path = endpoints.USERS_EXPORT
        for page in self._cursored(path, {}, state):
            records = records_of(page, path, "users")
            rows = self._readable("customers", path, records, partial(user_row, border=self.border))
            yield from self._emit(columns.USERS, rows)
            _remember_newest(state, _epochs(records, "updated_at"))

    def tickets(self) -> Iterator[Any]:
        """`/incremental/tickets/cursor` with ``metric_sets``; deleted tickets come as ``status = deleted``."""
        state = dlt.current.resource_state("tickets")
        fixed = {"include": "metric_sets", "support_type_scope": "all"}
        path = endpoints.TICKETS_EXPORT
        for page in self._cursored(path, fixed, state):
            records = records_of(page, path, "tickets")
            metric_sets = {
                item.get("ticket_id"): item for item in objects_of(page.get("metric_sets"))
            }
            row_of = partial(ticket_row, border=self.border, metric_sets=metric_sets)
            yield from self._emit(columns.TICKETS, self._readable("tickets", path, records, row_of))
            stamps = [one.get("generated_timestamp") for one in objects_of(records)]
            _remember_newest(state, [one for one in stamps if isinstance(one, int)])

    def ticket_events(self) -> Iterator[Any]:
        """`/incremental/ticket_events` with ``comment_events``: the audit log; time-based, so pages overlap."""
        state = dlt.current.resource_state("ticket_events")
        fixed = {"include": "comment_events", "support_type_scope": "all"}
        path = endpoints.TICKET_EVENTS_EXPORT
        for page in self._timed(path, fixed, state):
            records = records_of(page, path, "ticket_events")
            rows = self._readable("ticket_events", path, records, self._audit_row)
            yield from self._emit(columns.TICKET_EVENTS, rows)

    def ticket_metric_events(self) -> Iterator[Any]:
        """`/incremental/ticket_metric_events`: the vendor's own SLA clock, kept for reconciliation."""
        state = dlt.current.resource_state("ticket_metric_events")
        path = endpoints.TICKET_METRIC_EVENTS_EXPORT
        for page in self._timed(path, {}, state):
            records = records_of(page, path, "ticket_metric_events")
            rows = self._readable("ticket_metric_events", path, records, metric_event_row)
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
            path = endpoints.SATISFACTION_RATINGS
            records = records_of(page, path, "satisfaction_ratings")
            row_of = partial(rating_row, border=self.border)
            rows = self._readable("satisfaction_responses", path, records, row_of)
            yield from self._emit(columns.SATISFACTION_RATINGS, rows)
            _remember_newest(state, _epochs(records, "updated_at"))

    def snapshot(self, table: RawTable) -> Iterator[Any]:
        """A reference list, read whole; rows that vanished get ``missing_since``."""
        records = list(snapshots.records(self._client, table.name))
        rows = self._readable(
            endpoints.CANONICAL_TABLES[table.name],
            table.name,
            records,
            partial(snapshots.row, table, field_roles=self.border.roles),
            table.key[0],
        )
        # The vendor lists only tags used in the last 60 days; and what could not be read may be what seems gone.
        if table.name != "tags" and len(rows) == len(records):
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
        self._texts.settle()

    @property
    def border(self) -> Border:
        """Privacy border of the run; made when first needed, because it asks for the ticket fields."""
        if self._border is None:
            titles = field_roles()
            found = {
                str(record.get("id")): titles.get(str(record.get("title", "")).strip().lower())
                for record in objects_of(snapshots.records(self._client, "ticket_fields"))
            }
            roles = {field_id: role for field_id, role in found.items() if role}
            self._border = Border(
                load_pseudonymiser(self._settings.home),
                roles,
                self._forgotten,
                self._tenant_id,
                self._texts,
            )
        return self._border

    def _readable(
        self,
        table: str,
        path: str,
        records: Sequence[Any],
        row_of: Callable[[Record], tuple[Any, ...]],
        key: str = "id",
    ) -> list[tuple[Any, ...]]:
        return list(readable(self._quarantine, table, path, records, row_of, key))

    def _audit_row(self, record: Record) -> tuple[Any, ...]:
        """An audit; each part of it that cannot be read is named, the rest of it counts."""
        audit_id = str(record["id"])
        self._quarantine.read_again("messages", audit_id)
        numbers = count()

        def refuse(table: str, part: str, reason: str) -> None:
            said = f"audit {audit_id}: {reason}"
            path = endpoints.TICKET_EVENTS_EXPORT
            self._quarantine.refuse(
                Refused(table, audit_id, str(next(numbers)), path, None, part, said)
            )

        return audit_row(record, self.border, refuse)

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
        changed = self._rows_of(table).changed(self._severed.kept(table, rows))
        if changed is not None:
            yield changed

    def _rows_of(self, table: RawTable) -> LoadedRows:
        if table.name not in self._loaded:
            self._loaded[table.name] = LoadedRows(self._settings, DATASET, table, self._tenant_id)
        return self._loaded[table.name]


def _remember_newest(state: dict[str, Any], epochs: Iterable[int]) -> None:
    state["newest"] = max(max(epochs, default=0), state.get("newest") or 0)


def _epochs(records: Iterable[Any], column: str) -> list[int]:
    return [
        int(datetime.fromisoformat(record[column]).astimezone(UTC).timestamp())
        for record in objects_of(records)
        if isinstance(record.get(column), str)
    ]
