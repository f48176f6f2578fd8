"""``deskhouse alerts`` and ``deskhouse reports`` at the terminal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from typer.testing import CliRunner, Result

from orchestration.cli import app
from orchestration.delivery.outbox import open_outbox
from orchestration.ledger.tables import rows_of
from tests.delivery.desk import NOW, Desk, alert
from tests.delivery.receivers import Webhook, free_port

FIRST, SECOND, THIRD = "a1f0c2d4e6", "a1f0c2ffff", "b7" * 8
LEAD = "recipients:\n  - {name: lead, url_env: LEAD_URL, roles: [team_lead]}\n"


def run(*arguments: str, code: int = 0) -> Result:
    outcome = CliRunner().invoke(app, list(arguments))
    assert outcome.exit_code == code, outcome.output
    return outcome


@pytest.fixture
def busy(desk: Desk) -> Desk:
    desk.publish(
        alert(FIRST),
        alert(SECOND, scope_id="south"),
        alert(THIRD, rule_id="backlog_high", value=3, threshold=2, ci_low=None),
        alert("c" * 10, is_open=False, resolved_at=NOW),
    )
    return desk


def test_acknowledged_by_a_beginning_is_in_the_ledger_and_in_the_list(busy):
    said = run("alerts", "ack", FIRST[:8], "--by", "Ada", "--note", "a holiday")
    assert "1 acknowledged by Ada; the next run shows it in agent_sla.alerts." in said.output
    (row,) = rows_of(busy.home, "acknowledgements")
    assert (row["alert_id"], row["acknowledged_by"], row["note"]) == (FIRST, "Ada", "a holiday")
    assert row["acknowledged_at"] == NOW.replace(tzinfo=None)
    assert row["operator"]
    lines = run("alerts").output.splitlines()
    assert ["Ada" in line for line in lines if FIRST in line] == [True]
    assert ["Ada" in line for line in lines if SECOND in line] == [False]


def test_all_of_a_rule_and_team_at_once(busy):
    run("alerts", "ack", "--rule", "csat_drop", "--team", "south desk", "--by", "Ada")
    assert [row["alert_id"] for row in rows_of(busy.home, "acknowledgements")] == [SECOND]
    run("alerts", "ack", "--rule", "csat_drop", THIRD, "--by", "Bob")
    assert len(list(rows_of(busy.home, "acknowledgements"))) == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Say which alert: deskhouse alerts ack ID, or --rule RULE"),
        (("a1f0c2",), f"2 open alerts begin with a1f0c2: {FIRST}, {SECOND}."),
        (("a1",), "'a1' is too short: give at least 6 characters"),
        (("d" * 8,), "No open alert begins with dddddddd: deskhouse alerts lists what is open."),
        (("c" * 10,), "No open alert begins with cccccccccc"),
        (("--rule", "headroom_low"), "No open alert is of the rule headroom_low"),
        ((FIRST, "--tenant", "four"), "no tenant four"),
    ],
)
def test_what_cannot_be_acknowledged(busy, arguments, said):
    outcome = run("alerts", "ack", *arguments, "--by", "Ada", code=2)
    assert said in " ".join(outcome.output.split())
    assert list(rows_of(busy.home, "acknowledgements")) == []


def test_show_says_everything_and_the_query(busy):
    said = run("alerts", "show", FIRST).output
    assert "[high] Customers are dissatisfied: North Desk" in said
    assert "Since: 18 Nov 2026, 08:00 UTC (2 h 00 min)" in said
    assert "Rows behind it: 4" in said and "select * from core.dim_teams" in said


def test_an_ended_alert_can_be_shown_as_messages_about_its_end_promise(busy):
    said = run("alerts", "show", "c" * 8).output
    assert "[over] Customers are dissatisfied: North Desk" in said
    assert "No open alert begins with dddddddd" in run("alerts", "show", "d" * 8, code=2).output


def test_a_rehearsal_shows_who_would_be_told_and_sends_nothing(busy, monkeypatch):
    assert "deskhouse alerts setup" in run("alerts", "send", code=2).output
    busy.write(LEAD.replace("}", ", quiet: 11:00-12:00}"))
    with Webhook() as hook:
        monkeypatch.setenv("LEAD_URL", hook.url())
        said = run("alerts", "send", "--dry-run").output
        assert "3 messages would be sent; nothing was." in said
        assert "LEAD_URL" in said and "[high] Customers are dissatisfied: North Desk" in said
        busy.write(LEAD.replace("}", ", quiet: 09:00-12:00}"))
        quiet = run("alerts", "send", "--dry-run").output
        assert "lead is left alone now" in quiet and "0 messages would be sent" in quiet
    assert hook.got == []


def test_send_tells_what_happened(busy, monkeypatch):
    busy.write(LEAD)
    with Webhook() as hook:
        monkeypatch.setenv("LEAD_URL", hook.url())
        assert "3 sent, 0 failed" in run("alerts", "send").output
    assert len(hook.got) == 3
    monkeypatch.setenv("LEAD_URL", f"json://127.0.0.1:{free_port()}")
    busy.publish(alert("new" * 4))
    said = run("alerts", "send", code=3).output
    assert "warning: lead (LEAD_URL): no connection to the receiver." in " ".join(said.split())


_OTHER_LOOKS = (
    *("_python", "_versions", "_environment_file", "_home", "_disk", "locks", "warehouse", "notes"),
    *("access", "_credentials", "_landing", "_mixture", "_seeds", "_project", "_publication"),
    *("versions", "_ledger", "_lookups"),
)


@pytest.fixture
def brief_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Doctor looks at messages alone; the others have tests of their own and take long."""
    for name in _OTHER_LOOKS:
        monkeypatch.setattr(f"orchestration.doctor.{name}", lambda settings: iter(()))


@pytest.mark.usefixtures("brief_doctor")
def test_resend_and_forget(busy, monkeypatch):
    busy.write(LEAD)
    with Webhook("cut") as hook:
        monkeypatch.setenv("LEAD_URL", hook.url())
        run("alerts", "send", code=3)
        with open_outbox(busy.home) as outbox:
            reference = outbox.in_state("unknown")[0].message_id
        assert reference[:8] in run("doctor").output
        run("alerts", "resend", reference[:8])
        hook.mode = "200"
        run("alerts", "send")
        assert hook.keys.count(reference) == 2
        run("alerts", "resend", reference[:8], code=2)
        assert "0 messages have the reference" in run("alerts", "resend", "zz", code=2).output


def test_setup_writes_templates_once(desk):
    said = run("alerts", "setup").output
    assert "recipients.yml written" in said and "reports.yml written" in said
    assert (desk.home / "recipients.yml").read_text(encoding="utf-8").startswith("# Who gets")
    assert "stays as it is" in run("alerts", "setup").output
    assert "No report is sent" in run("reports", "list").output


def test_reports_are_listed_and_sent_by_hand(busy, monkeypatch):
    busy.write(LEAD)
    busy.write(
        'reports:\n  - {name: look, page: {page: overview}, cron: "0 8 * * mon", to: [lead]}\n',
        "reports.yml",
    )
    listed = run("reports", "list").output
    assert "look" in listed and "never" in listed and "2026-11-23 08:00" in listed
    with Webhook() as hook:
        monkeypatch.setenv("LEAD_URL", hook.url())
        assert "1 messages made, 1 sent." in run("reports", "send", "look").output
        later = (NOW + timedelta(minutes=5)).isoformat()
        monkeypatch.setenv("DESKHOUSE_AS_OF", later)
        run("reports", "send", "look")
    assert len(hook.got) == 2
    assert "There is no report cat; known are look." in run("reports", "send", "cat", code=2).output


@pytest.mark.usefixtures("brief_doctor")
def test_doctor_names_recipients_without_an_address(busy):
    busy.write(LEAD)
    said = " ".join(run("doctor", code=1).output.split())
    assert "recipients LEAD_URL is not set" in said
