"""Reports 2021-06-30: list, ask, wait within bounds, fetch.

``CANCELLED`` means cancelled or no data, the vendor does not say which (contract notes A7); both are "nothing new".
"""

from __future__ import annotations

import codecs
import gzip
import logging
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from typing import Any

from ingestion.errors import ContractError
from ingestion.sources.amazon.client import AmazonClient
from ingestion.sources.amazon.orders import instant_text

logger = logging.getLogger(__name__)

REPORTS = "/reports/2021-06-30/reports"
DOCUMENTS = "/reports/2021-06-30/documents"
FINAL = ("DONE", "CANCELLED", "FATAL")


@dataclass(frozen=True)
class Report:
    """A report as the vendor records it."""

    report_id: str
    created_at: datetime
    status: str
    document_id: str | None
    marketplace_ids: tuple[str, ...]

    @classmethod
    def read(cls, record: dict[str, Any]) -> Report:
        """From the vendor's JSON; raises ContractError when it is no report record."""
        try:
            return cls(
                str(record["reportId"]),
                datetime.fromisoformat(record["createdTime"]).astimezone(UTC),
                str(record["processingStatus"]),
                record.get("reportDocumentId"),
                tuple(record.get("marketplaceIds") or ()),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ContractError(
                f"amazon sent a report record without a usable {error}; check the contract of reports 2021-06-30."
            ) from error


@dataclass(frozen=True)
class Patience:
    """How long to wait for a report; seconds. The pause doubles from ``first_pause`` to ``longest_pause``."""

    at_most: float = 900
    first_pause: float = 1
    longest_pause: float = 60
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


def listed(client: AmazonClient, report_type: str, since: datetime) -> Iterator[Report]:
    """Finished reports of a type made since an instant (90 days back at most), however they were asked for."""
    params: dict[str, str | int] = {
        "reportTypes": report_type,
        "processingStatuses": "DONE",
        "pageSize": 100,
        "createdSince": instant_text(since),
    }
    while True:
        document = client.get("getReports", REPORTS, params)
        for record in document.get("reports") or ():
            report = Report.read(record)
            if report.status == "DONE":
                yield report
        token = document.get("nextToken")
        if not token:
            return
        params = {"nextToken": token}


def ask(
    client: AmazonClient, report_type: str, marketplaces: list[str], since: datetime | None = None
) -> str:
    """Queue a report; returns its id."""
    body: dict[str, Any] = {"reportType": report_type, "marketplaceIds": marketplaces}
    if since is not None:
        body["dataStartTime"] = instant_text(since)
    answer = client.post("createReport", REPORTS, body)
    if not answer.get("reportId"):
        raise ContractError("amazon queued a report without telling its id; check createReport.")
    return str(answer["reportId"])


def wait_for(client: AmazonClient, report_id: str, patience: Patience) -> Report | None:
    """The report once finished; None when it failed or is still hanging after ``patience.at_most`` seconds.

    A report can hang for hours on the vendor's side. It must not hold up the other resources, so it is left and said
    in the log; the caller may remember the id and look again in the next run.
    """
    deadline = patience.clock() + patience.at_most
    pause = patience.first_pause
    while True:
        report = Report.read(client.get("getReport", f"{REPORTS}/{report_id}"))
        if report.status in FINAL:
            if report.status == "FATAL":
                logger.warning(
                    "amazon could not build report %s (FATAL); skipped this time", report_id
                )
                return None
            return report
        if patience.clock() + pause > deadline:
            logger.warning(
                "amazon report %s is still %s; left for the next run", report_id, report.status
            )
            return None
        patience.sleep(pause)
        pause = min(pause * 2, patience.longest_pause)


def body_of(client: AmazonClient, document_id: str) -> str:
    """Text of a report document, unpacked and decoded.

    Raises:
        ContractError: the document says it is compressed and cannot be unpacked.
    """
    about = client.get("getReportDocument", f"{DOCUMENTS}/{document_id}")
    response = client.download(str(about.get("url")))
    content = response.content
    if about.get("compressionAlgorithm") == "GZIP":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise ContractError(
                f"amazon's report document {document_id} cannot be unpacked ({type(error).__name__}), as if it was cut"
                " off; nothing of it was loaded, run again."
            ) from error
    return decoded(content, response.headers.get("Content-Type", ""))


BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(content: bytes, content_type: str) -> str:
    """Text of a document by its byte order mark, else by the charset of its Content-Type, else UTF-8.

    The vendor names the charset of the site there (Cp1252, ISO-8859-1, Shift_JIS …) and is not always right; the last
    resort reads every byte, since what this project reads of a report is ASCII in all of them.
    """
    header = Message()
    header["Content-Type"] = content_type
    marked = next((name for mark, name in BYTE_ORDER_MARKS if content.startswith(mark)), None)
    for charset in (marked, header.get_content_charset(), "utf-8"):
        try:
            if charset:
                return content.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return content.decode("cp1252", "replace")
