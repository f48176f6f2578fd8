"""Whole passes against receivers on loopback: down, refusing, slow, cut, killed in the middle; nothing comes twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from orchestration.closing.acknowledging import acknowledge_alert
from orchestration.delivery import transport
from orchestration.delivery.examining import delivery_findings
from orchestration.delivery.outbox import open_outbox
from orchestration.delivery.passing import deliver, delivery_lock, what_is_due
from orchestration.lookups import logged
from tests.delivery.desk import NOW, Desk, alert
from tests.delivery.receivers import Mail, Webhook, free_port, text_of

LEAD = "recipients:\n  - {name: lead, url_env: LEAD_URL, roles: [team_lead]}\n"
HOUR = timedelta(hours=1)
ROOT = Path(__file__).parents[2]


def deliver_at(desk: Desk, monkeypatch: pytest.MonkeyPatch, at=NOW):
    monkeypatch.setenv("DESKHOUSE_AS_OF", at.isoformat())
    return deliver(desk.settings(at))


def said(desk: Desk) -> str:
    return "\n".join(
        f"{one.state} {one.subject} {one.seen} {one.remedy}"
        for one in delivery_findings(desk.settings())
    )


def test_nobody_is_told_without_a_file(desk):
    desk.publish(alert("a1"))
    assert deliver(desk.settings()).is_idle
    assert not (desk.home / "delivery").exists()
    assert "ok messages nobody is told" in said(desk)


def test_alerts_arrive_once_by_mail_and_webhook(desk, monkeypatch):
    desk.write(LEAD.replace("LEAD_URL", "[LEAD_URL, LEAD_MAIL]"))
    desk.publish(alert("a1"))
    with Webhook() as hook, Mail() as mail:
        monkeypatch.setenv("LEAD_URL", hook.url())
        monkeypatch.setenv("LEAD_MAIL", mail.url())
        first, second = deliver(desk.settings()), deliver(desk.settings())
    assert (first.planned, first.sent.sent, first.faults) == (2, 2, [])
    assert (second.planned, second.sent.sent) == (0, 0)
    assert (len(hook.got), len(mail.got)) == (1, 1)
    assert (
        hook.got[0]["title"]
        == mail.got[0]["Subject"]
        == "[high] Customers are dissatisfied: North Desk"
    )
    assert "Dissatisfied answers: 40.0%" in text_of(mail.got[0])
    reference = hook.got[0]["message"].splitlines()[-1]
    assert reference == f"Ref. {hook.keys[0][:8]}"


def test_an_end_is_a_thread_with_its_beginning(desk, monkeypatch):
    desk.write(LEAD)
    desk.publish(alert("a1"))
    with Mail() as mail:
        monkeypatch.setenv("LEAD_URL", mail.url())
        deliver(desk.settings())
        desk.publish(alert("a1", is_open=False, resolved_at=NOW), as_of=NOW + HOUR)
        deliver_at(desk, monkeypatch, NOW + HOUR)
    first, second = mail.got
    assert second["Subject"] == "[over] Customers are dissatisfied: North Desk"
    assert first["References"] == second["References"]
    assert first["X-Deskhouse-Delivery"] != second["X-Deskhouse-Delivery"]


@pytest.mark.parametrize("mode", ["404", "503"])
def test_what_is_refused_is_tried_again_and_arrives_once(desk, monkeypatch, mode):
    desk.write(LEAD)
    desk.publish(alert("a1"))
    with Webhook(mode) as hook:
        monkeypatch.setenv("LEAD_URL", hook.url())
        first = deliver(desk.settings())
        assert (first.sent.failed, first.sent.sent) == (1, 0)
        assert first.faults == [f"lead (LEAD_URL): the receiver refused it ({mode})."]
        assert f"1 for LEAD_URL could not be sent: the receiver refused it ({mode})" in said(desk)
        hook.mode = "200"
        assert deliver(desk.settings()).sent.sent == 0, "it waits a while first"
        assert not what_is_due(desk.settings())
        assert deliver_at(desk, monkeypatch, NOW + HOUR).sent.sent == 1
        assert deliver_at(desk, monkeypatch, NOW + 2 * HOUR).sent.sent == 0
    assert len(hook.got) == 1


def test_one_that_is_down_holds_up_nobody_else(desk, monkeypatch):
    desk.write(LEAD + "  - {name: other, url_env: OTHER_URL, roles: [team_lead]}\n")
    desk.publish(*(alert(f"a{n}") for n in range(3)))
    monkeypatch.setenv("LEAD_URL", f"json://127.0.0.1:{free_port()}/x")
    with Webhook() as hook:
        monkeypatch.setenv("OTHER_URL", hook.url())
        found = deliver(desk.settings()).sent
    # the first attempt shows that nobody is there; the others of that address wait
    assert (found.sent, found.failed, found.left) == (3, 1, 2)


@pytest.mark.parametrize("mode", ["cut", "slow"])
def test_what_may_have_arrived_is_not_repeated_by_itself(desk, monkeypatch, mode):
    monkeypatch.setattr(transport, "TIMEOUT_SECONDS", 0.3)
    desk.write(LEAD)
    desk.publish(alert("a1"))
    with Webhook(mode) as hook:
        monkeypatch.setenv("LEAD_URL", hook.url())
        assert deliver(desk.settings()).sent.unknown == 1
        hook.mode = "200"
        for hours in (1, 24, 60):
            assert deliver_at(desk, monkeypatch, NOW + hours * HOUR).sent.sent == 0
        assert len(hook.got) == 1
        with open_outbox(desk.home) as outbox:
            (message,) = outbox.in_state("unknown")
            assert f"deskhouse alerts resend {message.message_id[:8]}" in said(desk)
            assert outbox.again(message.message_id, NOW)
        assert deliver(desk.settings()).sent.sent == 1
    assert hook.keys[0] == hook.keys[1], "a repetition by hand bears the same key"


_KILLED = """
import os, signal, sys
from orchestration.delivery import dispatching
from orchestration.delivery.passing import deliver
from orchestration.settings import read_settings

post = dispatching.post

def killed(service, letter):
    if sys.argv[1] == "after":
        post(service, letter)
    os.kill(os.getpid(), signal.SIGKILL)

dispatching.post = killed
deliver(read_settings())
"""


@pytest.mark.parametrize(("when", "arrived"), [("before", 0), ("after", 1)])
def test_killed_between_intent_and_result(desk, monkeypatch, when, arrived):
    """The next pass cannot know whether the message left, so it says so and goes on with the others."""
    desk.write(LEAD)
    desk.publish(alert("a1", severity="critical"), alert("a2"))
    with Webhook() as hook:
        monkeypatch.setenv("LEAD_URL", hook.url())
        child = subprocess.run(
            [sys.executable, "-c", _KILLED, when],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert child.returncode == -signal.SIGKILL, child.stderr
        assert len(hook.got) == arrived
        found = deliver(desk.settings())
        assert found.sent.sent == 1
        assert found.faults == [
            "1 messages were being sent when their process was killed: deskhouse doctor names them."
        ]
        assert deliver_at(desk, monkeypatch, NOW + 3 * HOUR).sent.sent == 0
    assert len(hook.got) == arrived + 1
    assert len(set(hook.keys)) == len(hook.keys), "nothing came twice"
    assert "may have arrived or not: the process was killed while it was sent" in said(desk)


def test_killed_while_a_receiver_is_slow(desk, monkeypatch):
    """A real kill in the middle of a real request."""
    desk.write(LEAD)
    desk.publish(alert("a1"))
    with Webhook("slow") as hook:
        monkeypatch.setenv("LEAD_URL", hook.url())
        child = subprocess.Popen(
            [sys.executable, "-m", "orchestration.cli", "alerts", "send"],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert hook.arrived.wait(60)
        child.send_signal(signal.SIGKILL)
        child.wait(60)
        hook.mode = "200"
        assert deliver(desk.settings()).sent.sent == 0
        assert deliver_at(desk, monkeypatch, NOW + 5 * HOUR).sent.sent == 0
    assert len(hook.got) == 1


def test_killed_before_anything_was_written_down_loses_nothing(desk, monkeypatch):
    desk.write(LEAD)
    desk.publish(alert("a1"))
    monkeypatch.setattr("orchestration.delivery.passing.send_due", _die)
    with pytest.raises(KeyboardInterrupt):
        deliver(desk.settings())
    monkeypatch.undo()
    monkeypatch.setenv("DESKHOUSE_AS_OF", NOW.isoformat())
    with Webhook() as hook:
        monkeypatch.setenv("LEAD_URL", hook.url())
        assert deliver(desk.settings()).sent.sent == 1
    assert len(hook.got) == 1


def _die(*arguments: object) -> None:
    raise KeyboardInterrupt


def test_two_deliveries_at_once_are_one(desk, monkeypatch):
    monkeypatch.setattr("orchestration.delivery.passing._LOCK_WAIT_SECONDS", 0)
    desk.write(LEAD)
    desk.publish(alert("a1"))
    with delivery_lock(desk.home):
        found = deliver(desk.settings())
    assert (found.planned, len(found.faults)) == (0, 1)
    assert "wait until it ends" in found.faults[0]


def test_a_pass_is_bounded_in_time(desk, monkeypatch):
    desk.write(LEAD)
    desk.publish(*(alert(f"a{n}") for n in range(4)))
    ticks = iter(range(0, 1000, 30))
    monkeypatch.setattr("orchestration.delivery.dispatching.monotonic", lambda: float(next(ticks)))
    with Webhook() as hook:
        monkeypatch.setenv("LEAD_URL", hook.url())
        found = deliver(desk.settings()).sent
    assert (found.sent, found.left) == (2, 2)


def test_acknowledging_stops_the_escalation(desk, monkeypatch):
    desk.write(
        LEAD
        + "  - {name: boss, url_env: BOSS_URL}\n"
        + "escalation:\n  - {severities: [high], after: 2 h, to: [boss]}\n"
    )
    desk.publish(alert("a1"), alert("a2"))
    with Webhook() as lead, Webhook() as boss:
        monkeypatch.setenv("LEAD_URL", lead.url())
        monkeypatch.setenv("BOSS_URL", boss.url())
        deliver(desk.settings())
        acknowledge_alert(desk.settings(NOW + HOUR), "main", "a1", "Ada")
        deliver_at(desk, monkeypatch, NOW + 2 * HOUR)
        deliver_at(desk, monkeypatch, NOW + 4 * HOUR)
    assert (len(lead.got), len(boss.got)) == (2, 1)
    assert "deskhouse alerts ack a2" in boss.got[0]["message"]


def test_faults_are_sentences_and_no_exceptions(desk, monkeypatch):
    desk.write(LEAD)
    found = deliver(desk.settings())
    assert "Nothing is published" in found.faults[0]
    desk.publish(alert("a1"))
    found = deliver(desk.settings())
    assert "LEAD_URL is not set" in found.faults[0]
    assert "error recipients LEAD_URL is not set" in said(desk)
    desk.write(LEAD.replace("team_lead", "boss"))
    found = deliver(desk.settings())
    assert "line 2: roles 'boss' is not one of" in found.faults[0]
    assert "error recipients cannot be used" in said(desk)


def test_whatever_a_receiver_raises_is_an_end_and_no_failure(desk, monkeypatch):
    desk.write(LEAD)
    desk.publish(alert("a1"))
    secret = "https://hook/SECRET"

    def broken(variable, letter):
        raise RuntimeError(secret)

    found = deliver(desk.settings(), broken)
    assert found.faults == ["lead (LEAD_URL): sending broke off (RuntimeError)."]
    assert "SECRET" not in said(desk)


def test_messages_about_persons_are_logged_as_look_ups(desk, monkeypatch):
    desk.write(LEAD)
    desk.person("k" * 12, "Ada", "north")
    desk.publish(
        alert(
            "a1",
            rule_id="agent_sla_below",
            scope_type="agent",
            scope_id="k" * 12 + "|internal|x",
            agent_key="k" * 12,
        )
    )
    with Webhook() as hook:
        monkeypatch.setenv("LEAD_URL", hook.url())
        deliver(desk.settings())
        deliver(desk.settings())
    (line,) = logged(desk.home)
    assert (line.command, line.agent_keys, line.tenants) == (
        "alerts sent to lead",
        ("k" * 12,),
        ("main",),
    )


def test_open_alerts_that_reach_nobody_are_named(desk, monkeypatch):
    desk.write(LEAD)
    monkeypatch.setenv("LEAD_URL", "json://127.0.0.1/x")
    desk.publish(alert("a1", recipients="trainer"), alert("a2"))
    deliver(desk.settings(), lambda variable, letter: transport.Receipt("sent"))
    assert "open alerts that reach nobody: csat_drop (1)" in said(desk)


def test_a_secret_is_nowhere_but_in_the_environment(desk, monkeypatch, caplog, capfd):
    """Password of the mail server and token of the webhook: not in messages, outbox, logs, doctor, nor metadata."""
    import dagster as dg

    from orchestration.defs.delivery import messages_asset
    from orchestration.resources import SilentReporter

    caplog.set_level(1)
    secret = "pl4nted-s3cret"
    desk.write(LEAD.replace("LEAD_URL", "[LEAD_URL, LEAD_MAIL, BAD_URL]"))
    desk.publish(*(alert(f"a{n}") for n in range(2)))
    with Webhook("503") as hook, Mail("data") as mail:
        monkeypatch.setenv("LEAD_URL", hook.url(secret))
        monkeypatch.setenv("LEAD_MAIL", mail.url(password=secret))
        monkeypatch.setenv("BAD_URL", f"nonsense://{secret}")
        result = dg.materialize(
            [messages_asset()], resources={"reporter": SilentReporter()}, raise_on_error=True
        )
        said_by_doctor = said(desk)
        hook.mode, mail.mode = "200", "ok"
        deliver_at(desk, monkeypatch, NOW + HOUR)
    assert hook.got and "BAD_URL cannot be used" in said_by_doctor
    metadata = result.asset_materializations_for_node("delivery__messages")[0].metadata
    faults = metadata["faults"].value
    assert len(faults) == 3
    heard = [said_by_doctor, repr(metadata), repr(hook.got), repr([str(one) for one in mail.got])]
    heard += [caplog.text, *capfd.readouterr(), repr(result.all_events)]
    for text in heard:
        assert secret not in text
    for path in desk.home.rglob("*"):
        if path.is_file():
            assert secret.encode() not in path.read_bytes(), path


def test_the_schedule_runs_only_when_something_is_due(desk, monkeypatch):
    import dagster as dg

    from orchestration.defs.delivery import definitions
    from orchestration.resources import SilentReporter

    whole = dg.Definitions.merge(
        definitions(), dg.Definitions(resources={"reporter": SilentReporter()})
    )
    schedule = whole.resolve_schedule_def("delivery_schedule")

    def asked() -> list[dg.RunRequest] | None:
        context = dg.build_schedule_context(scheduled_execution_time=NOW)
        return schedule.evaluate_tick(context).run_requests

    assert not asked()
    desk.write(LEAD)
    desk.publish(alert("a1"))
    assert asked()
    deliver(desk.settings(), lambda variable, letter: transport.Receipt("sent"))
    assert not asked()
    desk.write(LEAD.replace("team_lead", "boss"))
    assert not asked()


def test_a_look_back_tells_nobody(desk, monkeypatch):
    from orchestration.ledger.look_back import LookBack, write_look_back

    desk.write(LEAD)
    desk.publish(alert("a1"))
    write_look_back(desk.home, LookBack(desk.home, NOW))
    assert deliver(desk.settings()).is_idle


def test_a_pass_with_91_breaches_takes_no_time(desk, monkeypatch):
    desk.write(LEAD)
    desk.publish(*(alert(f"a{n:03d}") for n in range(91)))
    began = time.process_time()
    with Webhook() as hook:
        monkeypatch.setenv("LEAD_URL", hook.url())
        deliver(desk.settings())
    assert len(hook.got) == 1
    assert time.process_time() - began < 5
