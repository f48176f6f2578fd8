"""Orders 2026-01-01: search by last update, in windows of days.

Personal data: the data sets BUYER and RECIPIENT are never asked for; tracking numbers are only counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.quarantine import VendorQuarantine
from ingestion.readable import readable
from ingestion.sources.amazon.client import AmazonClient
from ingestion.sources.marketplace.tables import json_text
from ingestion.unchanged import Row

SEARCH = "/orders/2026-01-01/orders"
PAGE_SIZE = 100
INCLUDED = "CANCELLATION,FULFILLMENT,PACKAGES,PROCEEDS"


def instant_text(instant: datetime) -> str:
    """UTC, whole seconds, as the vendor wants it."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def changed_orders(
    client: AmazonClient,
    since: datetime,
    until: datetime,
    window: timedelta,
    marketplaces: list[str],
    quarantine: VendorQuarantine,
) -> Iterator[tuple[list[Row], datetime]]:
    """Pages of orders changed from ``since`` on, each with the instant up to which everything has been read.

    The instant moves at the end of a window only, so that a run that stops half-way repeats the open window. The last
    window has no end: it reaches as far as the vendor shows.
    """
    begin = since
    while True:
        end = begin + window
        is_last = end >= until
        reached = begin
        for document in _pages(client, begin, None if is_last else end, marketplaces):
            found = document.get("orders") or ()
            rows = list(readable(quarantine, "orders", SEARCH, found, order_row, "orderId"))
            edge = document.get("lastUpdatedBefore")
            is_page_last = not _next_token(document)
            if is_page_last:
                shown = datetime.fromisoformat(edge).astimezone(UTC) if edge else until
                reached = shown if is_last else end
            yield rows, reached
        if is_last:
            return
        begin = end


def _next_token(document: dict[str, Any]) -> str | None:
    return (document.get("pagination") or {}).get("nextToken")


def _pages(
    client: AmazonClient, begin: datetime, end: datetime | None, marketplaces: list[str]
) -> Iterator[dict[str, Any]]:
    params: dict[str, str | int] = {
        "lastUpdatedAfter": instant_text(begin),
        "includedData": INCLUDED,
        "maxResultsPerPage": PAGE_SIZE,
    }
    if end is not None:
        params["lastUpdatedBefore"] = instant_text(end)
    if marketplaces:
        params["marketplaceIds"] = ",".join(marketplaces)
    while True:
        document = client.get("searchOrders", SEARCH, params)
        yield document
        token = _next_token(document)
        if not token:
            return
        params = {**params, "paginationToken": token}


def order_row(order: dict[str, Any]) -> Row:
    """One order as a raw row: scalars of the nested objects, counts of items and parcels, no person."""
    channel = order.get("salesChannel") or {}
    fulfilment = order.get("fulfillment") or {}
    total = (order.get("proceeds") or {}).get("grandTotal") or {}
    items = order.get("orderItems") or []
    packages = order.get("packages") or []
    executions = [
        (item.get("cancellation") or {}).get("cancellationExecution") or {} for item in items
    ]
    cancelled = next((one for one in executions if one), {})
    shipped = sorted(one["shipTime"] for one in packages if one.get("shipTime"))
    tracked = sorted(
        one.get("createdTime") or one.get("shipTime") or ""
        for one in packages
        if one.get("trackingNumber")
    )
    statuses = sorted((one.get("packageStatus") or {}).get("status") or "" for one in packages)
    return {
        "order_id": order.get("orderId"),
        "created_time": order.get("createdTime"),
        "last_updated_time": order.get("lastUpdatedTime"),
        "sales_channel__channel_name": channel.get("channelName"),
        "sales_channel__marketplace_id": channel.get("marketplaceId"),
        "fulfillment__fulfillment_status": fulfilment.get("fulfillmentStatus"),
        "fulfillment__fulfilled_by": fulfilment.get("fulfilledBy"),
        "fulfillment__ship_by_latest": (fulfilment.get("shipByWindow") or {}).get("latestDateTime"),
        "fulfillment__deliver_by_latest": (fulfilment.get("deliverByWindow") or {}).get(
            "latestDateTime"
        ),
        "proceeds__grand_total_amount": total.get("amount"),
        "proceeds__grand_total_currency": total.get("currencyCode"),
        "quantity_ordered": _total_quantity(items),
        "cancelled_by": cancelled.get("cancelledBy"),
        "cancel_reason": cancelled.get("cancelReason"),
        "package_count": len(packages),
        "first_ship_time": shipped[0] if shipped else None,
        "last_ship_time": shipped[-1] if shipped else None,
        "first_tracking_time": tracked[0] or None if tracked else None,
        "tracked_package_count": len(tracked),
        "package_statuses": json_text(statuses),
        "programs": json_text(sorted(order.get("programs") or [])),
    }


def _total_quantity(items: list[dict[str, Any]]) -> Any:
    """Units of the order; a quantity of another type than a number is handed on, for the contract to refuse."""
    quantities = [item.get("quantityOrdered") for item in items]
    odd = next((one for one in quantities if one is not None and not isinstance(one, int)), None)
    return odd if odd is not None else sum(one or 0 for one in quantities)
