"""Seller feedback, read from one report a site; what disappeared from a report that was read whole was removed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ingestion.config import IngestionSettings
from ingestion.quarantine import Refused, VendorQuarantine
from ingestion.sources.amazon import reports
from ingestion.sources.amazon.client import AmazonClient
from ingestion.sources.amazon.columns import SELLER_FEEDBACK
from ingestion.sources.amazon.feedback_report import Reading, read_report
from ingestion.sources.amazon.orders import instant_text
from ingestion.sources.amazon.site_dates import date_table
from ingestion.unchanged import Row, stored_rows

FEEDBACK = "GET_SELLER_FEEDBACK_DATA"
CANONICAL_TABLE = "order_defects"
READING = 2
"""Raised when reports are read differently: every site is then read from its begin once, to correct what is stored."""


class FeedbackReader:
    """Reads negative and neutral seller feedback per marketplace; what disappeared was removed by the platform."""

    def __init__(
        self,
        client: AmazonClient,
        settings: IngestionSettings,
        patience: reports.Patience,
        lookback_days: int,
        quarantine: VendorQuarantine,
    ) -> None:
        self._client = client
        self._settings = settings
        self._patience = patience
        self._lookback = timedelta(days=lookback_days)
        self._quarantine = quarantine

    def pages(
        self, state: dict[str, Any], marketplaces: list[str], start: datetime
    ) -> Iterator[list[Row]]:
        """Rows of every marketplace; the first run reads from ``start``, later ones the look-back.

        A site with refused rows is read from the same day again until its report is readable, so that a row the vendor
        corrects is found however old it is.
        """
        if state.get("reading") != READING:
            state.update(reading=READING, begun={}, again_from={})
        begins = {one: self._since(state, one, start) for one in marketplaces}
        asked = {
            marketplace: reports.ask(self._client, FEEDBACK, [marketplace], since)
            for marketplace, since in begins.items()
        }
        for marketplace, report_id in asked.items():
            report = reports.wait_for(self._client, report_id, self._patience)
            if report is None or report.document_id is None:
                continue  # CANCELLED: no data or cancelled, so nothing may be concluded from it
            text = reports.body_of(self._client, report.document_id)
            reading = read_report(text, marketplace, date_table(marketplace))
            self._name(reading, marketplace, report)
            since = begins[marketplace]
            yield reading.rows + self._removed(marketplace, reading, since)
            state["begun"][marketplace] = True
            if reading.refused:
                state["again_from"][marketplace] = instant_text(since)
            else:
                state["again_from"].pop(marketplace, None)

    def _since(self, state: dict[str, Any], marketplace: str, start: datetime) -> datetime:
        if marketplace not in state["begun"]:
            return start
        since = max(self._settings.as_of - self._lookback, start)
        again = state["again_from"].get(marketplace)
        return min(since, datetime.fromisoformat(again).astimezone(UTC)) if again else since

    def _name(self, reading: Reading, marketplace: str, report: reports.Report) -> None:
        """Pass on what was refused; the report covers everything that was refused of this site before."""
        self._quarantine.read_again(CANONICAL_TABLE, marketplace)
        site = date_table(marketplace).site
        for refused in reading.refused:
            self._quarantine.refuse(
                Refused(
                    CANONICAL_TABLE,
                    marketplace,
                    refused.text,
                    f"{FEEDBACK} {report.report_id} of {site}",
                    refused.line,
                    refused.column,
                    refused.reason,
                )
            )

    def _removed(self, marketplace: str, reading: Reading, since: datetime) -> list[Row]:
        """Stored feedback of the asked days that the report no longer has; none when a row does not say its order."""
        if not reading.is_whole:
            return []
        # Dates carry no time and are local: the first day may be cut, so it proves nothing.
        certain = since.date() + timedelta(days=2)
        stored = stored_rows(
            self._settings.warehouse,
            SELLER_FEEDBACK.dataset,
            SELLER_FEEDBACK.name,
            ("order_id", "marketplace_id", "feedback_date", "rating", "removed_at"),
        )
        return [
            {
                "marketplace_id": marketplace,
                "order_id": order_id,
                "feedback_date": day,
                "rating": rating,
                "removed_at": instant_text(self._settings.as_of),
            }
            for order_id, owner, day, rating, removed_at in stored
            if owner == marketplace
            and order_id not in reading.named
            and removed_at is None
            and _is_on_or_after(day, certain)
        ]


def _is_on_or_after(day: str | None, limit: date) -> bool:
    """Whether a stored day is a date and not before ``limit``; an unreadable one proves nothing."""
    try:
        return day is not None and date.fromisoformat(day) >= limit
    except ValueError:
        return False
