"""The reference lists: read whole, one row an item, with the few columns the mapping needs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import orjson

from ingestion.sources.zendesk.client import ZendeskClient
from ingestion.sources.zendesk.columns import RawTable, json_text
from ingestion.sources.zendesk.endpoints import SCHEDULE_HOLIDAYS, SNAPSHOTS, Snapshot
from ingestion.sources.zendesk.paging import linked_pages, optional_pages
from ingestion.sources.zendesk.tickets import Record, Row

_BY_NAME = {snapshot.name: snapshot for snapshot in SNAPSHOTS}
_NESTED = frozenset({"actions", "filter", "policy_metrics", "intervals"})


def records(client: ZendeskClient, name: str) -> Iterator[Record]:
    """Items of a reference list as the vendor sends them; none when the plan lacks an optional one."""
    if name == "schedule_holidays":
        yield from _holidays(client)
        return
    yield from _items(client, _BY_NAME[name])


def row(table: RawTable, record: Record) -> Row:
    """An item in the column order of its table.

    A policy gets a ``version``, its time of change or, where the vendor gives none, its content hash: an edited
    policy is a new row and the old one stays.
    """
    completed = record
    if table.name == "sla_policies":
        completed = {**record, "id": str(record["id"]), "version": _policy_version(record)}
    return tuple(_value(completed, name) for name in table.columns)


def _items(client: ZendeskClient, snapshot: Snapshot) -> Iterator[Record]:
    read = optional_pages if snapshot.optional else linked_pages
    for page in read(client, snapshot.path, snapshot.params):
        yield from page[snapshot.collection]


def _holidays(client: ZendeskClient) -> Iterator[Record]:
    for schedule in records(client, "schedules"):
        path = SCHEDULE_HOLIDAYS.format(schedule_id=schedule["id"])
        for page in linked_pages(client, path, {}):
            for holiday in page["holidays"]:
                yield {**holiday, "schedule_id": schedule["id"]}


def _policy_version(record: Record) -> str:
    if record.get("updated_at"):
        return str(record["updated_at"])
    dumped = orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(dumped, digest_size=8).hexdigest()


def _value(record: Record, name: str) -> Any:
    value = record.get(name)
    if name == "actions":
        return json_text(_public_actions(value))
    return json_text(value) if name in _NESTED else value


def _public_actions(actions: Any) -> list[Record]:
    """Macro actions that set fields; comment texts are left out, they are not needed and may name people."""
    kept = []
    for action in actions or ():
        field = str(action.get("field", ""))
        if not field.startswith(("comment_value", "subject", "notification")):
            kept.append({"field": field, "value": action.get("value")})
    return kept
