"""The reference lists: read whole, one row an item, with the few columns the mapping needs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from ingestion.sources.zendesk.client import ZendeskClient
from ingestion.sources.zendesk.columns import RawTable, json_text
from ingestion.sources.zendesk.endpoints import SCHEDULE_HOLIDAYS, SNAPSHOTS, Snapshot
from ingestion.sources.zendesk.paging import linked_pages, optional_pages
from ingestion.sources.zendesk.tickets import Record, Row

_BY_NAME = {snapshot.name: snapshot for snapshot in SNAPSHOTS}
_NESTED = frozenset({"filter", "policy_metrics", "intervals"})


def records(client: ZendeskClient, name: str) -> Iterator[Any]:
    """Items of a reference list as the vendor sends them, objects or not; none when the plan lacks an optional one."""
    if name == "schedule_holidays":
        yield from _holidays(client)
        return
    yield from _items(client, _BY_NAME[name])


def row(table: RawTable, record: Record, field_roles: Mapping[str, str]) -> Row:
    """An item in the column order of its table.

    A policy gets a ``version``, its time of change or, where the vendor gives none, its content hash: an edited
    policy is a new row and the old one stays.
    """
    completed = record
    if table.name == "sla_policies":
        completed = {**record, "id": str(record["id"]), "version": _policy_version(record)}
    elif table.name == "macros":
        completed = {**record, "reason_tag": _reason_set_by(record, field_roles)}
    elif table.name == "ticket_fields":
        completed = {
            **record,
            "role": field_roles.get(str(record["id"])),
            "options": _options(record.get("custom_field_options")),
        }
    return tuple(_value(completed, name) for name in table.columns)


def _items(client: ZendeskClient, snapshot: Snapshot) -> Iterator[Any]:
    read = optional_pages if snapshot.optional else linked_pages
    for page in read(client, snapshot.path, snapshot.params):
        yield from page[snapshot.collection]


def _holidays(client: ZendeskClient) -> Iterator[Any]:
    for schedule in records(client, "schedules"):
        if not isinstance(schedule, dict) or schedule.get("id") is None:
            continue  # named where the schedules themselves are read
        path = SCHEDULE_HOLIDAYS.format(schedule_id=schedule["id"])
        for page in linked_pages(client, path, {}):
            for holiday in page["holidays"]:
                is_object = isinstance(holiday, dict)
                yield {**holiday, "schedule_id": schedule["id"]} if is_object else holiday


def _policy_version(record: Record) -> str:
    if record.get("updated_at"):
        return str(record["updated_at"])
    dumped = orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(dumped, digest_size=8).hexdigest()


def _value(record: Record, name: str) -> Any:
    value = record.get(name)
    return json_text(value) if name in _NESTED else value


def _reason_set_by(macro: Record, field_roles: Mapping[str, str]) -> str | None:
    """The contact reason a macro sets; its comment texts are not loaded."""
    for action in macro.get("actions") or ():
        field_id = str(action.get("field", "")).removeprefix("custom_fields_")
        if field_roles.get(field_id) == "reason" and isinstance(action.get("value"), str):
            return str(action["value"])
    return None


def _options(options: Any) -> str | None:
    return json_text(
        [{"value": option.get("value"), "name": option.get("name")} for option in options or ()]
    )
