"""Account health, read from reports.

The vendor keeps no history of account health: each report shows the windows current when it was made, whatever dates
are asked for (contract notes A6). Reports of the last 90 days are still there, so those are taken first; a new one is
asked for when the newest is older than the wanted interval.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from ingestion.config import IngestionSettings
from ingestion.errors import ContractError
from ingestion.sources.amazon import reports
from ingestion.sources.amazon.client import AmazonClient
from ingestion.sources.amazon.columns import ACCOUNT_HEALTH
from ingestion.sources.amazon.health_metrics import metric_list
from ingestion.sources.amazon.orders import instant_text
from ingestion.sources.marketplace.tables import json_text
from ingestion.unchanged import Row, row_hash, stored_rows

HEALTH = "GET_V2_SELLER_PERFORMANCE_REPORT"
KEPT_DAYS = 90


class HealthReader:
    """Reads new account-health reports in the order they were made."""

    def __init__(
        self,
        client: AmazonClient,
        settings: IngestionSettings,
        patience: reports.Patience,
        history_days: int,
        interval_hours: float,
    ) -> None:
        self._client = client
        self._settings = settings
        self._patience = patience
        self._history = timedelta(days=min(history_days, KEPT_DAYS))
        self._interval = timedelta(hours=interval_hours)

    def pages(self, state: dict[str, Any], marketplaces: list[str]) -> Iterator[list[Row]]:
        """Rows of each report not read before; ``state`` remembers the newest one and a report still in the queue."""
        newest = _instant(state.get("newest"))
        since = max(
            newest or datetime.min.replace(tzinfo=UTC), self._settings.as_of - self._history
        )
        found = sorted(
            (
                one
                for one in reports.listed(self._client, HEALTH, since)
                if not newest or one.created_at > newest
            ),
            key=lambda one: (one.created_at, one.report_id),
        )
        latest = found[-1].created_at if found else newest
        if latest is None or self._settings.as_of - latest >= self._interval:
            fresh = self._fresh(state, marketplaces)
            found += [fresh] if fresh is not None else []
        last = self._last_hashes()
        for report in found:
            if report.document_id is not None:
                yield self._changed(report, last)
            state["newest"] = max(state.get("newest") or "", instant_text(report.created_at))

    def _fresh(self, state: dict[str, Any], marketplaces: list[str]) -> reports.Report | None:
        report_id = state.get("queued") or reports.ask(self._client, HEALTH, marketplaces)
        state["queued"] = report_id
        report = reports.wait_for(self._client, report_id, self._patience)
        # A hanging report is looked at once more in the next run, then given up for a new one.
        state["queued"] = None if report or state.get("was_queued") == report_id else report_id
        state["was_queued"] = report_id
        return report

    def _changed(self, report: reports.Report, last: dict[str, str]) -> list[Row]:
        text = reports.body_of(self._client, str(report.document_id))
        rows = []
        for row in health_rows(text, report):
            digest = row_hash(row, ("report_id", "captured_at", "_tenant_id"))
            if last.get(row["marketplace_id"]) != digest:
                last[row["marketplace_id"]] = digest
                rows.append(row)
        return rows

    def _last_hashes(self) -> dict[str, str]:
        """Content of the newest stored snapshot per marketplace: an equal one adds no row."""
        stored = stored_rows(
            self._settings.warehouse,
            ACCOUNT_HEALTH.dataset,
            ACCOUNT_HEALTH.name,
            ("captured_at", "marketplace_id", "row_hash"),
        )
        return {marketplace: digest for _, marketplace, digest in sorted(stored)}


def health_rows(text: str, report: reports.Report) -> list[Row]:
    """One row per marketplace of a report; both parts of the report may miss a marketplace."""
    try:
        body = orjson.loads(text)
        statuses = {
            one["marketplaceId"]: one["status"] for one in body.get("accountStatuses") or ()
        }
        metrics = {one["marketplaceId"]: one for one in body.get("performanceMetrics") or ()}
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ContractError(
            f"amazon's account-health report {report.report_id} is not in the published form ({error!r}); nothing of"
            " it was loaded. Compare it with accountHealthReport-2020-11-18."
        ) from error
    return [
        {
            "report_id": report.report_id,
            "marketplace_id": marketplace,
            "captured_at": instant_text(report.created_at),
            "account_status": statuses.get(marketplace),
            "performance_metrics": json_text(metrics.get(marketplace)),
            "metric_list": json_text(metric_list(metrics.get(marketplace) or {})),
        }
        for marketplace in sorted(statuses.keys() | metrics.keys())
    ]


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
