"""What platforms publish (group F): the last figure of each account, added up over accounts only from its parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from tests.oracle.numbers.kpis import Cell, Facts, Value
from tests.oracle.world.canonical_rows import DAY, Row

PUBLISHED = {
    "amz_odr": "fulfilment",
    "amz_atoz_rate": "fulfilment",
    "amz_negative_feedback_rate": "fulfilment",
    "amz_lsr": "window",
    "amz_vtr": "window",
    "amz_cancel_rate": "window",
    "amz_otdr": "window",
    "amz_invoice_defect_rate": "window",
    "amz_late_response_rate": "window",
    "wmt_response_rate": "window",
    "etsy_message_rate": "window",
    "social_page_responsiveness": "window",
    "amz_csdr": "none",
    "amz_bdr": "none",
    "amz_rdr": "none",
    "amz_account_status": "none",
    "ebay_tdr": "evaluation",
    "ebay_ccwsr": "evaluation",
    "ebay_late_shipment": "evaluation",
    "ebay_tracking": "evaluation",
    "ebay_inr": "evaluation",
    "ebay_snad": "evaluation",
}
COMPANIONS = {
    "amz_avg_response_h": "amz_late_response_rate",
    "amz_policy_violations": "amz_account_status",
    "social_page_response_time": "social_page_responsiveness",
}
"""Figures without a card of their own and the KPI they stand beside."""
_SHORT = ((8, "7d"), (12, "10d"), (16, "14d"))
_LONG = ((27, 35, "30d"), (55, 66, "60d"), (85, 100, "90d"))
_COUNTED = ("amz_policy_violations",)


def published_values(facts: Facts, month: date, when: int) -> Iterator[Value]:
    """Figures published up to an instant."""
    latest: dict[tuple[Any, ...], Row] = {}
    for row in facts.world.tables["account_health_snapshots"]:
        metric = row["metric"]
        is_ours = metric in PUBLISHED or metric in COMPANIONS
        if not is_ours or row["captured_at"] > when or row["is_deleted_in_source"]:
            continue
        if metric == "amz_avg_response_h" and (_days(row) or 99) > 8:
            continue
        part = (row["dimension_key"], row["dimension_value"])
        key = (metric, _variant(row), row["marketplace_account_id"], part)
        if key not in latest or _recency(row) > _recency(latest[key]):
            latest[key] = row
    grouped: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for (metric, variant, account, _), row in latest.items():
        grouped[metric, variant, account].append(row)
    accounts: dict[tuple[str, str], list[tuple[str, Value]]] = defaultdict(list)
    for (metric, variant, account), rows in grouped.items():
        kpi = COMPANIONS.get(metric, metric)
        cell = Cell(month, kpi, "none", "none", variant, "marketplace_account", account)
        whole = [r for r in rows if r["dimension_key"] in (None, "variant")]
        value = _account_value(cell, metric, whole or rows)
        known = facts.world.accounts.get(account)
        accounts[kpi, variant].append((known["platform"] if known else "", value))
        yield value
    for (kpi, variant), found in accounts.items():
        for scope_type in ("platform", "company"):
            yield from _combined(month, kpi, variant, scope_type, found)


def _recency(row: Row) -> tuple[Any, ...]:
    captured = row["captured_at"]
    return (captured // DAY, row["denominator"] or -1, captured, row["snapshot_id"])


def _days(row: Row) -> int | None:
    if row["window_from"] is None or row["window_to"] is None:
        return None
    length: int = (row["window_to"] - row["window_from"]).days + 1
    return length


def _variant(row: Row) -> str:
    metric = row["metric"]
    if metric in COMPANIONS:
        return "open_violations" if metric in _COUNTED else str(metric)
    if row["dimension_key"] == "variant":
        return str(row["dimension_value"])
    how = PUBLISHED[metric]
    if how in ("fulfilment", "evaluation"):
        return str(row[how] or ("none" if how == "fulfilment" else "current"))
    days = _days(row)
    if how == "none" or days is None:
        return "none"
    short = next((name for limit, name in _SHORT if days <= limit), None)
    return short or next((name for low, high, name in _LONG if low <= days <= high), "none")


def _account_value(cell: Cell, metric: str, rows: list[Row]) -> Value:
    numerator, denominator = (
        sum(row[name] for row in rows) if all(row[name] is not None for row in rows) else None
        for name in ("numerator", "denominator")
    )
    if metric in _COUNTED:
        value = numerator
    elif len(rows) == 1:
        value = rows[0]["rate"]
    else:
        value = numerator / denominator if numerator is not None and denominator else None
    text = max((r["published_status"] for r in rows if r["published_status"]), default=None)
    text = text if value is None else None
    n = None if denominator is None else round(denominator)
    return Value(cell, "published", value, numerator, denominator, n, text=text)


def _combined(
    month: date, metric: str, variant: str, scope_type: str, found: list[tuple[str, Value]]
) -> Iterator[Value]:
    groups: dict[str, list[Value]] = defaultdict(list)
    for platform, value in found:
        groups[platform if scope_type == "platform" else "company"].append(value)
    for scope_id, values in groups.items():
        numerators = [value.numerator for value in values if value.numerator is not None]
        denominators = [value.denominator for value in values if value.denominator is not None]
        if scope_id and len(numerators) == len(denominators) == len(values):
            top, bottom = sum(numerators), sum(denominators)
            cell = Cell(month, metric, "none", "none", variant, scope_type, scope_id)
            yield Value(
                cell, "published", top / bottom if bottom else None, top, bottom, round(bottom)
            )
