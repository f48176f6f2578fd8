"""Orders and payment disputes as the Fulfillment API shows them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.simulator.world.commerce_accounts import BY_ID
from ingestion.simulator.world.commerce_model import Order

JsonObject = dict[str, Any]


def instant_text(instant: datetime) -> str:
    """The vendor's notation: UTC with milliseconds."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}Z"


def digits(order: Order) -> str:
    """The figures of an order id; line item and transaction ids are built on them."""
    return "".join(filter(str.isdigit, order.order_id))


def line_item_id(order: Order) -> str:
    """Id of the only line of the order; the resolution centre calls it the transaction id."""
    return f"10{digits(order)}"


def item_id(order: Order) -> str:
    """Id of the listing."""
    return f"3550000{int(order.sku.rsplit('-', 1)[1]):05d}"


def _money(order: Order) -> JsonObject:
    return {"value": f"{order.value_cents / 100:.2f}", "currency": order.currency}


def render_order(order: Order, at: datetime) -> JsonObject:
    """One order as known at ``at``; ``cancelRequests`` is always empty in a search, as the vendor says."""
    account = BY_ID[order.account_id]
    shipped = order.ship_confirmed_at is not None and order.ship_confirmed_at <= at
    cancelled = order.cancelled_at is not None and order.cancelled_at <= at
    status = "FULFILLED" if shipped else "NOT_STARTED"
    cancel: JsonObject = {"cancelState": "NONE_REQUESTED", "cancelRequests": []}
    if cancelled and order.cancelled_at is not None:
        cancel["cancelState"] = "CANCELED"
        cancel["cancelledDate"] = instant_text(order.cancelled_at)
    uploaded = order.tracking_uploaded_at is not None and order.tracking_uploaded_at <= at
    tracking = order.tracking_number if uploaded else "999"
    base = f"https://api.ebay.com/sell/fulfillment/v1/order/{order.order_id}/shipping_fulfillment"
    return {
        "orderId": order.order_id,
        "creationDate": instant_text(order.placed_at),
        "lastModifiedDate": instant_text(order.updated_at(at)),
        "orderFulfillmentStatus": status,
        "orderPaymentStatus": "FULLY_REFUNDED" if cancelled else "PAID",
        "sellerId": f"deskhouse_{account.country.lower()}",
        "buyer": {
            "username": order.buyer_id,
            "buyerRegistrationAddress": {
                "fullName": f"Synthetic Buyer {order.buyer_id}",
                "email": f"{order.buyer_id}@members.invalid",
            },
        },
        "pricingSummary": {"total": _money(order)},
        "cancelStatus": cancel,
        "fulfillmentHrefs": [f"{base}/{tracking}"] if shipped else [],
        "lineItems": [
            {
                "lineItemId": line_item_id(order),
                "legacyItemId": item_id(order),
                "sku": order.sku,
                "quantity": order.units,
                "lineItemFulfillmentStatus": status,
                "listingMarketplaceId": account.vendor_id,
                "purchaseMarketplaceId": account.vendor_id,
                "total": _money(order),
                "lineItemFulfillmentInstructions": {
                    "shipByDate": instant_text(order.expected_ship_by),
                    "minEstimatedDeliveryDate": instant_text(
                        order.promised_delivery_by - timedelta(days=2)
                    ),
                    "maxEstimatedDeliveryDate": instant_text(order.promised_delivery_by),
                    "guaranteedDelivery": False,
                },
            }
        ],
    }


def render_dispute(order: Order, at: datetime) -> JsonObject | None:
    """The payment dispute of an order as known at ``at``; the deadline shows only while an action is needed."""
    dispute = order.chargeback
    if dispute is None or dispute.opened_at > at:
        return None
    closed = dispute.closed_at <= at
    answered = dispute.responded_at is not None and dispute.responded_at <= at
    status = "CLOSED" if closed else "OPEN" if answered else "ACTION_NEEDED"
    rendered: JsonObject = {
        "paymentDisputeId": dispute.claim_id,
        "orderId": order.order_id,
        "buyerUsername": order.buyer_id,
        "paymentDisputeStatus": status,
        "reason": "ITEM_NOT_RECEIVED" if order.delivered_at is None else "FRAUD",
        "openDate": instant_text(dispute.opened_at),
        "amount": _money(order),
    }
    if status == "ACTION_NEEDED":
        rendered["respondByDate"] = instant_text(dispute.respond_by)
    if closed:
        rendered["closedDate"] = instant_text(dispute.closed_at)
    return rendered
