"""Reports 2021-06-30: asked-for reports that pass through the queue, and those of the seller's daily schedule.

The vendor keeps reports for 90 days; a seller who scheduled the account-health report therefore has that much history
to list, although each report only ever shows the windows current when it was made.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.simulator.amazon.orders import instant_text
from ingestion.simulator.world.commerce_accounts import BY_ID
from ingestion.simulator.world.commerce_model import Order

JsonObject = dict[str, Any]

HEALTH = "GET_V2_SELLER_PERFORMANCE_REPORT"
FEEDBACK = "GET_SELLER_FEEDBACK_DATA"
RETENTION_DAYS = 90
SCHEDULED_HOUR = 3
STAGES = ("IN_QUEUE", "IN_PROGRESS")
"""What the first polls of a fresh report see before its final state."""

FEEDBACK_HEADER = ("Date", "Rating", "Comments", "Response", "Order ID", "Rater Email")


class ReportError(ValueError):
    """A request the vendor answers with 400."""


@dataclass
class Report:
    """One report; ``polls`` counts how often its state was asked."""

    report_id: str
    report_type: str
    marketplaces: tuple[str, ...]
    created_at: datetime
    data_start: datetime | None = None
    data_end: datetime | None = None
    is_scheduled: bool = False
    polls: int = 0

    @property
    def document_id(self) -> str:
        """Id of the document behind a finished report."""
        return f"amzn1.spdoc.1.4.eu.{self.report_id}"


@dataclass
class ReportDesk:
    """Creates, lists and renders reports; ``orders`` are those of all marketplaces."""

    orders: Sequence[Order]
    now: Callable[[], datetime]
    start: datetime
    health_body: Callable[[tuple[str, ...], datetime], JsonObject]
    marketplaces: tuple[str, ...]
    _asked: dict[str, Report] = field(default_factory=dict)
    _bodies: dict[str, bytes | None] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        """The vendor's present instant."""
        return self.now()

    def create(self, request: Mapping[str, Any]) -> Report:
        """Queue a report; raises :class:`ReportError` for an unknown type or marketplace."""
        kind = request.get("reportType")
        wanted = tuple(request.get("marketplaceIds") or ())
        if kind not in (HEALTH, FEEDBACK):
            raise ReportError(f"Report type {kind} is not allowed at this time for this seller.")
        if not wanted or not set(wanted) <= set(self.marketplaces):
            raise ReportError("marketplaceIds holds a marketplace the seller does not sell in.")
        number = 70_000_000_000 + len(self._asked)
        report = Report(
            str(number),
            kind,
            wanted,
            self.at,
            _instant(request.get("dataStartTime")),
            _instant(request.get("dataEndTime")),
        )
        self._asked[report.report_id] = report
        return report

    def find(self, report_id: str) -> Report | None:
        """The report of this id, asked for or scheduled."""
        if report_id in self._asked:
            return self._asked[report_id]
        return next((one for one in self.scheduled() if one.report_id == report_id), None)

    def scheduled(self) -> list[Report]:
        """The daily account-health reports of the retention period, newest first."""
        found = []
        today = self.at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        for back in range(RETENTION_DAYS):
            made = today - timedelta(days=back) + timedelta(hours=SCHEDULED_HOUR)
            if (
                made > self.at
                or made < self.start
                or made < self.at - timedelta(days=RETENTION_DAYS)
            ):
                continue
            found.append(
                Report(
                    str(50_000_000_000 + made.toordinal()),
                    HEALTH,
                    self.marketplaces,
                    made,
                    is_scheduled=True,
                )
            )
        return found

    def all_reports(self) -> list[Report]:
        """Every report of the retention period, newest first."""
        asked = sorted(self._asked.values(), key=lambda one: one.report_id, reverse=True)
        return asked + self.scheduled()

    def state(self, report: Report, *, polled: bool) -> JsonObject:
        """The report record; a fresh report passes the queue poll by poll, and is CANCELLED when it has no data."""
        stage = len(STAGES) if report.is_scheduled else report.polls
        if polled:
            report.polls += 1
        record: JsonObject = {
            "reportId": report.report_id,
            "reportType": report.report_type,
            "marketplaceIds": list(report.marketplaces),
            "createdTime": instant_text(report.created_at),
            "dataStartTime": instant_text(report.data_start or report.created_at),
            "dataEndTime": instant_text(report.data_end or report.created_at),
        }
        if stage < len(STAGES):
            return {**record, "processingStatus": STAGES[stage]}
        record["processingStartTime"] = record["processingEndTime"] = record["createdTime"]
        if self.document(report) is None:
            return {**record, "processingStatus": "CANCELLED"}
        return {**record, "processingStatus": "DONE", "reportDocumentId": report.document_id}

    def document(self, report: Report) -> bytes | None:
        """The gzipped body, or None when there is nothing to report."""
        if report.report_id not in self._bodies:
            if report.report_type == HEALTH:
                # The dates asked for are ignored: the report always shows the windows current at its making.
                body = self.health_body(report.marketplaces, report.created_at)
                text: str | None = json.dumps(body)
                encoding = "utf-8"
            else:
                text, encoding = feedback_text(self.orders, report, self.at), "cp1252"
            self._bodies[report.report_id] = (
                None if text is None else gzip.compress(text.encode(encoding, "replace"), mtime=0)
            )
        return self._bodies[report.report_id]

    def by_document(self, document_id: str) -> Report | None:
        """The report whose document has this id."""
        return self.find(document_id.rsplit(".", 1)[-1])


def _instant(text: object) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except ValueError as error:
        raise ReportError("dataStartTime or dataEndTime is not an ISO-8601 date-time.") from error


def feedback_text(orders: Sequence[Order], report: Report, at: datetime) -> str | None:
    """Tab-separated negative and neutral feedback of the asked days; None when there is none.

    Removed feedback is no longer in it; dates are the site's own notation without a time.
    """
    since = report.data_start or at - timedelta(days=30)
    until = min(report.data_end or at, at)
    lines = []
    for order in orders:
        feedback = order.feedback
        if feedback is None or feedback.stars > 3 or not since <= feedback.left_at <= until:
            continue
        account = BY_ID[order.account_id]
        if account.vendor_id not in report.marketplaces:
            continue
        if feedback.removed_at is not None and feedback.removed_at <= at:
            continue
        local = feedback.left_at.astimezone(account.tz)
        separator = "." if account.country == "DE" else "/"
        lines.append(
            (
                feedback.left_at,
                (
                    f"{local:%d{separator}%m{separator}%y}",
                    str(feedback.stars),
                    "Synthetic comment, not a person’s words",
                    "",
                    order.order_id,
                    f"{order.buyer_id.lower()}@marketplace.invalid",
                ),
            )
        )
    if not lines:
        return None
    rows = [FEEDBACK_HEADER, *(line for _, line in sorted(lines))]
    return "".join("\t".join(row) + "\r\n" for row in rows)
