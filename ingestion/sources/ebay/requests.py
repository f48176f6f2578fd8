"""The resolution centre: inquiries, returns, cases and cancellations.

There is no published contract; the shapes follow the vendor's Post-Order documentation
(https://developer.ebay.com/Devzone/post-order/). A search shows the state, only the single record shows when the seller
answered, so a record is asked for once per change. Texts and user names are not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ingestion.sources.ebay.client import EbayClient
from ingestion.sources.ebay.columns import CASES, INQUIRIES, RETURNS
from ingestion.sources.ebay.orders import instant_text
from ingestion.sources.marketplace.tables import RawTable
from ingestion.unchanged import Row

PAGE = 200
LONGEST_RANGE = timedelta(days=90)
_OPENING = ("CREATE", "OPEN")


@dataclass(frozen=True)
class Kind:
    """One sort of request: its table, path, range parameters, and how summary and record are read."""

    table: RawTable
    path: str
    range_name: str
    summary: Callable[[dict[str, Any]], Row]
    history: Callable[[dict[str, Any]], list[tuple[str, str, str]]]


def _value(container: Any) -> Any:
    """The instant inside the vendor's date object."""
    return container.get("value") if isinstance(container, dict) else container


def _inquiry(member: dict[str, Any]) -> Row:
    return {
        "inquiry_id": member.get("inquiryId"),
        "status": member.get("inquiryStatusEnum"),
        "item_id": member.get("itemId"),
        "transaction_id": member.get("transactionId"),
        "creation_date": _value(member.get("creationDate")),
        "respond_by_date": _value(member.get("respondByDate")),
        "last_modified_date": _value(member.get("lastModifiedDate")),
    }


def _case(member: dict[str, Any]) -> Row:
    row = _inquiry(member)
    row.pop("inquiry_id")
    return {**row, "case_id": member.get("caseId"), "status": member.get("caseStatusEnum")}


def _return(member: dict[str, Any]) -> Row:
    created = member.get("creationInfo") or {}
    item = created.get("item") or {}
    due = member.get("sellerResponseDue") or {}
    escalation = member.get("escalationInfo") or {}
    return {
        "return_id": member.get("returnId"),
        "status": member.get("state"),
        "reason_type": created.get("reasonType"),
        "item_id": item.get("itemId"),
        "transaction_id": item.get("transactionId"),
        "creation_date": _value(created.get("creationDate")),
        "respond_by_date": _value(due.get("respondByDate")),
        "last_modified_date": _value(member.get("lastModifiedDate")),
        "escalated_case_id": escalation.get("caseId"),
    }


def _listed_history(name: str) -> Callable[[dict[str, Any]], list[tuple[str, str, str]]]:
    def read(record: dict[str, Any]) -> list[tuple[str, str, str]]:
        steps = (record.get(name) or {}).get("history") or ()
        return [
            (str(_value(step.get("date"))), str(step.get("actor")), str(step.get("action")))
            for step in steps
        ]

    return read


def _return_history(record: dict[str, Any]) -> list[tuple[str, str, str]]:
    steps = (record.get("detail") or {}).get("responseHistory") or ()
    return [
        (
            str(_value(step.get("creationDate"))),
            str(step.get("author")),
            str(step.get("activity")),
        )
        for step in steps
    ]


KINDS = (
    Kind(
        INQUIRIES,
        "/inquiry",
        "inquiry_creation_date_range",
        _inquiry,
        _listed_history("inquiryHistoryDetails"),
    ),
    Kind(RETURNS, "/return", "creation_date_range", _return, _return_history),
    Kind(
        CASES,
        "/casemanagement",
        "case_creation_date_range",
        _case,
        _listed_history("caseHistoryDetails"),
    ),
)


def request_rows(
    client: EbayClient, kind: Kind, since: datetime, until: datetime, known: dict[str, str]
) -> Iterator[list[Row]]:
    """Requests created in the range whose last change differs from the known one, with their history.

    Args:
        client: the account.
        kind: inquiries, returns or cases.
        since: begin of the range of creation.
        until: end of it.
        known: id → last change (ISO-8601, as sent) of what the warehouse holds.
    """
    key = kind.table.key[0]
    for members in _searched(client, f"{kind.path}/search", kind.range_name, since, until):
        rows = []
        for member in members:
            row = {**kind.summary(member), "seller_account": client.account_id}
            if row["last_modified_date"] and known.get(str(row[key])) == row["last_modified_date"]:
                continue
            record = client.post_order(f"{kind.path}/{row[key]}")
            rows.append({**row, **_told(kind.history(record), str(row["status"] or ""))})
        yield rows


def _told(history: list[tuple[str, str, str]], status: str) -> Row:
    """First answer of the seller and, for a closed request, the last step; only recorded actions count, no chat."""
    steps = sorted(history)
    answers = [
        when
        for when, actor, action in steps
        if actor == "SELLER" and not action.startswith(_OPENING)
    ]
    is_closed = status.startswith(("CLOSED", "ESCALATED"))
    last = steps[-1] if steps and is_closed else None
    return {
        "seller_responded_at": answers[0] if answers else None,
        "closed_at": last[0] if last else None,
        "close_reason": last[2] if last else None,
    }


def cancellation_rows(client: EbayClient, since: datetime, until: datetime) -> Iterator[list[Row]]:
    """Cancellations asked for in the range."""
    found = _searched(client, "/cancellation/search", "creation_date_range", since, until)
    for members in found:
        yield [
            {
                "cancel_id": one.get("cancelId"),
                "seller_account": client.account_id,
                "order_id": one.get("legacyOrderId"),
                "requestor_type": one.get("requestorType"),
                "cancel_reason": one.get("cancelReason"),
                "cancel_state": one.get("cancelState"),
                "cancel_status": one.get("cancelStatus"),
                "cancel_request_date": _value(one.get("cancelRequestDate")),
                "cancel_close_date": _value(one.get("cancelCloseDate")),
                "last_modified_date": _value(one.get("lastModifiedDate")),
            }
            for one in members
        ]


def _searched(
    client: EbayClient, path: str, range_name: str, since: datetime, until: datetime
) -> Iterator[list[dict[str, Any]]]:
    begin = since
    while begin < until:
        end = min(begin + LONGEST_RANGE, until)
        params = {f"{range_name}_from": instant_text(begin), f"{range_name}_to": instant_text(end)}
        for document in client.post_order_pages(path, params, PAGE):
            yield list(document.get("members") or ())
        begin = end
