"""The API's three ways of paging: export cursors, ``page[size]`` cursors and numbered pages."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

MAX_PAGE = 100
MAX_EXPORT_PAGE = 1000

Row = dict[str, Any]


class BadRequest(Exception):
    """A parameter the API refuses; ``status`` and ``body`` are its answer."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.body = {"error": error, "description": description}


def encode_cursor(position: tuple[int, int]) -> str:
    """Opaque cursor of a position (timestamp, id)."""
    return base64.urlsafe_b64encode(f"{position[0]}.0||{position[1]}|".encode()).decode()


def decode_cursor(cursor: str) -> tuple[int, int]:
    """Position of a cursor made by :func:`encode_cursor`."""
    try:
        stamp, _, rest = base64.urlsafe_b64decode(cursor.encode()).decode().partition("||")
        return int(stamp.partition(".")[0]), int(rest.rstrip("|"))
    except (ValueError, binascii.Error) as error:
        raise BadRequest(400, "InvalidCursor", "The cursor parameter is invalid.") from error


def integer(params: QueryParams, name: str, default: int | None = None) -> int:
    """An integer query parameter."""
    text = params.get(name)
    if text is None or text == "":
        if default is None:
            raise BadRequest(
                400, "InvalidValue", f"Invalid value for parameter {name}: it is required."
            )
        return default
    try:
        return int(float(text))
    except ValueError as error:
        raise BadRequest(400, "InvalidValue", f"Invalid value for parameter {name}.") from error


def paged(
    rows: Sequence[Any],
    key: str,
    url: str,
    params: QueryParams,
    render: Callable[[Any], Row] = lambda row: row,
) -> Row:
    """One page of ``rows``: with ``page[size]`` by cursor, else by number; ``render`` is called for shown rows only."""
    kept = {
        name: value
        for name, value in params.items()
        if not name.startswith("page") and name != "per_page"
    }
    if "page[size]" in params or "page[after]" in params:
        size = max(1, min(integer(params, "page[size]", MAX_PAGE), MAX_PAGE))
        after = params.get("page[after]")
        start = decode_cursor(after)[0] if after else 0
        shown = rows[start : start + size]
        has_more = start + size < len(rows)
        cursor = encode_cursor((start + len(shown), 0))
        following = urlencode(kept | {"page[size]": size, "page[after]": cursor})
        return {
            key: [render(row) for row in shown],
            "meta": {
                "has_more": has_more,
                "after_cursor": cursor,
                "before_cursor": encode_cursor((start, 0)),
            },
            "links": {"next": f"{url}?{following}" if has_more else None, "prev": None},
        }
    size = max(1, min(integer(params, "per_page", MAX_PAGE), MAX_PAGE))
    number = max(1, integer(params, "page", 1))
    start = (number - 1) * size
    shown = rows[start : start + size]

    def page_url(target: int) -> str:
        return f"{url}?{urlencode(kept | {'page': target, 'per_page': size})}"

    return {
        key: [render(row) for row in shown],
        "count": len(rows),
        "next_page": page_url(number + 1) if start + size < len(rows) else None,
        "previous_page": page_url(number - 1) if number > 1 else None,
    }
