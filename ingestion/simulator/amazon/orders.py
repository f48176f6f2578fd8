"""Orders as the Orders API 2026-01-01 shows them, and its search over them."""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.simulator.world.commerce_accounts import BY_ID
from ingestion.simulator.world.commerce_model import Order

JsonObject = dict[str, Any]

PAGE_LIMIT = 100
_CANCELLED_BY = {"seller": "MERCHANT", "buyer": "BUYER", "platform": "AMAZON"}


class SearchError(ValueError):
    """A search parameter the vendor answers with 400."""


def instant_text(instant: datetime) -> str:
    """The vendor's notation: UTC, whole seconds, Z."""
    # several times as fast as strftime, and asked for each order of each page
    return instant.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def status_of(order: Order, at: datetime) -> str:
    """Fulfilment status at ``at``."""
    if order.cancelled_at is not None and order.cancelled_at <= at:
        return "CANCELLED"
    if order.ship_confirmed_at is not None and order.ship_confirmed_at <= at:
        return "SHIPPED"
    return "UNSHIPPED" if at - order.placed_at > timedelta(minutes=30) else "PENDING"


def render_order(order: Order, at: datetime, included: frozenset[str]) -> JsonObject:
    """One order as known at ``at``, with the data sets asked for."""
    account = BY_ID[order.account_id]
    status = status_of(order, at)
    rendered: JsonObject = {
        "orderId": order.order_id,
        "createdTime": instant_text(order.placed_at),
        "lastUpdatedTime": instant_text(order.updated_at(at)),
        "programs": ["AMAZON_BUSINESS"] if order.is_business else [],
        "salesChannel": {
            "channelName": "AMAZON",
            "marketplaceId": account.vendor_id,
            "marketplaceName": f"Amazon.{account.account_id.removeprefix('amazon.')}",
        },
        "orderItems": [_item(order, status, included)],
    }
    if "FULFILLMENT" in included:
        rendered["fulfillment"] = {
            "fulfillmentStatus": status,
            "fulfilledBy": "MERCHANT" if order.fulfilment == "mfn" else "AMAZON",
            "fulfillmentServiceLevel": "STANDARD",
            "shipByWindow": {
                "earliestDateTime": instant_text(order.placed_at),
                "latestDateTime": instant_text(order.expected_ship_by),
            },
            "deliverByWindow": {
                "earliestDateTime": instant_text(order.promised_delivery_by - timedelta(days=2)),
                "latestDateTime": instant_text(order.promised_delivery_by),
            },
        }
    if "PROCEEDS" in included:
        rendered["proceeds"] = {
            "grandTotal": {
                "amount": f"{order.value_cents / 100:.2f}",
                "currencyCode": order.currency,
            }
        }
    if "PACKAGES" in included and order.fulfilment == "mfn" and status == "SHIPPED":
        rendered["packages"] = [_package(order, at)]
    if "BUYER" in included:
        rendered["buyer"] = {
            "buyerName": f"Synthetic Buyer {order.buyer_id}",
            "buyerEmail": f"{order.buyer_id.lower()}@marketplace.invalid",
        }
    return rendered


def _item(order: Order, status: str, included: frozenset[str]) -> JsonObject:
    item: JsonObject = {
        "orderItemId": order.order_id.replace("-", "")[-14:],
        "quantityOrdered": order.units,
        "product": {"asin": f"B0{abs(_sku_number(order)):08d}", "sellerSku": order.sku},
    }
    if status == "CANCELLED" and "CANCELLATION" in included:
        item["cancellation"] = {
            "cancellationExecution": {
                "cancelledBy": _CANCELLED_BY[str(order.cancelled_by)],
                "cancelReason": order.cancel_reason,
            }
        }
        if order.cancelled_by == "buyer":
            item["cancellation"]["cancellationRequest"] = {
                "requester": "BUYER",
                "cancelReason": order.cancel_reason,
            }
    return item


def _sku_number(order: Order) -> int:
    return int(order.sku.rsplit("-", 1)[1])


def _package(order: Order, at: datetime) -> JsonObject:
    """The parcel; without a tracking number the platform never sees it move."""
    tracked = order.tracking_number is not None and order.tracking_valid
    delivered = order.delivered_at is not None and order.delivered_at <= at
    package: JsonObject = {
        "packageReferenceId": "1",
        "createdTime": instant_text(order.tracking_uploaded_at or order.ship_confirmed_at),  # type: ignore[arg-type]
        "packageStatus": {
            "status": "SHIPPED" if not tracked else "DELIVERED" if delivered else "IN_TRANSIT"
        },
        "carrier": order.carrier,
        "shipTime": instant_text(order.ship_confirmed_at),  # type: ignore[arg-type]
        "packageItems": [
            {"orderItemId": order.order_id.replace("-", "")[-14:], "quantity": order.units}
        ],
    }
    uploaded = order.tracking_uploaded_at
    if order.tracking_number is not None and uploaded is not None and uploaded <= at:
        package["trackingNumber"] = order.tracking_number
    return package


class OrderIndex:
    """The orders of all marketplaces as known at one instant, in the order of their last update."""

    def __init__(self, orders: Sequence[Order], at: datetime) -> None:
        self.at = at
        self._by_id = {order.order_id: order for order in orders if order.placed_at <= at}
        self._created = {key: instant_text(order.placed_at) for key, order in self._by_id.items()}
        self._sorted = sorted(
            (instant_text(order.updated_at(at)), key) for key, order in self._by_id.items()
        )

    def get(self, order_id: str) -> Order | None:
        """The order of this id, if it exists yet."""
        return self._by_id.get(order_id)

    def search(self, query: Mapping[str, Sequence[str]]) -> JsonObject:
        """Answer of ``searchOrders``; raises :class:`SearchError` for what the vendor refuses."""
        bounds = _bounds(query)
        limit = _limit(query)
        included = frozenset(query.get("includedData", ()))
        cursor = _decode(query["paginationToken"][0]) if query.get("paginationToken") else None
        marketplaces = set(query.get("marketplaceIds", ()))
        found: list[tuple[str, Order]] = []
        start = max(cursor or ("", ""), (bounds.get("lastUpdatedAfter", ""), ""))
        # What changed in the last two minutes is withheld, as the vendor does.
        newest = instant_text(self.at - timedelta(minutes=2))
        end = bisect_right(self._sorted, (newest, "\uffff"))
        for position in range(bisect_right(self._sorted, start), end):
            stamp, order_id = self._sorted[position]
            order = self._by_id[order_id]
            if not self._matches(order, stamp, bounds, marketplaces, query):
                continue
            found.append((stamp, order))
            if len(found) > limit:
                break
        answer: JsonObject = {
            "orders": [render_order(order, self.at, included) for _, order in found[:limit]]
        }
        if len(found) > limit:
            stamp, last = found[limit - 1]
            answer["pagination"] = {"nextToken": _encode((stamp, last.order_id))}
        edge = "lastUpdatedBefore" if "lastUpdatedAfter" in bounds else "createdBefore"
        answer[edge] = bounds.get(edge) or instant_text(self.at - timedelta(minutes=2))
        return answer

    def _matches(
        self,
        order: Order,
        stamp: str,
        bounds: Mapping[str, str],
        marketplaces: set[str],
        query: Mapping[str, Sequence[str]],
    ) -> bool:
        created = self._created[order.order_id]
        statuses = query.get("fulfillmentStatuses")
        return (
            bounds.get("lastUpdatedAfter", "") <= stamp <= bounds.get("lastUpdatedBefore", "9")
            and bounds.get("createdAfter", "") <= created <= bounds.get("createdBefore", "9")
            and (not marketplaces or BY_ID[order.account_id].vendor_id in marketplaces)
            and (not statuses or status_of(order, self.at) in statuses)
        )


def _bounds(query: Mapping[str, Sequence[str]]) -> dict[str, str]:
    bounds: dict[str, str] = {}
    for name in ("createdAfter", "createdBefore", "lastUpdatedAfter", "lastUpdatedBefore"):
        if query.get(name):
            try:
                instant = datetime.fromisoformat(query[name][0])
            except ValueError as error:
                raise SearchError(f"{name} is not an ISO-8601 date-time.") from error
            bounds[name] = instant_text(instant.astimezone(UTC))
    if ("createdAfter" in bounds) == ("lastUpdatedAfter" in bounds):
        raise SearchError("Provide exactly one of createdAfter and lastUpdatedAfter.")
    return bounds


def _limit(query: Mapping[str, Sequence[str]]) -> int:
    text = (query.get("maxResultsPerPage") or [str(PAGE_LIMIT)])[0]
    if not text.isdigit() or not 1 <= int(text) <= PAGE_LIMIT:
        raise SearchError("maxResultsPerPage must be between 1 and 100.")
    return int(text)


def _encode(cursor: tuple[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode()


def _decode(token: str) -> tuple[str, str]:
    try:
        stamp, order_id = json.loads(base64.urlsafe_b64decode(token.encode()))
    except (ValueError, binascii.Error) as error:
        raise SearchError("paginationToken is invalid.") from error
    return str(stamp), str(order_id)
