"""The page of the data says how messages stand: read anew each time, without addresses, texts or secrets."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orchestration.delivery.outbox import open_outbox, outbox_path
from orchestration.delivery.records import Draft
from orchestration.delivery.standing import delivery_standing
from tests.conftest import SIMULATED_AS_OF
from tests.dashboard.driving import opened, said

SECRET = "mailto://somebody:hunter2@example.invalid"
FILES = {
    "recipients.yml": "recipients:\n  - name: north lead\n    url_env: URL_OF_THE_LEAD\n    roles: [team_lead]\n",
    "reports.yml": (
        "reports:\n  - name: scorecards\n    export: {table: agent_sla.agent_scorecards}\n"
        '    month: last\n    cron: "0 8 * * mon"\n    to: [north lead]\n'
    ),
}


@pytest.fixture
def told(home, monkeypatch):
    """A home whose files say who is told what."""
    monkeypatch.setenv("URL_OF_THE_LEAD", SECRET)
    for name, text in FILES.items():
        (home / name).write_text(text, encoding="utf-8")
    return home


def draft(subject: str) -> Draft:
    return Draft(
        "open",
        "main",
        subject,
        "north lead",
        "URL_OF_THE_LEAD",
        "high",
        f"title {subject}",
        "the body",
    )


def test_nobody_is_told_and_no_outbox_is_made_by_looking(home, settings):
    assert "deskhouse alerts setup" in said(opened("data"))
    assert not delivery_standing(settings).is_set_up
    assert not outbox_path(home).parent.exists()


def test_what_waits_failed_and_left_is_told_without_secrets(told, settings):
    now = SIMULATED_AS_OF
    with open_outbox(told) as outbox:
        outbox.add([draft(name) for name in ("waits", "refused", "left", "lost", "dead")], [], now)
        by = {one.subject: one for one in outbox.in_state("waiting")}
        for name in ("refused", "left", "lost", "dead"):
            outbox.begin(by[name].message_id, now)
        outbox.refused(by["refused"], "the receiver refused it (550)", now)
        outbox.sent(by["left"].message_id, now)
        outbox.unknowable(
            by["lost"].message_id, "the connection ended before the receiver answered", now
        )
        outbox.refused(by["dead"], "the receiver refused it (404)", now + timedelta(days=3))
        outbox.reports.note_fault("scorecards", "north lead", "the table has no rows", now)
    app = opened("data")
    assert not app.exception, app.exception
    text = said(app)
    assert "messages waiting 2 1 of them were refused before" in text
    assert "failed 3 1 given up" in text
    assert "sent in 7 days 1 the last one: 30 Jan 2026, 06:00 UTC" in text
    for reason in (
        "refused it (550)",
        "refused it (404)",
        "ended before the receiver",
        "the table has no rows",
    ):
        assert reason in text
    assert "scorecards export north lead never 2 Feb 2026, 08:00 UTC" in text
    for hidden in ("hunter2", "example.invalid", "the body", "title refused"):
        assert hidden not in text
    with open_outbox(told) as outbox:
        outbox.close(by["dead"].message_id, now)
    app.run()
    assert "failed 2 0 given up" in said(app), "messages leave between two publications"


def test_a_damaged_outbox_is_one_sentence(told):
    outbox_path(told).parent.mkdir()
    outbox_path(told).write_bytes(b"no database at all, but long enough to look like one" * 40)
    app = opened("data")
    assert not app.exception
    assert "cannot be read" in said(app) and "What cannot be measured" in said(app)


def test_open_alerts_say_whether_somebody_has_them(home, current):
    rows = current.rows(
        "select count(*) as open, count(acknowledged_at) as known from agent_sla.alerts "
        "where is_open and not is_suppressed"
    )
    assert rows[0]["open"] and not rows[0]["known"]
    assert "Who has the open alerts" in said(opened("data")) and "nobody yet" in said(
        opened("data")
    )
