"""Tickets and timeline items as the API writes them, oddities of the vendor included (contract notes D3, D4)."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from ingestion.simulator.edesk.reference import CHANNEL_IDS, user
from ingestion.simulator.edesk.shown import Shown, clock_text
from ingestion.simulator.edesk.timeline import Item
from ingestion.simulator.world.catalogue import REASON_BY_TAG
from ingestion.simulator.world.commerce_model import Order
from ingestion.simulator.world.texts import subject_of
from ingestion.simulator.world.world import World

Json = dict[str, Any]
REPLY_WITHIN_SECONDS = 86_400
_TYPES = {
    "delivery": "ShippingQuery",
    "returns": "ReturnsQuery",
    "product": "ProductQuery",
    "billing": "PaymentsQuery",
    "order": "OrderQuery",
}


def order_number(order_id: str) -> int:
    """The vendor's own number of an order."""
    return int.from_bytes(blake2b(order_id.encode(), digest_size=5).digest(), "big")


def ticket_json(shown: Shown, orders: dict[str, Order], instant: int) -> Json:
    """One ticket; what is not known is left out, as the contract declares nothing nullable but the last message."""
    ticket = shown.ticket
    reason = REASON_BY_TAG.get(ticket.reason)
    row: Json = {
        "id": ticket.ticket_id,
        "subject": subject_of(ticket.subject),
        "type": _TYPES.get(reason.parent if reason else "", "Query"),
        "channel_id": CHANNEL_IDS[ticket.channel_id],
        "status": shown.status,
        "created_at": clock_text(ticket.created),  # declared as a number, seen as a text
        "last_updated_at": None
        if shown.last_message_at is None
        else clock_text(shown.last_message_at),
        "custom_fields": [
            {"id": 71, "name": "Language", "value": ticket.language},
            {"id": 72, "name": "Remark", "value": f"call buyer {ticket.requester_id} back"},
        ],
        "time_left_to_reply": _time_left(shown, instant),
        "tags_ids": list(shown.tags),
        "contact_id": ticket.requester_id,
        "messages_ids": [item.item_id for item in shown.items],
        "uri": f"https://app.edesk.example/tickets/{ticket.ticket_id}",
        "replies": sum(item.direction == "Outgoing" for item in shown.items),
        "ai_classification": "OrderIssue",
    }
    if shown.owner is not None:
        row["owner_user_id"] = shown.owner
    if ticket.order_id is not None:
        number = order_number(ticket.order_id)
        row |= {"sales_order_id": number, "external_order_id": number}
        row["sales_order"] = _order_json(ticket.order_id, orders.get(ticket.order_id), row)
    return row


def _time_left(shown: Shown, instant: int) -> int | bool:
    """Seconds to answer; ``false`` where nobody waits, though declared as a number."""
    messages = [item for item in shown.items if item.is_message]
    if not messages or messages[-1].direction != "Incoming" or shown.status == "Closed":
        return False
    return messages[-1].at + REPLY_WITHIN_SECONDS - instant


def _order_json(order_id: str, order: Order | None, row: Json) -> Json:
    """The order embedded in its ticket, with the names and addresses that the vendor puts there."""
    contact = row["contact_id"]
    address = {
        "name": f"Buyer {contact % 10**6:06d}",
        "line_1": f"Via Sintetica {contact % 97}",
        "line_2": None,
        "city": "Torino",
        "state": None,
        "county": None,
        "country": "IT",
        "postcode": "10121",
        "country_name": "Italy",
    }
    placed = order.placed_at if order is not None else datetime(2025, 1, 1, tzinfo=UTC)
    return {
        "id": row["sales_order_id"],
        "channel_id": row["channel_id"],
        "seller_order_id": order_id,
        "status": "OrderReceived",
        "order_items": [],
        "shipping_amount": 0,
        "total_amount": (order.value_cents if order is not None else 0) / 100,
        "ship_to": address,
        "bill_to": address,
        "contact_id": contact,
        "tracking_codes": None,
        "created_at": clock_text(int(placed.timestamp())),
        "last_updated_at": None,
        "ticket_id": row["id"],
    }


def item_json(world: World, shown: Shown, item: Item) -> Json:
    """One timeline item; the id is unique within its type at most."""
    row: Json = {
        "id": item.item_id,
        "external_id": f"ext-{item.item_id}",
        "subject": item.subject,
        "created_at": clock_text(item.at),
        "type": item.kind,
        "attachments": [],
        "direction": item.direction,
        "body": item.body,
        "errors": ["The message could not be delivered."] if item.has_failed else [],
        "ticket_id": shown.ticket.ticket_id,
    }
    if item.consumer is not None:
        row["from_consumer_id"] = item.consumer
    if item.user is not None:
        row["from_user"] = user(world.staff.by_id[item.user])
    return row
