"""Columns of ``raw_ebay``. ``seller_account`` is our id of the selling account the login belongs to."""

from __future__ import annotations

from ingestion.sources.marketplace.tables import RawTable

ORDERS = RawTable(
    "ebay",
    "orders",
    {
        "order_id": "text",
        "seller_account": "text",
        "listing_marketplace_id": "text",
        "creation_date": "timestamp",
        "last_modified_date": "timestamp",
        "order_fulfillment_status": "text",
        "order_payment_status": "text",
        "cancel_status__cancel_state": "text",
        "cancel_status__cancelled_date": "timestamp",
        "ship_by_date": "timestamp",
        "max_estimated_delivery_date": "timestamp",
        "pricing_summary__total_value": "text",
        "pricing_summary__total_currency": "text",
        "quantity": "bigint",
        "fulfillment_count": "bigint",
        "tracked_fulfillment_count": "bigint",
        "program__fulfilled_by": "text",
    },
    ("order_id",),
    newest_by="last_modified_date",
)
ORDER_LINES = RawTable(
    "ebay",
    "order_line_items",
    {
        "line_item_id": "text",
        "order_id": "text",
        "legacy_item_id": "text",
        "sku": "text",
        "quantity": "bigint",
    },
    ("line_item_id",),
)
PAYMENT_DISPUTES = RawTable(
    "ebay",
    "payment_disputes",
    {
        "payment_dispute_id": "text",
        "seller_account": "text",
        "order_id": "text",
        "payment_dispute_status": "text",
        "reason": "text",
        "open_date": "timestamp",
        "respond_by_date": "timestamp",
        "closed_date": "timestamp",
    },
    ("payment_dispute_id",),
)
STANDARDS = RawTable(
    "ebay",
    "seller_standards_profiles",
    {
        "seller_account": "text",
        "program": "text",
        "cycle__cycle_type": "text",
        "captured_at": "timestamp",
        "cycle__evaluation_date": "timestamp",
        "cycle__evaluation_month": "text",
        "default_program": "bool",
        "standards_level": "text",
        "metrics": "text",
        "metric_list": "text",
    },
    ("seller_account", "program", "cycle__cycle_type", "captured_at"),
    volatile=("captured_at", "cycle__evaluation_date"),
)
SERVICE_METRICS = RawTable(
    "ebay",
    "customer_service_metrics",
    {
        "seller_account": "text",
        "marketplace_id": "text",
        "metric_type": "text",
        "evaluation_cycle__evaluation_type": "text",
        "captured_at": "timestamp",
        "evaluation_cycle__evaluation_date": "timestamp",
        "evaluation_cycle__start_date": "timestamp",
        "evaluation_cycle__end_date": "timestamp",
        "dimension_metrics": "text",
        "metric_list": "text",
    },
    ("seller_account", "metric_type", "evaluation_cycle__evaluation_type", "captured_at"),
    volatile=("captured_at", "evaluation_cycle__evaluation_date"),
)
CONVERSATIONS = RawTable(
    "ebay",
    "conversations",
    {
        "conversation_id": "text",
        "seller_account": "text",
        "conversation_status": "text",
        "created_date": "timestamp",
        "customer_ref": "text",
        "subject_hash": "text",
        "latest_message_id": "text",
        "latest_message_date": "timestamp",
    },
    ("conversation_id",),
    newest_by="latest_message_date",
)
CONVERSATION_STATES = RawTable(
    "ebay",
    "conversation_states",
    {
        "conversation_id": "text",
        "seen_at": "timestamp",
        "conversation_status": "text",
        "previous_seen_at": "timestamp",
    },
    ("conversation_id", "seen_at"),
)
"""History of the states that polls met, append-only: a row whenever a thread is in another one than when met before,
and whenever it is met set aside with a newer message than before.

``previous_seen_at`` is the instant of the last poll that met the state before; null for the first state.
"""
MESSAGES = RawTable(
    "ebay",
    "conversation_messages",
    {
        "message_id": "text",
        "conversation_id": "text",
        "seller_account": "text",
        "created_date": "timestamp",
        "is_from_seller": "bool",
        "body_hash": "text",
        "body_chars": "bigint",
        "is_thanks": "bool",
    },
    ("conversation_id", "message_id"),
)


def _request_table(name: str, key: str) -> RawTable:
    return RawTable(
        "ebay",
        name,
        {
            key: "text",
            "seller_account": "text",
            "status": "text",
            "reason_type": "text",
            "item_id": "text",
            "transaction_id": "text",
            "creation_date": "timestamp",
            "respond_by_date": "timestamp",
            "last_modified_date": "timestamp",
            "seller_responded_at": "timestamp",
            "closed_at": "timestamp",
            "close_reason": "text",
            "escalated_case_id": "text",
        },
        (key,),
        newest_by="last_modified_date",
    )


INQUIRIES = _request_table("inquiries", "inquiry_id")
RETURNS = _request_table("returns", "return_id")
CASES = _request_table("cases", "case_id")
CANCELLATIONS = RawTable(
    "ebay",
    "cancellations",
    {
        "cancel_id": "text",
        "seller_account": "text",
        "order_id": "text",
        "requestor_type": "text",
        "cancel_reason": "text",
        "cancel_state": "text",
        "cancel_status": "text",
        "cancel_request_date": "timestamp",
        "cancel_close_date": "timestamp",
        "last_modified_date": "timestamp",
    },
    ("cancel_id",),
    newest_by="last_modified_date",
)
ALL_TABLES = (
    ORDERS,
    ORDER_LINES,
    PAYMENT_DISPUTES,
    STANDARDS,
    SERVICE_METRICS,
    CONVERSATIONS,
    CONVERSATION_STATES,
    MESSAGES,
    INQUIRIES,
    RETURNS,
    CASES,
    CANCELLATIONS,
)
