"""The body of ``GET_V2_SELLER_PERFORMANCE_REPORT``: account health of all marketplaces at an instant.

Targets are those the platform writes into the report. The British entry is spelt as in the vendor's own example,
which breaks the vendor's schema (other key names, metrics left out), because a connector must survive both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ingestion.simulator.amazon.health import HealthBook, Mask, Window, epoch_seconds

Entry = dict[str, Any]

EXAMPLE_SPELLING = {
    "preFulfillmentCancellationRate": "prefulfillmentCancelRate",
    "warningStates": "warningState",
    "documentRequests": "documentRequest",
}
"""Schema spelling → spelling of the vendor's own example."""

POLICY_METRICS = (
    "listingPolicyViolations",
    "productAuthenticityCustomerComplaints",
    "productConditionCustomerComplaints",
    "productSafetyCustomerComplaints",
    "receivedIntellectualPropertyComplaints",
    "restrictedProductPolicyViolations",
    "suspectedIntellectualPropertyViolations",
    "foodAndProductSafetyIssues",
    "otherPolicyViolations",
    "documentRequests",
)


def health_report(
    books: Mapping[str, HealthBook], at: datetime, example_spelling: frozenset[str]
) -> Entry:
    """The report for the marketplaces of ``books`` as at ``at``; rates are fractions, rounded to 4 places."""
    entries = [_entry(marketplace, book, at) for marketplace, book in books.items()]
    statuses = [
        {"marketplaceId": entry["marketplaceId"], "status": _account_status(entry)}
        for entry in entries
    ]
    spelt = [
        _respell(entry) if entry["marketplaceId"] in example_spelling else entry
        for entry in entries
    ]
    return {"accountStatuses": statuses, "performanceMetrics": spelt}


def _account_status(entry: Entry) -> str:
    defects = entry["orderDefectRate"]
    bad = [defects["mfn"]["status"], defects["afn"]["status"], entry["lateShipmentRate"]["status"]]
    return "AT_RISK" if "BAD" in bad else "NORMAL"


def _respell(entry: Entry) -> Entry:
    spelt = {EXAMPLE_SPELLING.get(key, key): value for key, value in entry.items()}
    # The example leaves out several metrics the schema requires, and names the rating differently.
    for name in ("suspectedIntellectualPropertyViolations", "restrictedProductPolicyViolations"):
        spelt.pop(name)
    rating = dict(spelt["accountHealthRating"])
    rating.pop("accountHealthRatingStatus")
    spelt["accountHealthRating"] = rating
    return spelt


def _judged(window: Window, good: int, whole: int, target: float, condition: str) -> Entry:
    """Common tail of a rate metric; without cases there is no rate to judge (status NONE, rate 0)."""
    rate = round(good / whole, 4) if whole else 0.0
    if not whole:
        status = "NONE"
    elif condition == "LESS_THAN":
        status = "GOOD" if rate < target else "BAD"
    else:
        status = "GOOD" if rate > target else "BAD"
    return {
        "reportingDateRange": window.report(),
        "status": status,
        "rate": rate,
        "targetValue": target,
        "targetCondition": condition,
    }


def _entry(marketplace: str, book: HealthBook, at: datetime) -> Entry:
    entry: Entry = {"marketplaceId": marketplace}
    entry["orderDefectRate"] = {
        kind: _order_defects(book, at, kind, book.is_mfn if kind == "mfn" else ~book.is_mfn)
        for kind in ("mfn", "afn")
    }
    entry["lateShipmentRate"] = _late_shipment(book, at)
    entry["preFulfillmentCancellationRate"] = _cancellation(book, at)
    entry.update(_delivery(book, at))
    entry["invoiceDefectRate"] = _invoices(book, at)
    half_year = Window.days(at, 180, 1)
    complaints = book.complaints(half_year, at)
    for name in POLICY_METRICS:
        count = complaints if name == "productConditionCustomerComplaints" else 0
        entry[name] = {
            "reportingDateRange": half_year.report(),
            "defectsCount": count,
            "status": "BAD" if count else "GOOD",
            "targetValue": 0,
            "targetCondition": "EQUALS",
        }
    is_warned = entry["orderDefectRate"]["mfn"]["status"] == "BAD"
    entry["warningStates"] = [
        {"warningType": "orderDefectRate", "status": "BAD" if is_warned else "GOOD"}
    ]
    rating = "WARNED" if is_warned else "GREAT"
    entry["accountHealthRating"] = {
        "ahrStatus": rating,
        "accountHealthRatingStatus": rating,
        "reportingDateRange": half_year.report(),
    }
    return entry


def _order_defects(book: HealthBook, at: datetime, kind: str, chosen: Mask) -> Entry:
    window = Window.days(at, 60, 15)
    orders = window.covers(book.placed) & chosen
    negative = orders & book.negative(at)
    claims = orders & book.claimed(at)
    chargebacks = orders & book.charged_back(at)
    defects = int((negative | claims | chargebacks).sum())
    whole = int(orders.sum())
    entry = _judged(window, defects, whole, 0.01, "LESS_THAN")
    return {
        **entry,
        "orderCount": whole,
        "orderWithDefects": {"count": defects, "status": entry["status"]},
        "claims": {"count": int(claims.sum()), "status": "NONE"},
        "chargebacks": {"count": int(chargebacks.sum()), "status": "NONE"},
        "negativeFeedback": {"count": int(negative.sum()), "status": "NONE"},
        "fulfillmentType": kind,
    }


def _late_shipment(book: HealthBook, at: datetime) -> Entry:
    window = Window.days(at, 30, 1)
    confirmed = window.covers(book.ship_by) & book.is_mfn & (book.shipped <= epoch_seconds(at))
    late = int((confirmed & (book.shipped > book.ship_by)).sum())
    whole = int(confirmed.sum())
    return {
        **_judged(window, late, whole, 0.04, "LESS_THAN"),
        "orderCount": whole,
        "lateShipmentCount": late,
    }


def _cancellation(book: HealthBook, at: datetime) -> Entry:
    window = Window.days(at, 7, 1)
    orders = window.covers(book.placed) & book.is_mfn
    cancelled = int((orders & (book.seller_cancelled <= epoch_seconds(at))).sum())
    whole = int(orders.sum())
    return {
        **_judged(window, cancelled, whole, 0.025, "LESS_THAN"),
        "orderCount": whole,
        "cancellationCount": cancelled,
    }


def _delivery(book: HealthBook, at: datetime) -> dict[str, Entry]:
    month = Window.days(at, 30, 10)
    shipped = month.covers(book.shipped) & book.is_mfn
    tracked = shipped & book.is_tracked
    punctual = tracked & (book.delivered <= book.promised) & (book.delivered <= epoch_seconds(at))
    shipments, valid, on_time = int(shipped.sum()), int(tracked.sum()), int(punctual.sum())
    # Units count from the promised day: 14 days, the last seven left out because parcels are still on the way.
    fortnight = Window.days(at, 14, 8)
    due = fortnight.covers(book.promised) & book.is_mfn & book.is_tracked
    arrived = due & (book.delivered <= book.promised)
    units, units_on_time = int(book.units[due].sum()), int(book.units[arrived].sum())
    return {
        "validTrackingRate": {
            **_judged(month, valid, shipments, 0.95, "GREATER_THAN"),
            "shipmentCount": shipments,
            "validTrackingCount": valid,
        },
        "onTimeDeliveryRate": {
            **_judged(month, on_time, valid, 0.9, "GREATER_THAN"),
            "shipmentCountWithValidTracking": valid,
            "onTimeDeliveryCount": on_time,
        },
        "unitOnTimeDeliveryRate": {
            **_judged(fortnight, units_on_time, units, 0.9, "GREATER_THAN"),
            "totalUnitCount": units,
            "unitOnTimeDeliveryCount": units_on_time,
        },
    }


def _invoices(book: HealthBook, at: datetime) -> Entry:
    window = Window.days(at, 7, 8)
    due = window.covers(book.shipped) & book.needs_invoice
    deadline = book.shipped + 24 * 3600
    missing = due & (book.invoiced > epoch_seconds(at))
    late = due & ~missing & (book.invoiced > deadline)
    defects, whole = int((missing | late).sum()), int(due.sum())
    entry = _judged(window, defects, whole, 0.05, "LESS_THAN")
    return {
        **entry,
        "orderCount": whole,
        "invoiceDefect": {"count": defects, "status": entry["status"]},
        "missingInvoice": {"count": int(missing.sum()), "status": "NONE"},
        "lateInvoice": {"count": int(late.sum()), "status": "NONE"},
    }
