"""The door for vendors' refused records: what is judged anew, what stays, and that nothing of the content is kept."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingestion.config import IngestionSettings
from ingestion.quarantine import SHOWN_IN_LOG, Refused, VendorQuarantine
from ingestion.readable import readable

AS_OF = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture
def quarantine(tmp_path: Path) -> VendorQuarantine:
    """An empty one."""
    return VendorQuarantine(IngestionSettings(tmp_path, AS_OF), "zendesk", "zendesk")


def listed(quarantine: VendorQuarantine) -> list[dict[str, Any]]:
    """Rows the resource would load."""
    return [row for page in quarantine.resource() for row in page.to_pylist()]


def refused(scope: str, detail: str = "") -> Refused:
    """A refusal of an audit."""
    return Refused("messages", scope, detail, "/events", None, "child_events.id", "it has no id")


def test_the_newest_reading_of_a_record_is_the_one_that_counts(
    quarantine: VendorQuarantine,
) -> None:
    quarantine.refuse(refused("7"))
    quarantine.refuse(refused("8"))
    quarantine.refuse(refused("8"))
    quarantine.read_again("messages", "7")
    quarantine.read_again("orders", "8")
    (row,) = listed(quarantine)
    assert (row["table_name"], row["column_name"], row["reason"]) == (
        "messages",
        "child_events.id",
        "it has no id",
    )
    assert row["ingested_at"] == AS_OF and row["tenant_id"] == "main"


def test_two_faults_of_one_record_are_two_rows_without_their_content(
    quarantine: VendorQuarantine,
) -> None:
    quarantine.refuse(refused("7", "Giulia Rossi"))
    quarantine.refuse(refused("7", "Anna Bianchi"))
    rows = listed(quarantine)
    assert len({row["record_id"] for row in rows}) == 2
    assert "Giulia" not in repr(rows) and "Anna" not in repr(rows)


def test_a_flood_of_refusals_is_counted_in_the_log(
    quarantine: VendorQuarantine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger="ingestion.quarantine")
    for number in range(SHOWN_IN_LOG + 5):
        quarantine.refuse(refused(str(number)))
    assert len(listed(quarantine)) == SHOWN_IN_LOG + 5
    assert sum("it has no id" in record.getMessage() for record in caplog.records) == SHOWN_IN_LOG
    assert f"{SHOWN_IN_LOG + 5} records of messages were refused" in caplog.text


def test_records_that_cannot_be_read_cost_themselves(quarantine: VendorQuarantine) -> None:
    records = [{"id": 1, "n": 2}, None, 5, {"n": 1}, {"id": True}, {"id": 2}, {"id": 3, "n": "3"}]
    rows = list(readable(quarantine, "orders", "/o", records, lambda one: int(one["n"]), "id"))
    assert rows == [2, 3]
    assert sorted(row["reason"].partition(" (")[0] for row in listed(quarantine)) == [
        "id 2: a part has another form than published",
        "the record has no id",
        "the record has no id",
        "the record is a int instead of an object",
        "the record is null instead of an object",
    ]
