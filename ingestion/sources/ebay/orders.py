"""Orders, their lines and payment disputes. Buyer names, addresses and tracking numbers are not kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.sources.ebay.client import EbayClient
from ingestion.unchanged import Row

ORDERS = "/sell/fulfillment/v1/order"
ORDER_PAGE = 200
DISPUTE_PAGE = 200
LONGEST_DISPUTE_RANGE = timedelta(days=90)
UNTRACKED = "999"
"""Last part of a fulfilment address when the seller gave no tracking number."""


def instant_text(instant: datetime) -> str:
    """UTC with milliseconds, as the vendor wants it."""
    moment = instant.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def instant_of(text: str) -> datetime:
    """The instant that a text with an offset tells, UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def order_pages(client: EbayClient, since: datetime) -> Iterator[list[dict[str, Any]]]:
    """Orders modified since an instant (two years back at most)."""
    params = {"filter": f"lastmodifieddate:[{instant_text(since)}..]"}
    for document in client.pages(ORDERS, params, ORDER_PAGE):
        yield list(document.get("orders") or ())


def order_row(order: dict[str, Any], account_id: str) -> Row:
    """One order."""
    lines = order.get("lineItems") or []
    instructions = [line.get("lineItemFulfillmentInstructions") or {} for line in lines]
    cancel = order.get("cancelStatus") or {}
    total = (order.get("pricingSummary") or {}).get("total") or {}
    fulfilments = order.get("fulfillmentHrefs") or []
    program = (order.get("program") or {}).get("fulfillmentProgram") or {}
    return {
        "order_id": order.get("orderId"),
        "seller_account": account_id,
        "listing_marketplace_id": lines[0].get("listingMarketplaceId") if lines else None,
        "creation_date": order.get("creationDate"),
        "last_modified_date": order.get("lastModifiedDate"),
        "order_fulfillment_status": order.get("orderFulfillmentStatus"),
        "order_payment_status": order.get("orderPaymentStatus"),
        "cancel_status__cancel_state": cancel.get("cancelState"),
        "cancel_status__cancelled_date": cancel.get("cancelledDate"),
        "ship_by_date": _latest(instructions, "shipByDate"),
        "max_estimated_delivery_date": _latest(instructions, "maxEstimatedDeliveryDate"),
        "pricing_summary__total_value": total.get("value"),
        "pricing_summary__total_currency": total.get("currency"),
        "quantity": _quantity(lines),
        "fulfillment_count": len(fulfilments),
        "tracked_fulfillment_count": sum(
            str(one).rstrip("/").rsplit("/", 1)[-1] != UNTRACKED for one in fulfilments
        ),
        "program__fulfilled_by": program.get("fulfilledBy"),
    }


def line_rows(order: dict[str, Any]) -> list[Row]:
    """The lines of an order; requests of the resolution centre name a line, not an order."""
    return [
        {
            "line_item_id": line.get("lineItemId"),
            "order_id": order.get("orderId"),
            "legacy_item_id": line.get("legacyItemId"),
            "sku": line.get("sku"),
            "quantity": line.get("quantity"),
        }
        for line in order.get("lineItems") or ()
    ]


def _latest(instructions: list[dict[str, Any]], name: str) -> str | None:
    return max((one[name] for one in instructions if one.get(name)), default=None)


def _quantity(lines: list[dict[str, Any]]) -> Any:
    """Units of the order; a quantity of another type than a number is handed on, for the contract to refuse."""
    quantities = [line.get("quantity") for line in lines]
    odd = next((one for one in quantities if one is not None and not isinstance(one, int)), None)
    return odd if odd is not None else sum(one or 0 for one in quantities)


def dispute_rows(client: EbayClient, since: datetime, until: datetime) -> Iterator[list[Row]]:
    """Payment disputes opened in the range, asked in pieces of 90 days."""
    begin = since
    while begin < until:
        end = min(begin + LONGEST_DISPUTE_RANGE, until)
        params = {"open_date_from": instant_text(begin), "open_date_to": instant_text(end)}
        for document in client.dispute_pages(params, DISPUTE_PAGE):
            yield [
                {
                    "payment_dispute_id": one.get("paymentDisputeId"),
                    "seller_account": client.account_id,
                    "order_id": one.get("orderId"),
                    "payment_dispute_status": one.get("paymentDisputeStatus"),
                    "reason": one.get("reason"),
                    "open_date": one.get("openDate"),
                    "respond_by_date": one.get("respondByDate"),
                    "closed_date": one.get("closedDate"),
                }
                for one in document.get("paymentDisputeSummaries") or ()
            ]
        begin = end
