"""The answers of the simulated eBay APIs, one function per operation."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ingestion.simulator.ebay.messages import in_range, render_conversation, render_message
from ingestion.simulator.ebay.orders import render_dispute, render_order
from ingestion.simulator.ebay.requests import KINDS, cancellation_summary
from ingestion.simulator.ebay.standards import service_metric, standards_profile
from ingestion.simulator.world.commerce_accounts import BY_ID
from ingestion.simulator.world.commerce_model import Order
from ingestion.simulator.world.conversations import Conversation

DEFAULT_PROGRAMS = {"ebay.de": "PROGRAM_DE", "ebay.it": "PROGRAM_GLOBAL"}
OTHER_PROGRAMS = {"ebay.de": "PROGRAM_GLOBAL", "ebay.it": "PROGRAM_UK"}
_FILTER = re.compile(r"lastmodifieddate:\[(?P<begin>[^\].]+(?:\.\d+)?Z?)\.\.(?P<end>[^\]]*)\]")

Handler = Callable[["EbaySession", Request], Response]


class EbayWorld(Protocol):
    """What the adapter needs of the world."""

    @property
    def orders(self) -> Sequence[Order]:
        """All orders of all accounts."""
        ...

    def conversations(self, account_id: str, at: datetime) -> Sequence[Conversation]:
        """Threads of an account's mailbox as known at ``at``."""
        ...


class BadRequest(ValueError):
    """A parameter the vendor answers with 400."""


class EbaySession:
    """One account as known at one instant."""

    def __init__(self, world: EbayWorld, account_id: str, at: datetime) -> None:
        self.account_id = account_id
        self.at = at
        self.orders = [
            order
            for order in world.orders
            if order.account_id == account_id and order.placed_at <= at
        ]
        self._world = world

    @cached_property
    def by_update(self) -> list[tuple[datetime, Order]]:
        """Orders in the order of their last change."""
        stamped = sorted((one.updated_at(self.at), one.order_id, one) for one in self.orders)
        return [(stamp, order) for stamp, _, order in stamped]

    @cached_property
    def threads(self) -> dict[str, Conversation]:
        """The mailbox by conversation id."""
        found = self._world.conversations(self.account_id, self.at)
        return {one.conversation_id: one for one in found}


def error_response(status: int, number: int, domain: str, message: str) -> Response:
    """The vendor's error body."""
    body = {"errorId": number, "domain": domain, "category": "REQUEST", "message": message}
    return JSONResponse({"errors": [body]}, status)


def _number(request: Request, name: str, default: int, top: int) -> int:
    text = request.query_params.get(name, str(default))
    if not text.isdigit() or int(text) > top:
        raise BadRequest(f"Invalid value for {name}: it must be a number up to {top}.")
    return int(text)


def _instant(request: Request, name: str) -> datetime | None:
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError as error:
        raise BadRequest(f"Invalid value for {name}: it is not an ISO-8601 date.") from error


def _paged(request: Request, items: Sequence[Any], limit: int, offset: int) -> dict[str, Any]:
    """The vendor's paging frame; ``next`` only when there is more."""
    frame: dict[str, Any] = {
        "href": str(request.url),
        "total": len(items),
        "limit": limit,
        "offset": offset,
    }
    if offset + limit < len(items):
        frame["next"] = str(request.url.include_query_params(limit=limit, offset=offset + limit))
    if offset:
        frame["prev"] = str(
            request.url.include_query_params(limit=limit, offset=max(0, offset - limit))
        )
    return frame


def orders_page(session: EbaySession, request: Request) -> Response:
    """GetOrders."""
    limit, offset = _number(request, "limit", 50, 200), _number(request, "offset", 0, 10**9)
    begin, end = session.at - timedelta(days=90), session.at
    found = _FILTER.search(request.query_params.get("filter", ""))
    if found:
        begin = datetime.fromisoformat(found["begin"]).astimezone(UTC)
        end = datetime.fromisoformat(found["end"]).astimezone(UTC) if found["end"] else end
        if begin < session.at - timedelta(days=730):
            raise BadRequest("Invalid date range in filter: orders reach back two years at most.")
    chosen = [order for stamp, order in session.by_update if begin <= stamp <= end]
    page = [render_order(order, session.at) for order in chosen[offset : offset + limit]]
    return JSONResponse({**_paged(request, chosen, limit, offset), "orders": page})


def disputes_page(session: EbaySession, request: Request) -> Response:
    """getPaymentDisputeSummaries; a range of open dates spans 90 days at most."""
    limit, offset = _number(request, "limit", 200, 200), _number(request, "offset", 0, 10**9)
    begin, end = _instant(request, "open_date_from"), _instant(request, "open_date_to")
    if begin and end and end - begin > timedelta(days=90):
        raise BadRequest("The range of open dates is longer than 90 days.")
    if begin and end is None:
        end = begin + timedelta(days=90)
    disputes = [
        rendered
        for order in session.orders
        if order.chargeback is not None
        and (begin is None or begin <= order.chargeback.opened_at)
        and (end is None or order.chargeback.opened_at <= end)
        and (rendered := render_dispute(order, session.at)) is not None
    ]
    disputes.sort(key=lambda one: (one["openDate"], one["paymentDisputeId"]))
    page = disputes[offset : offset + limit]
    frame = _paged(request, disputes, limit, offset)
    return JSONResponse({**frame, "paymentDisputeSummaries": page})


def _profiles(session: EbaySession) -> list[dict[str, Any]]:
    default = DEFAULT_PROGRAMS[session.account_id]
    other = OTHER_PROGRAMS[session.account_id]
    return [
        standards_profile(session.orders, default, "CURRENT", session.at, is_default=True),
        standards_profile(session.orders, default, "PROJECTED", session.at, is_default=True),
        standards_profile(session.orders, other, "CURRENT", session.at, is_default=False),
    ]


def standards(session: EbaySession, request: Request) -> Response:
    """FindSellerStandardsProfiles."""
    return JSONResponse({"standardsProfiles": _profiles(session)})


def one_standard(session: EbaySession, request: Request) -> Response:
    """getSellerStandardsProfile; 204 when the seller is not evaluated in the programme."""
    wanted = (request.path_params["program"], request.path_params["cycle"])
    for profile in _profiles(session):
        if (profile["program"], profile["cycle"]["cycleType"]) == wanted:
            return JSONResponse(profile)
    return Response(status_code=204)


def service(session: EbaySession, request: Request) -> Response:
    """GetCustomerServiceMetric."""
    kind, cycle = request.path_params["kind"], request.path_params["cycle"]
    marketplace = request.query_params.get("evaluation_marketplace_id", "")
    if kind not in ("ITEM_NOT_RECEIVED", "ITEM_NOT_AS_DESCRIBED"):
        raise BadRequest("Invalid customer service metric type.")
    if cycle not in ("CURRENT", "PROJECTED"):
        raise BadRequest("Invalid evaluation type.")
    if not marketplace:
        raise BadRequest("evaluation_marketplace_id is required.")
    if marketplace != BY_ID[session.account_id].vendor_id:
        return error_response(404, 50404, "API_ANALYTICS", "No metric for this marketplace.")
    return JSONResponse(service_metric(session.orders, kind, cycle, marketplace, session.at))


def _mailbox(session: EbaySession, request: Request) -> dict[str, Conversation]:
    kind = request.query_params.get("conversation_type")
    if kind not in ("FROM_MEMBERS", "FROM_EBAY"):
        raise BadRequest("conversation_type is required.")
    if kind == "FROM_EBAY":
        return {}
    return session.threads


def conversations_page(session: EbaySession, request: Request) -> Response:
    """GetConversations."""
    limit, offset = _number(request, "limit", 25, 50), _number(request, "offset", 0, 10**9)
    threads = in_range(
        list(_mailbox(session, request).values()),
        _instant(request, "start_time"),
        _instant(request, "end_time"),
    )
    status = request.query_params.get("conversation_status")
    chosen = [one for one in threads if status in (None, one.status)]
    page = [render_conversation(one) for one in chosen[offset : offset + limit]]
    return JSONResponse({**_paged(request, chosen, limit, offset), "conversations": page})


def conversation_page(session: EbaySession, request: Request) -> Response:
    """getConversation: the messages of a thread, oldest first."""
    limit, offset = _number(request, "limit", 25, 50), _number(request, "offset", 0, 10**9)
    thread = _mailbox(session, request).get(request.path_params["conversation_id"])
    if thread is None:
        return error_response(404, 355003, "API_MESSAGE", "The conversation does not exist.")
    messages = [render_message(thread, one) for one in thread.messages]
    about = {
        "conversationStatus": thread.status,
        "conversationTitle": thread.title,
        "conversationType": "FROM_MEMBERS",
        "messages": messages[offset : offset + limit],
    }
    return JSONResponse({**_paged(request, messages, limit, offset), **about})


def _search_answer(
    request: Request, rendered: list[tuple[datetime, dict[str, Any]]], name: str
) -> Response:
    """A search of the resolution centre: creation range (90 days when open-ended), limit, offset."""
    limit, offset = _number(request, "limit", 25, 200), _number(request, "offset", 0, 10**9)
    begin, end = _instant(request, f"{name}_from"), _instant(request, f"{name}_to")
    if begin is not None and end is None:
        end = begin + timedelta(days=90)
    chosen = [
        summary
        for created, summary in sorted(rendered, key=lambda pair: pair[0])
        if (begin is None or begin <= created) and (end is None or created <= end)
    ]
    paging = {
        "limit": limit,
        "offset": offset,
        "totalEntries": len(chosen),
        "totalPages": -(-len(chosen) // limit) if limit else 0,
    }
    members = chosen[offset : offset + limit]
    return JSONResponse({"members": members, "paginationOutput": paging, "total": len(chosen)})


def requests_page(session: EbaySession, request: Request) -> Response:
    """Search inquiries, returns or cases."""
    if request.path_params["kind"] not in KINDS:
        return error_response(404, 1610, "PostOrder", "No such resource.")
    entries, summary, _, name = KINDS[request.path_params["kind"]]
    rendered = [
        (entry.request.opened_at, summary(entry, session.at))
        for entry in entries(session.orders)
        if entry.request.opened_at <= session.at
    ]
    return _search_answer(request, rendered, name)


def one_request(session: EbaySession, request: Request) -> Response:
    """One inquiry, return or case with its history."""
    if request.path_params["kind"] not in KINDS:
        return error_response(404, 1610, "PostOrder", "No such resource.")
    entries, _, detail, _ = KINDS[request.path_params["kind"]]
    for entry in entries(session.orders):
        is_asked = entry.request.case_id == request.path_params["request_id"]
        if is_asked and entry.request.opened_at <= session.at:
            return JSONResponse(detail(entry, session.at))
    return error_response(404, 1610, "PostOrder", "The request does not exist.")


def cancellations_page(session: EbaySession, request: Request) -> Response:
    """Search cancellations."""
    rendered = [
        (order.cancelled_at, cancellation_summary(order, session.at))
        for order in session.orders
        if order.cancelled_at is not None and order.cancelled_at <= session.at
    ]
    return _search_answer(request, rendered, "creation_date_range")
