"""The vendor's three ways of paging: cursor export, time-based export, linked pages.

Each generator yields whole answers. While the caller works on a page the next one is already being fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from ingestion.errors import ContractError
from ingestion.sources.zendesk.client import (
    NOT_FOUND,
    EndpointForbiddenError,
    RequestRefusedError,
    StartTooRecentError,
    ZendeskClient,
)

Document = dict[str, Any]
Params = dict[str, str | int]
State = dict[str, Any]

_CURSOR_REFUSED = (400, 404, 410, 422)


def cursor_export(
    client: ZendeskClient,
    path: str,
    start_time: int,
    fixed: Mapping[str, str],
    state: State,
    max_pages: int = 0,
) -> Iterator[Document]:
    """Pages of a cursor export from where the last run stopped to the end of the stream.

    ``start_time`` (epoch seconds) is sent once, on the first run ever; afterwards ``state["cursor"]``. It moves
    only after a page was taken, so that the state committed with a load never runs ahead of its rows. A cursor that the
    vendor no longer knows is replaced by the newest export time seen (``state["newest"]``), never by the clock,
    which would skip records (contract notes Z5). After ``max_pages`` (0 = no limit) the export pauses, see
    ``has_more``.
    """
    position: Params = (
        {"cursor": state["cursor"]} if state.get("cursor") else {"start_time": start_time}
    )
    try:
        first = _first_page(client, path, fixed, position, state.get("newest", start_time))
    except StartTooRecentError:
        if "cursor" not in position:
            raise
        state["has_more"] = False  # everything up to the minute the vendor withholds has been read
        return

    def following(document: Document) -> Params | None:
        if document.get("end_of_stream", False):
            return None
        cursor = document.get("after_cursor")
        if not cursor or cursor == position.get("cursor"):
            raise _stuck(path, "after_cursor")
        position["cursor"] = cursor
        return {**fixed, "cursor": cursor}

    for number, document in enumerate(_pages(client, path, first, following, max_pages), start=1):
        yield document
        state["cursor"] = document.get("after_cursor") or state.get("cursor")
        state["has_more"] = number == max_pages and not document.get("end_of_stream", False)


def _first_page(
    client: ZendeskClient, path: str, fixed: Mapping[str, str], position: Params, newest: int
) -> Document:
    """The page at a position; a cursor that the vendor no longer knows is replaced by an export time."""
    try:
        return client.get(path, {**fixed, **position})
    except RequestRefusedError as refusal:
        is_of_cursor = "cursor" in position and refusal.status in _CURSOR_REFUSED
        if isinstance(refusal, StartTooRecentError) or not is_of_cursor:
            raise
        return client.get(path, {**fixed, "start_time": newest})


def time_export(
    client: ZendeskClient,
    path: str,
    start_time: int,
    fixed: Mapping[str, str],
    state: State,
    lookback_seconds: int,
    max_pages: int = 0,
) -> Iterator[Document]:
    """Pages of a time-based export.

    A following page that the vendor calls too recent ends the stream: what is withheld now comes with the next run.
    Begins ``lookback_seconds`` before the end of the last run, because rows of the boundary second, and late ones,
    come again or come later; repeated rows are dropped by content. Ends at ``end_of_stream``, or, in answers
    without that flag, when ``end_time`` stops moving.
    """
    begin = int(state.get("end_time") or start_time)
    if state.get("end_time") and not state.get("has_more"):
        begin = max(start_time, begin - lookback_seconds)
    position = {"start_time": begin}

    def following(document: Document) -> Params | None:
        end_time = document.get("end_time")
        if document.get("end_of_stream", False) or end_time is None:
            return None
        if int(end_time) <= position["start_time"]:
            if document.get("end_of_stream") is False and document.get("next_page"):
                raise _stuck(path, "end_time")
            return None
        position["start_time"] = int(end_time)
        return {**fixed, "start_time": int(end_time)}

    try:
        first = client.get(path, {**fixed, "start_time": begin})
    except StartTooRecentError:
        if not state.get("end_time"):
            raise
        state["has_more"] = False  # the last run ended within the minute the vendor withholds
        return
    for number, document in enumerate(_pages(client, path, first, following, max_pages), start=1):
        yield document
        end_time = document.get("end_time")
        if end_time is not None:
            state["end_time"] = max(int(end_time), int(state.get("end_time") or 0))
        state["has_more"] = number == max_pages and following(document) is not None


def has_more(states: Mapping[str, State]) -> bool:
    """Whether an export of the last run paused at its page limit; ``states`` are the states of its resources."""
    return any(state.get("has_more", False) for state in states.values())


def records_of(page: Document, path: str, name: str) -> list[Any]:
    """The records of an answer; an export without its list is no export."""
    found = page.get(name)
    if not isinstance(found, list):
        raise ContractError(
            f"zendesk answered {path} without the list {name}; nothing of this load was kept. Check"
            " SOURCES__ZENDESK__BASE_URL, and report it to the vendor if it repeats."
        )
    return found


def objects_of(items: Iterable[Any] | None) -> list[Document]:
    """The objects among the items."""
    return [one for one in items or () if isinstance(one, dict)]


def linked_pages(
    client: ZendeskClient, path: str, params: Mapping[str, str | int]
) -> Iterator[Document]:
    """Pages of a list endpoint: ``links.next`` while ``meta.has_more``, or ``next_page`` where only that exists."""
    seen: set[str] = set()
    document = client.get(path, params)
    while True:
        yield document
        following = _next_link(document)
        if following is None:
            return
        if following in seen:
            raise _stuck(path, "next page")
        seen.add(following)
        document = client.get(following)


def optional_pages(
    client: ZendeskClient, path: str, params: Mapping[str, str | int]
) -> Iterator[Document]:
    """Linked pages of an endpoint that some plans lack: 403 and 404 then mean that there is nothing."""
    try:
        yield from linked_pages(client, path, params)
    except EndpointForbiddenError:
        return
    except RequestRefusedError as refusal:
        if refusal.status != NOT_FOUND:
            raise


def _next_link(document: Document) -> str | None:
    meta = document.get("meta")
    if isinstance(meta, dict):
        following = (document.get("links") or {}).get("next") if meta.get("has_more") else None
    else:
        following = document.get("next_page")
    return str(following) if following else None


def _pages(
    client: ZendeskClient,
    path: str,
    first: Document,
    following: Callable[[Document], Params | None],
    max_pages: int,
) -> Iterator[Document]:
    document: Document | None = first
    number = 0
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="zendesk") as pool:
        while document is not None:
            number += 1
            params = following(document) if number != max_pages else None
            pending = pool.submit(client.get, path, params) if params is not None else None
            yield document
            document = _unless_too_recent(pending) if pending is not None else None


def _unless_too_recent(pending: Future[Document]) -> Document | None:
    """The answer; None when the next page would begin in the minute the vendor withholds: the stream ends there."""
    try:
        return pending.result()
    except StartTooRecentError:
        return None


def _stuck(path: str, what: str) -> ContractError:
    return ContractError(
        f"zendesk repeats {what} on {path} without ending the stream; nothing of this load was kept. Run again, and"
        " if it repeats report it to the vendor with the time of the request."
    )
