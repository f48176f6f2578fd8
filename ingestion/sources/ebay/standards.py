"""Seller standards and service metrics: snapshots, because the vendor keeps no history of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingestion.config import IngestionSettings
from ingestion.sources.ebay.client import EbayClient
from ingestion.sources.ebay.columns import SERVICE_METRICS, STANDARDS
from ingestion.sources.ebay.orders import instant_text
from ingestion.sources.marketplace.http import RequestRefusedError
from ingestion.sources.marketplace.tables import RawTable, json_text
from ingestion.unchanged import Row, row_hash, stored_rows

PROFILES = "/sell/analytics/v1/seller_standards_profile"
METRICS = "/sell/analytics/v1/customer_service_metric"
METRIC_TYPES = ("ITEM_NOT_RECEIVED", "ITEM_NOT_AS_DESCRIBED")
EVALUATIONS = ("CURRENT", "PROJECTED")


def standards_rows(client: EbayClient, settings: IngestionSettings) -> list[Row]:
    """One row per programme and cycle; metrics may be empty and the month absent (contract notes E3)."""
    document = client.get(PROFILES)
    rows = []
    for profile in document.get("standardsProfiles") or ():
        cycle = profile.get("cycle") or {}
        rows.append(
            {
                "seller_account": client.account_id,
                "program": profile.get("program"),
                "cycle__cycle_type": cycle.get("cycleType"),
                "captured_at": instant_text(settings.as_of),
                "cycle__evaluation_date": cycle.get("evaluationDate"),
                "cycle__evaluation_month": cycle.get("evaluationMonth"),
                "default_program": profile.get("defaultProgram"),
                "standards_level": profile.get("standardsLevel"),
                "metrics": json_text(profile.get("metrics")),
                "metric_list": json_text([_standard(one) for one in profile.get("metrics") or ()]),
            }
        )
    return rows


def service_rows(client: EbayClient, settings: IngestionSettings) -> Iterator[Row]:
    """One row per metric type and evaluation; a seller who is not evaluated has none (404)."""
    params = {"evaluation_marketplace_id": client.marketplace_id}
    for metric_type in METRIC_TYPES:
        for evaluation in EVALUATIONS:
            try:
                document = client.get(f"{METRICS}/{metric_type}/{evaluation}", params)
            except RequestRefusedError as error:
                if error.status == 404:
                    continue
                raise
            yield _service_row(client, settings, metric_type, evaluation, document)


def _service_row(
    client: EbayClient,
    settings: IngestionSettings,
    metric_type: str,
    evaluation: str,
    document: dict[str, Any],
) -> Row:
    cycle = document.get("evaluationCycle") or {}
    return {
        "seller_account": client.account_id,
        "marketplace_id": document.get("marketplaceId"),
        "metric_type": metric_type,
        "evaluation_cycle__evaluation_type": cycle.get("evaluationType") or evaluation,
        "captured_at": instant_text(settings.as_of),
        "evaluation_cycle__evaluation_date": cycle.get("evaluationDate"),
        "evaluation_cycle__start_date": cycle.get("startDate"),
        "evaluation_cycle__end_date": cycle.get("endDate"),
        "dimension_metrics": json_text(document.get("dimensionMetrics")),
        "metric_list": json_text(
            [_by_dimension(one) for one in document.get("dimensionMetrics") or ()]
        ),
    }


def _standard(metric: dict[str, Any]) -> dict[str, str | None]:
    """One standards metric with the vendor's names, flat and as text.

    The value is a number for counts and an object for rates, whose ``value`` is a percentage (contract notes E1, E2);
    thresholds come in both forms too.
    """
    value = metric.get("value")
    parts = value if isinstance(value, dict) else {"value": value}
    return {
        "metric_key": _text(metric.get("metricKey")),
        "level": _text(metric.get("level")),
        "value": _text(parts.get("value")),
        "numerator": _text(parts.get("numerator")),
        "denominator": _text(parts.get("denominator")),
        "look_back_from": _text(metric.get("lookbackStartDate")),
        "look_back_to": _text(metric.get("lookbackEndDate")),
        "lower_bound": _bound(metric.get("thresholdLowerBound")),
        "upper_bound": _bound(metric.get("thresholdUpperBound")),
    }


def _by_dimension(entry: dict[str, Any]) -> dict[str, str | None]:
    """One category or region with its counts, percentage and rating against peers."""
    dimension = entry.get("dimension") or {}
    values = {one.get("metricKey"): one for one in entry.get("metrics") or ()}
    rate = values.get("RATE") or {}
    benchmark = rate.get("benchmark") or {}
    return {
        "dimension_key": _text(dimension.get("dimensionKey")),
        "dimension_value": _text(dimension.get("value")),
        "transaction_count": _text((values.get("TRANSACTION_COUNT") or {}).get("value")),
        "count": _text((values.get("COUNT") or {}).get("value")),
        "rate": _text(rate.get("value")),
        "rating": _text(benchmark.get("rating")),
        "peer_average": _text((benchmark.get("metadata") or {}).get("average")),
    }


def _bound(threshold: Any) -> str | None:
    return _text(threshold.get("value") if isinstance(threshold, dict) else threshold)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def without_repeats(table: RawTable, settings: IngestionSettings, rows: list[Row]) -> list[Row]:
    """The snapshots whose content differs from the newest stored one of the same series."""
    series = [name for name in table.key if name != "captured_at"]
    stored = stored_rows(
        settings.warehouse, table.dataset, table.name, ("captured_at", *series, "row_hash")
    )
    newest = {row[1:-1]: row[-1] for row in sorted(stored, key=lambda row: row[0])}
    volatile = (*table.volatile, "_tenant_id")
    return [
        row
        for row in rows
        if newest.get(tuple(row[name] for name in series)) != row_hash(row, volatile)
    ]


SNAPSHOT_TABLES = (STANDARDS, SERVICE_METRICS)
