"""The nested metrics of an account-health entry as a flat list, the vendor's metric names kept.

The report is an object of objects whose counts are named differently per metric, in two spellings (contract notes A4,
A5). A list of flat rows can be unnested with declared types on every engine; nothing is computed or left out here.
"""

from __future__ import annotations

from typing import Any

Entry = dict[str, Any]
_NOT_METRICS = ("marketplaceId",)
_SPLIT_BY_FULFILMENT = ("mfn", "afn")


def metric_list(entry: Entry) -> list[dict[str, str | None]]:
    """Rows of one marketplace: ``name``, ``part`` (mfn, afn, warning type, null), window, status, rate, target, counts.

    All values are text, absent ones null; unknown metrics are kept, so that a new one is seen rather than lost.
    """
    rows: list[dict[str, str | None]] = []
    for name, value in sorted(entry.items()):
        if name in _NOT_METRICS:
            continue
        if isinstance(value, list):
            rows += [
                _row(name, one.get("warningType"), one) for one in value if isinstance(one, dict)
            ]
        elif isinstance(value, dict):
            parts = [part for part in _SPLIT_BY_FULFILMENT if isinstance(value.get(part), dict)]
            rows += [_row(name, part, value[part]) for part in parts] or [_row(name, None, value)]
    return rows


COUNTS = {
    "order_count": "orderCount",
    "orders_with_defects": "orderWithDefects",
    "claims": "claims",
    "chargebacks": "chargebacks",
    "negative_feedback": "negativeFeedback",
    "late_shipment_count": "lateShipmentCount",
    "cancellation_count": "cancellationCount",
    "shipment_count": "shipmentCount",
    "valid_tracking_count": "validTrackingCount",
    "shipment_count_with_valid_tracking": "shipmentCountWithValidTracking",
    "on_time_delivery_count": "onTimeDeliveryCount",
    "total_unit_count": "totalUnitCount",
    "unit_on_time_delivery_count": "unitOnTimeDeliveryCount",
    "invoice_defect": "invoiceDefect",
    "defects_count": "defectsCount",
}
"""Our key → the vendor's count; some are numbers, some objects ``{count, status}``."""


def _row(name: str, part: str | None, metric: Entry) -> dict[str, str | None]:
    window = metric.get("reportingDateRange") or {}
    status = (
        metric.get("status") or metric.get("accountHealthRatingStatus") or metric.get("ahrStatus")
    )
    row: dict[str, str | None] = {
        "name": name,
        "part": part,
        "status": _text(status),
        "window_from": _text(window.get("reportingDateFrom")),
        "window_to": _text(window.get("reportingDateTo")),
        "rate": _text(metric.get("rate")),
        "target_value": _text(metric.get("targetValue")),
        "target_condition": _text(metric.get("targetCondition")),
    }
    for key, count in COUNTS.items():
        value = metric.get(count)
        row[key] = _text(value.get("count") if isinstance(value, dict) else value)
    return row


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
