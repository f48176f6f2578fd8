"""The floor of ingestion: the same pages downloaded and read, without any framework."""

from __future__ import annotations

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

_TIMEOUT_SECONDS = 120

_TICKET = "STRUCT(id BIGINT, created_at TIMESTAMP, updated_at TIMESTAMP, status VARCHAR, priority VARCHAR, "
_TICKET += "group_id BIGINT, assignee_id BIGINT, requester_id BIGINT, tags VARCHAR[], custom_fields JSON)[]"
_EVENT = (
    "STRUCT(id BIGINT, ticket_id BIGINT, timestamp BIGINT, updater_id BIGINT, child_events JSON)[]"
)
_METRIC = "STRUCT(id BIGINT, ticket_id BIGINT, metric VARCHAR, instance_id BIGINT, type VARCHAR, time TIMESTAMP)[]"
_USER = (
    "STRUCT(id BIGINT, role VARCHAR, name VARCHAR, created_at TIMESTAMP, updated_at TIMESTAMP)[]"
)
_EXPORTS = (
    ("tickets", "/api/v2/incremental/tickets/cursor?start_time=1&include=metric_sets", _TICKET),
    ("users", "/api/v2/incremental/users/cursor?start_time=1", _USER),
    (
        "ticket_events",
        "/api/v2/incremental/ticket_events?start_time=1&include=comment_events",
        _EVENT,
    ),
    ("ticket_metric_events", "/api/v2/incremental/ticket_metric_events?start_time=1", _METRIC),
)


def ingest_floor_seconds(url: str, client_id: str, client_secret: str, folder: Path) -> float:
    """Download the pages of the large exports to disk and read them with explicit types, nothing else.

    Args:
        url: address of the (simulated) helpdesk.
        client_id: of its OAuth client.
        client_secret: of its OAuth client.
        folder: where the pages lie in the meantime.
    """
    started = time.perf_counter()
    token = _token(url, client_id, client_secret)
    with duckdb.connect(str(folder / "floor.duckdb")) as connection:
        for name, path, type_ in _EXPORTS:
            pages = folder / name
            pages.mkdir(parents=True)
            for number, body in enumerate(_pages(url + path, token)):
                (pages / f"{number:05}.json").write_bytes(body)
            collection = "ticket_events" if name == "ticket_events" else name
            connection.execute(
                f"create table {name} as select unnest({collection}, recursive := false) as record "
                f"from read_json('{pages}/*.json', columns = {{{collection}: '{type_}'}}, "
                "maximum_object_size = 268435456)"
            )
    return time.perf_counter() - started


def _token(url: str, client_id: str, client_secret: str) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": client_secret,
        "scope": "read",
    }
    body = urllib.parse.urlencode(form).encode()
    answer = json.loads(_get(f"{url}/oauth/tokens", {}, body))
    return str(answer["access_token"])


def _get(url: str, headers: dict[str, str], body: bytes | None = None) -> bytes:
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 - loopback only
    with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
        content: bytes = answer.read()
    return content


def _pages(url: str, token: str) -> Iterator[bytes]:
    following: str | None = url
    while following:
        body = _get(following, {"Authorization": f"Bearer {token}"})
        yield body
        page: dict[str, Any] = json.loads(body)
        is_over = page.get("end_of_stream", False) or not page.get("count", 1)
        after = page.get("after_url") or page.get("next_page")
        following = None if is_over or after == following else after
