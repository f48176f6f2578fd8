"""The resolution centre: inquiries, returns, escalated cases and cancellations, as the Post-Order API shows them.

There is no published contract; the shapes follow the vendor's Post-Order documentation. Summaries carry no history, so
that when the seller answered is only in the single record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingestion.simulator.ebay.orders import digits, instant_text, item_id, line_item_id
from ingestion.simulator.world.commerce_model import Case, Order

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """A request of the resolution centre with its order."""

    request: Case
    order: Order


def _date(instant: datetime | None) -> JsonObject | None:
    return None if instant is None else {"value": instant_text(instant)}


def inquiries(orders: Sequence[Order]) -> Iterator[Entry]:
    """Item-not-received inquiries."""
    return (Entry(order.inquiry, order) for order in orders if order.inquiry)


def returns(orders: Sequence[Order]) -> Iterator[Entry]:
    """Returns: not as described, or a change of mind."""
    return (Entry(order.return_request, order) for order in orders if order.return_request)


def cases(orders: Sequence[Order]) -> Iterator[Entry]:
    """Requests escalated to the platform."""
    for order in orders:
        for parent in (order.inquiry, order.return_request):
            if parent is not None and parent.escalated is not None:
                yield Entry(parent.escalated, order)


def _is_closed(request: Case, at: datetime) -> bool:
    return request.closed_at is not None and request.closed_at <= at


def _modified(request: Case, at: datetime) -> datetime:
    steps = (request.opened_at, request.responded_at, request.closed_at)
    return max(step for step in steps if step is not None and step <= at)


def _history(request: Case, at: datetime) -> list[JsonObject]:
    steps: list[tuple[datetime | None, str, str]] = [
        (request.opened_at, "CREATE", "BUYER"),
        (request.responded_at, "SELLER_OFFER_RESOLUTION", "SELLER"),
        (request.closed_at, f"CLOSE_{request.outcome.upper()}", "SYSTEM"),
    ]
    known = [(when, action, actor) for when, action, actor in steps if when and when <= at]
    return [
        {
            "action": action,
            "actor": actor,
            "date": _date(when),
            "description": "Synthetic text",
        }
        for when, action, actor in sorted(known)
    ]


def inquiry_summary(entry: Entry, at: datetime) -> JsonObject:
    """An inquiry in a search result."""
    request, order = entry.request, entry.order
    closed = _is_closed(request, at)
    answered = request.responded_at is not None and request.responded_at <= at
    status = (
        "CLOSED_" + request.outcome.upper() if closed else "WAITING_BUYER" if answered else "OPEN"
    )
    return {
        "inquiryId": request.case_id,
        "inquiryStatusEnum": status,
        "itemId": item_id(order),
        "transactionId": line_item_id(order),
        "buyer": order.buyer_id,
        "seller": "deskhouse",
        "claimAmount": {"value": order.value_cents / 100, "currency": order.currency},
        "creationDate": _date(request.opened_at),
        "respondByDate": _date(request.respond_by),
        "lastModifiedDate": _date(_modified(request, at)),
    }


def inquiry_detail(entry: Entry, at: datetime) -> JsonObject:
    """One inquiry with its history."""
    return {
        "inquiryId": entry.request.case_id,
        "itemId": item_id(entry.order),
        "transactionId": line_item_id(entry.order),
        "inquiryHistoryDetails": {"history": _history(entry.request, at)},
    }


def case_summary(entry: Entry, at: datetime) -> JsonObject:
    """An escalated case in a search result."""
    summary = inquiry_summary(entry, at)
    status = summary.pop("inquiryStatusEnum")
    outcome = {
        "buyer_favour": "CLOSED_BUYER_FAVOR",
        "seller_favour": "CLOSED_SELLER_FAVOR",
        "seller_resolved": "CLOSED_SELLER_RESOLVED",
    }
    if _is_closed(entry.request, at):
        status = outcome[entry.request.outcome]
    return {**summary, "inquiryId": None, "caseId": entry.request.case_id, "caseStatusEnum": status}


def case_detail(entry: Entry, at: datetime) -> JsonObject:
    """One case with its history."""
    return {
        "caseId": entry.request.case_id,
        "caseHistoryDetails": {"history": _history(entry.request, at)},
    }


def return_summary(entry: Entry, at: datetime) -> JsonObject:
    """A return in a search result."""
    request, order = entry.request, entry.order
    is_snad = request.kind == "snad"
    closed = _is_closed(request, at)
    escalated = closed and request.outcome == "escalated"
    state = "ESCALATED" if escalated else "CLOSED" if closed else "RETURN_REQUESTED"
    summary: JsonObject = {
        "returnId": request.case_id,
        "buyerLoginName": order.buyer_id,
        "sellerLoginName": "deskhouse",
        "currentType": "MONEY_BACK",
        "state": state,
        "status": state if state != "RETURN_REQUESTED" else "WAITING_FOR_SELLER_INFO",
        "creationInfo": {
            "item": {
                "itemId": item_id(order),
                "transactionId": line_item_id(order),
                "returnQuantity": 1,
            },
            "type": "MONEY_BACK",
            "reason": "NOT_AS_DESCRIBED" if is_snad else "NO_LONGER_NEED_ITEM",
            "reasonType": "SNAD" if is_snad else "REMORSE",
            "comments": {"content": "Synthetic comment, not a person’s words"},
            "creationDate": _date(request.opened_at),
        },
        "sellerResponseDue": {
            "activityDue": "SELLER_APPROVE_REQUEST",
            "respondByDate": _date(request.respond_by),
        },
        "timeoutDate": _date(request.respond_by),
        "lastModifiedDate": _date(_modified(request, at)),
    }
    if escalated and request.escalated is not None:
        summary["escalationInfo"] = {"caseId": request.escalated.case_id}
    return summary


def return_detail(entry: Entry, at: datetime) -> JsonObject:
    """One return with its response history."""
    history = [
        {
            "activity": step["action"],
            "author": step["actor"],
            "creationDate": step["date"],
            "notes": step["description"],
        }
        for step in _history(entry.request, at)
    ]
    summary = return_summary(entry, at)
    if _is_closed(entry.request, at) and entry.request.outcome != "escalated":
        summary["closeInfo"] = {"returnCloseReasonEnum": entry.request.outcome.upper()}
    return {"summary": summary, "detail": {"responseHistory": history}}


def cancellation_summary(order: Order, at: datetime) -> JsonObject:
    """A finished cancellation in a search result; buyers ask, sellers cancel for want of stock."""
    by_seller = order.cancelled_by != "buyer"
    return {
        "cancelId": f"4{digits(order)}",
        "legacyOrderId": order.order_id,
        "marketplaceId": order.account_id,
        "requestorType": "SELLER" if by_seller else "BUYER",
        "cancelReason": order.cancel_reason,
        "cancelState": "CLOSED",
        "cancelStatus": "CANCEL_CLOSED_WITH_REFUND",
        "cancelRequestDate": _date(order.cancelled_at),
        "cancelCloseDate": _date(order.cancelled_at),
        "lastModifiedDate": _date(order.cancelled_at),
        "buyer": order.buyer_id,
    }


Render = Callable[[Entry, datetime], JsonObject]

KINDS: dict[str, tuple[Callable[[Sequence[Order]], Iterator[Entry]], Render, Render, str]] = {
    "inquiry": (inquiries, inquiry_summary, inquiry_detail, "inquiry_creation_date_range"),
    "return": (returns, return_summary, return_detail, "creation_date_range"),
    "casemanagement": (cases, case_summary, case_detail, "case_creation_date_range"),
}
"""Resource → (entries, summary, single record, name of the date-range parameters)."""
