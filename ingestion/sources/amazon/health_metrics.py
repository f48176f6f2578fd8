"""The nested metrics of an account-health entry as a flat list, the vendor's names kept.

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


COUNTS = (
    "orderCount",
    "orderWithDefects",
    "claims",
    "chargebacks",
    "negativeFeedback",
    "lateShipmentCount",
    "cancellationCount",
    "shipmentCount",
    "validTrackingCount",
    "shipmentCountWithValidTracking",
    "onTimeDeliveryCount",
    "totalUnitCount",
    "unitOnTimeDeliveryCount",
    "invoiceDefect",
    "defectsCount",
)
"""Counts the mapping reads; some are numbers, some objects ``{count, status}``."""


def _row(name: str, part: str | None, metric: Entry) -> dict[str, str | None]:
    window = metric.get("reportingDateRange") or {}
    status = (
        metric.get("status") or metric.get("accountHealthRatingStatus") or metric.get("ahrStatus")
    )
    row: dict[str, str | None] = {
        "name": name,
        "part": part,
        "status": _text(status),
        "windowFrom": _text(window.get("reportingDateFrom")),
        "windowTo": _text(window.get("reportingDateTo")),
        "rate": _text(metric.get("rate")),
        "targetValue": _text(metric.get("targetValue")),
        "targetCondition": _text(metric.get("targetCondition")),
    }
    for count in COUNTS:
        value = metric.get(count)
        row[count] = _text(value.get("count") if isinstance(value, dict) else value)
    return row


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
