"""Approval and showing of restatements: facts of the ledger, picked by id, month, KPI or reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingestion.errors import ConfigurationError
from orchestration.cli import app
from orchestration.closing.reviewing import Picked, ReviewError, approve, listed_restatements, show
from orchestration.ledger.tables import ledger_of, table_of
from orchestration.settings import Settings, read_settings

MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Three restatements, one of September, one found after Monday's meeting."""
    found = read_settings({"DESKHOUSE_HOME": str(tmp_path)}, "2026-11-20T09:00:00Z")
    rows: list[dict[str, object]] = [
        {
            "restatement_id": restatement_id,
            "tenant_id": "t",
            "month": month,
            "kpi_id": "frt",
            "stat": "median",
            "clock": "calendar",
            "layer": "none",
            "variant": "none",
            "scope_type": "company",
            "scope_id": "company",
            "old_value": 1,
            "new_value": 2,
            "old_status": "green",
            "new_status": "red",
            "reason_code": reason,
            "detected_at": at.replace(tzinfo=None),
        }
        for restatement_id, month, reason, at in (
            ("aaaaaaaa1", date(2026, 9, 1), "late_data", MONDAY.replace(day=12)),
            ("bbbbbbbb1", date(2026, 10, 1), "source_correction", MONDAY.replace(day=12)),
            ("bbbbbbbb2", date(2026, 10, 1), "late_data", MONDAY.replace(day=18)),
        )
    ]
    ledger_of(tmp_path).append({"restatements": table_of("restatements", rows)})
    return found


def _by_id(settings: Settings) -> dict[str, dict[str, object]]:
    return {row["restatement_id"]: row for row in listed_restatements(settings, Picked())}


def test_approved_once_by_filter_and_again_only_by_id(settings: Settings) -> None:
    assert approve(settings, Picked(month=date(2026, 10, 1)), "Ada") == 2
    with pytest.raises(ReviewError, match="no restatement left"):
        approve(settings, Picked(month=date(2026, 10, 1)), "Bob")
    picked = Picked(ids=("bbbbbbbb1",))
    assert approve(settings, picked, "Bob", "the channel was wrong", "mapping_fix") == 1
    rows = _by_id(settings)
    assert [rows[name]["approved_by"] for name in ("aaaaaaaa1", "bbbbbbbb1", "bbbbbbbb2")] == [
        None,
        "Bob",
        "Ada",
    ]
    assert rows["bbbbbbbb1"]["reason_code"] == "mapping_fix"


def test_a_forum_sees_what_was_found_before_it_met(settings: Settings) -> None:
    assert show(settings, Picked(), "monthly_business_review", "Ada", MONDAY) == 2
    later = replace(settings, as_of=settings.as_of.replace(day=23))
    assert show(later, Picked(), "weekly_ops_review", "Ada", later.as_of) == 1
    rows = _by_id(settings)
    assert rows["aaaaaaaa1"]["shown_in_forum_at"] == MONDAY.replace(tzinfo=None)
    assert rows["bbbbbbbb2"]["shown_in_forum_id"] == "weekly_ops_review"
    with pytest.raises(ReviewError):
        show(later, Picked(), "weekly_ops_review", "Ada", later.as_of)


@pytest.mark.parametrize(
    ("picked", "reason", "said"),
    [
        (Picked(ids=("cccccccc",)), None, "no restatement cccccccc"),
        (Picked(ids=("bbbbbbbb",)), None, "bbbbbbbb names 2 restatements"),
        (Picked(ids=("b",)), None, "first 6 characters"),
        (Picked(reason_code="bad_luck"), None, "no reason 'bad_luck'; choose among late_data"),
        (Picked(), "defect_fix", "needs a --note"),
    ],
)
def test_what_cannot_be_meant_is_named(
    settings: Settings, picked: Picked, reason: str | None, said: str
) -> None:
    head = ledger_of(settings.home).head
    with pytest.raises(ConfigurationError, match=said):
        approve(settings, picked, "Ada", reason=reason)
    assert ledger_of(settings.home).head == head


def test_the_commands(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKHOUSE_HOME", str(settings.home))
    monkeypatch.setenv("DESKHOUSE_AS_OF", settings.as_of.isoformat())
    run = CliRunner().invoke
    shown = run(app, ["restatement", "shown", "--meeting", MONDAY.isoformat(), "--by", "Ada"])
    assert shown.output == "2 shown to monthly_business_review at 2026-11-16 09:00 UTC.\n"
    approved = run(app, ["restatement", "approve", "bbbbbbbb2", "--by", "Ada"])
    assert approved.output == "1 approved by Ada.\n"
    listed = run(app, ["restatement", "list"]).output
    assert "bbbbbbbb2" in listed
    assert "Ada" in listed
    assert "company:company" not in listed
    assert "aaaaaaaa1" not in listed
    assert "aaaaaaaa1" in run(app, ["restatement", "list", "--all"]).output
    wrong = run(app, ["restatement", "shown", "--forum", "coffee"])
    assert wrong.exit_code == 2
