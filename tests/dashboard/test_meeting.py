"""What the chair does on the page goes into the ledger by the same code as the commands, with name and operator."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest

from ingestion.errors import ConfigurationError, WarehouseLockedError
from orchestration.closing.action_log import NewAction
from orchestration.dashboard import deciding
from orchestration.ledger.operator import operator
from orchestration.ledger.tables import ledger_of, rows_of, table_of
from orchestration.warehouse import warehouse_lock
from tests.dashboard.driving import markup, opened, said

ACTION = NewAction(
    "monthly_business_review", "frt", "company", "company", date(2025, 12, 1), "red",
    "Second person at noon.", "staffing", "Bea", date(2026, 2, 13), date(2026, 3, 16),
)  # fmt: skip


def field(app, key):
    """A control of the meeting by its key."""
    kinds = (app.text_input, app.text_area, app.selectbox, app.date_input, app.radio)
    return next(element for kind in kinds for element in kind if element.key == key)


def press(app, label):
    next(button for button in app.button if button.label.startswith(label)).click().run()


def test_without_a_name_nothing_can_be_decided(home):
    app = opened("governance")
    assert "Type your name first" in said(app)
    assert not app.button


def test_a_decision_is_logged_shown_and_closed(home):
    app = opened("governance")
    field(app, "meeting_by").input("Marta Chair").run()
    owed = [
        option for option in field(app, "meeting_about").options if "SLA compliance, all" in option
    ]
    field(app, "meeting_about").select(owed[0]).run()
    field(app, "meeting_decision").input("A second person from 12 to 14.")
    field(app, "meeting_owner").input("Bea")
    field(app, "meeting_change").input("0,02")
    press(app, "Log the decision")
    assert [element.value for element in app.success] == ["A0001 is logged."]
    (row,) = list(rows_of(home, "actions"))
    assert (row["kpi_id"], row["scope_type"], row["month"]) == (
        "sla_compliance",
        "company",
        date(2025, 12, 1),
    )
    assert (row["recorded_by"], row["operator"]) == ("Marta Chair", str(operator()))
    assert float(row["expected_change"]) == 0.02 and row["status"] == "open"
    assert "A second person from 12 to 14." in said(app)
    assert "decisions due 1" in said(app)

    field(app, "meeting_evidence").input("roster of week 7")
    press(app, "Close the action")
    assert [element.value for element in app.success] == ["A0001 is done."]
    closed = list(rows_of(home, "actions"))[-1]
    assert (closed["status"], closed["evidence_ref"]) == ("done", "roster of week 7")


def test_a_missing_field_is_one_sentence(home):
    app = opened("governance")
    field(app, "meeting_by").input("Marta Chair").run()
    press(app, "Log the decision")
    assert [element.value for element in app.error] == [
        "The decision is empty: write it in a few words."
    ]
    field(app, "meeting_decision").input("Something.")
    field(app, "meeting_owner").input("Bea")
    field(app, "meeting_change").input("a bit")
    press(app, "Log the decision")
    assert "'a bit' is no number" in app.error[0].value
    assert not list(rows_of(home, "actions"))


def test_what_people_type_is_shown_and_never_obeyed(home, settings):
    typed = NewAction(**{**vars(ACTION), "decision": "<img src=x onerror=alert(1)>"})
    deciding.decide(settings, typed, "M", "main")
    app = opened("governance")
    assert "<img" not in markup(app) and "<img src=x onerror=alert(1)>" in said(app)


def test_nobody_decides_without_a_name_or_while_a_run_writes(settings, monkeypatch):
    with pytest.raises(ConfigurationError, match="Say who decides"):
        deciding.decide(settings, ACTION, "  ", "main")
    monkeypatch.setattr(deciding, "_LOCK_WAIT_SECONDS", 0.1)
    taken, done = threading.Event(), threading.Event()

    def run():
        with warehouse_lock(settings.home, 5):
            taken.set()
            done.wait(30)

    writer = threading.Thread(target=run)
    writer.start()
    try:
        assert taken.wait(10)
        with pytest.raises(WarehouseLockedError, match="is writing"):
            deciding.decide(settings, ACTION, "Marta", "main")
    finally:
        done.set()
        writer.join()
    assert not list(rows_of(settings.home, "actions"))


def restatement(number: int) -> dict[str, object]:
    """A number of a closed month that moved."""
    return {
        "restatement_id": f"abcdef{number}", "tenant_id": "main", "month": date(2025, 11, 1), "kpi_id": "frt",
        "kpi_version": 1, "stat": "median", "clock": "calendar", "layer": "none", "variant": "none",
        "scope_type": "company", "scope_id": "company", "old_value": 3600, "new_value": 7200,
        "old_status": "green", "new_status": "red", "delta": 3600, "reason_code": "late_data",
        "detected_at": datetime(2026, 1, 20, tzinfo=UTC).replace(tzinfo=None),
    }  # fmt: skip


def test_restatements_are_shown_first_and_marked(home):
    ledger_of(home).append(
        {"restatements": table_of("restatements", [restatement(1), restatement(2)])}
    )
    app = opened("governance")
    text = said(app)
    assert "restatements no forum saw 2" in text
    assert "1 h 00 min" in text and "2 h 00 min" in text and "late data" in text
    field(app, "meeting_by").input("Marta Chair").run()
    press(app, "Mark 2 restatements")
    assert [element.value for element in app.success] == ["2 restatements are marked as shown."]
    reviews = rows_of(home, "restatement_reviews")
    assert {(row["kind"], row["forum_id"], row["person"]) for row in reviews} == {
        ("shown", "monthly_business_review", "Marta Chair")
    }
    assert "restatements no forum saw 0" in said(app)
