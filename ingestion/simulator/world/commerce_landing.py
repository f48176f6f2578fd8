"""Webshop orders as landing rows: the shop has no connector, its export arrives as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from ingestion.simulator.world.commerce_model import Order


def webshop_order_rows(orders: Iterable[Order], at: datetime) -> Iterator[dict[str, object]]:
    """Rows of the canonical ``orders`` table (catalogue §2.7) for the webshop, as known at ``at``.

    Instants are UTC ISO-8601 text; what has not happened by ``at`` is None. Other platforms' orders are skipped, for
    they come through their own connectors.
    """
    for order in orders:
        if order.platform != "webshop" or order.placed_at > at:
            continue
        cancelled = order.cancelled_at is not None and order.cancelled_at <= at
        shipped = order.ship_confirmed_at is not None and order.ship_confirmed_at <= at
        yield {
            "tenant_id": "main",
            "source_system": "shop",
            "order_id": order.order_id,
            "marketplace_account_id": None,
            "platform": order.platform,
            "placed_at": _text(order.placed_at, at),
            "fulfilment": order.fulfilment,
            "expected_ship_by": _text(order.expected_ship_by, None),
            "ship_confirmed_at": _text(order.ship_confirmed_at, at),
            "promised_delivery_by": _text(order.promised_delivery_by, None),
            "delivered_at": _text(order.delivered_at, at),
            "tracking_uploaded_at": _text(order.tracking_uploaded_at, at),
            "tracking_valid": order.tracking_valid if shipped else None,
            "cancelled_at": _text(order.cancelled_at, at),
            "cancelled_by": order.cancelled_by if cancelled else None,
            "cancel_reason": order.cancel_reason if cancelled else None,
            "units": order.units,
            "value": f"{order.value_cents / 100:.2f}",
            "currency": order.currency,
        }


def _text(instant: datetime | None, at: datetime | None) -> str | None:
    if instant is None or (at is not None and instant > at):
        return None
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
