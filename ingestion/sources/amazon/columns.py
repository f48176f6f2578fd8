"""Columns of ``raw_amazon``."""

from __future__ import annotations

from ingestion.sources.marketplace.tables import RawTable

ORDERS = RawTable(
    "amazon",
    "orders",
    {
        "order_id": "text",
        "created_time": "timestamp",
        "last_updated_time": "timestamp",
        "sales_channel__channel_name": "text",
        "sales_channel__marketplace_id": "text",
        "fulfillment__fulfillment_status": "text",
        "fulfillment__fulfilled_by": "text",
        "fulfillment__ship_by_latest": "timestamp",
        "fulfillment__deliver_by_latest": "timestamp",
        "proceeds__grand_total_amount": "text",
        "proceeds__grand_total_currency": "text",
        "quantity_ordered": "bigint",
        "cancelled_by": "text",
        "cancel_reason": "text",
        "package_count": "bigint",
        "first_ship_time": "timestamp",
        "last_ship_time": "timestamp",
        "first_tracking_time": "timestamp",
        "tracked_package_count": "bigint",
        "package_statuses": "text",
        "programs": "text",
    },
    ("order_id",),
    newest_by="last_updated_time",
)
ACCOUNT_HEALTH = RawTable(
    "amazon",
    "account_health",
    {
        "report_id": "text",
        "marketplace_id": "text",
        "captured_at": "timestamp",
        "account_status": "text",
        "performance_metrics": "text",
        "metric_list": "text",
    },
    ("report_id", "marketplace_id"),
    volatile=("report_id", "captured_at"),
)
SELLER_FEEDBACK = RawTable(
    "amazon",
    "seller_feedback",
    {
        "marketplace_id": "text",
        "order_id": "text",
        "feedback_date": "text",
        "rating": "bigint",
        "removed_at": "timestamp",
    },
    ("marketplace_id", "order_id"),
)
MARKETPLACES = RawTable(
    "amazon",
    "marketplace_participations",
    {
        "marketplace_id": "text",
        "name": "text",
        "country_code": "text",
        "default_currency_code": "text",
        "domain_name": "text",
        "is_participating": "bool",
        "has_suspended_listings": "bool",
    },
    ("marketplace_id",),
)
ALL_TABLES = (ORDERS, ACCOUNT_HEALTH, SELLER_FEEDBACK, MARKETPLACES)
