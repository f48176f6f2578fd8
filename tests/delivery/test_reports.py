"""Reports by the clock: due once, with files and what changed since, for whom they may be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.delivery.makers import Made, Order
from orchestration.delivery.outbox import open_outbox
from orchestration.delivery.passing import deliver, what_is_due
from orchestration.delivery.reading import read_delivery
from orchestration.delivery.recipients import Report
from orchestration.delivery.reports import send_report
from orchestration.delivery.ticks import last_tick, month_of, next_tick
from orchestration.lookups import logged
from tests.delivery.desk import NOW, Desk, alert
from tests.delivery.receivers import Mail, Webhook, text_of

OPS = """\
recipients:
  - {name: ops, url_env: OPS_MAIL, roles: [operations_manager]}
  - {name: lead, url_env: LEAD_URL, roles: [team_lead], teams: [north], language: it}
"""
WEEKLY = """\
reports:
  - name: cards
    export: {table: agent_sla.agent_scorecards}
    month: current
    cron: "0 8 * * wed"
    zone: Europe/Rome
    to: [ops]
"""
LOOK = """\
reports:
  - name: look
    page: {page: overview, filters: {platform: amazon}}
    cron: "0 * * * *"
    to: [ops]
"""
HOUR = timedelta(hours=1)


def report(cron: str, zone: str = "UTC", month: str = "last") -> Report:
    return Report("r", "page", (), month, cron, ZoneInfo(zone), ("ops",))


def number(kpi: str, value: float, **more):
    return {
        "tenant_id": "main",
        "kpi_id": kpi,
        "month": date(2026, 10, 1),
        "is_governed": True,
        "scope_type": "company",
        "scope_id": "company",
        "layer": "none",
        "stat": "ratio",
        "unit": "%",
        "status": "green",
        "value": value,
    } | more


instants = st.integers(0, 520000).map(
    lambda minute: datetime(2026, 1, 2, tzinfo=UTC) + timedelta(minutes=minute)
)
crons = st.sampled_from(["0 8 * * mon", "30 2 * * *", "*/20 * * * *", "0 6 1 * *", "15 0,12 * * *"])
zones = st.sampled_from(["UTC", "Europe/Rome", "America/New_York", "Australia/Lord_Howe"])


@given(crons, zones, instants)
def test_ticks_lie_around_now(cron, zone, at):
    one = report(cron, zone)
    before, after = last_tick(one, at), next_tick(one, at)
    assert before <= at < after
    assert last_tick(one, after - timedelta(microseconds=1)) <= after
    assert last_tick(one, after) == after or last_tick(one, after) > before


def test_ticks_follow_the_clock_of_the_zone():
    one = report("0 8 * * *", "Europe/Rome")
    summer, winter = datetime(2026, 7, 1, 7, tzinfo=UTC), datetime(2026, 12, 1, 7, tzinfo=UTC)
    assert last_tick(one, summer) == datetime(2026, 7, 1, 6, tzinfo=UTC)
    assert last_tick(one, winter) == winter


def test_months():
    at = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert month_of(report("* * * * *"), at) == date(2026, 10, 1)
    assert month_of(report("* * * * *", "Europe/Rome"), at) == date(2026, 11, 1)
    assert month_of(report("* * * * *", month="current"), at) == date(2026, 11, 1)
    assert month_of(report("* * * * *", month="2026-03"), at) == date(2026, 3, 1)


def passed(desk: Desk, monkeypatch: pytest.MonkeyPatch, at: datetime):
    monkeypatch.setenv("DESKHOUSE_AS_OF", at.isoformat())
    return deliver(desk.settings(at))


def test_a_report_is_sent_once_for_each_instant_with_its_file(desk, monkeypatch):
    """NOW is a Wednesday, 11:00 in Rome: the first instant of a new report is in a week."""
    desk.write(OPS)
    desk.write(WEEKLY, "reports.yml")
    desk.person("k" * 12, "Ada", "north")
    cards = [
        {
            "agent_key": "k" * 12,
            "team_key": "main-north",
            "tenant_id": "main",
            "period_start": date(2026, 11, 2),
            "period_end": date(2026, 11, 8),
            "n": 7,
        }
    ]
    desk.publish(numbers=[number("csat", 0.9)], agent_scorecards=cards)
    week = datetime(2026, 11, 25, 7, tzinfo=UTC)
    with Mail() as mail:
        monkeypatch.setenv("OPS_MAIL", mail.url())
        assert passed(desk, monkeypatch, NOW).sent.sent == 0
        assert passed(desk, monkeypatch, week - HOUR).sent.sent == 0
        assert not what_is_due(desk.settings(week - HOUR))
        monkeypatch.setenv("DESKHOUSE_AS_OF", (week + HOUR).isoformat())
        assert what_is_due(desk.settings(week + HOUR))
        assert passed(desk, monkeypatch, week + HOUR).sent.sent == 1
        assert passed(desk, monkeypatch, week + 2 * HOUR).sent.sent == 0
        # three weeks without a pass are one report
        assert passed(desk, monkeypatch, week + timedelta(days=22)).sent.sent == 0, (
            "no rows in December"
        )
    (message,) = mail.got
    assert message["Subject"] == "Report cards, November 2026"
    (file,) = message.iter_attachments()
    assert file.get_filename() == "cards-2026-11.csv"
    assert b"Ada" in file.get_payload(decode=True)
    text = text_of(message)
    assert "Attached to e-mails: cards-2026-11.csv" in text
    assert "deskhouse export agent_sla.agent_scorecards --month 2026-11" in text
    assert [line.command for line in logged(desk.home)][:1] == [
        "report cards to ops: export agent_sla.agent_scorecards (period_start in 2026-11, tenant_id = main)"
    ]
    assert list((desk.home / "delivery" / "files").iterdir()) == []


def test_a_report_says_what_moved_since(desk, monkeypatch):
    desk.write(OPS)
    desk.write(
        LOOK.replace("[ops]", "[ops, lead]"),
        "reports.yml",
    )
    definitions = [
        {"kpi_id": "csat", "name": "Customer satisfaction"},
        {"kpi_id": "frt", "name": "First reply"},
    ]
    desk.publish(
        numbers=[number("csat", 0.9), number("frt", 7200, unit="s", stat="median")],
        kpi_definitions=definitions,
    )
    with Mail() as mail, Webhook() as hook:
        monkeypatch.setenv("OPS_MAIL", mail.url())
        monkeypatch.setenv("LEAD_URL", hook.url())
        for hours, numbers in (
            (0, None),
            (1, None),
            (2, None),
            (3, [number("csat", 0.85), number("frt", 5400, unit="s", stat="median")]),
            (4, [number("csat", 0.85), number("rr", 0.5)]),
        ):
            if numbers is not None:
                desk.publish(numbers=numbers, kpi_definitions=definitions)
            passed(desk, monkeypatch, NOW + hours * HOUR)
    texts = [text_of(message) for message in mail.got]
    assert len(texts) == len(hook.got) == 4
    assert "This is the first report of this month." in texts[0]
    assert "No number has moved since the report before." in texts[1]
    assert texts[2].splitlines()[2:5] == [
        "Moved since the report before: 2",
        "• Customer satisfaction: 90.0% → 85.0%",
        "• First reply: 2 h 00 min → 1 h 30 min",
    ]
    assert (
        "• First reply: 1 h 30 min → no number" in texts[3]
        and "• rr: no number → 50.0%" in texts[3]
    )
    assert "Cambiati dal rapporto precedente: 2" in hook.got[2]["message"]
    assert "To look at it: deskhouse dashboard" in texts[0]


def test_a_link_carries_filters_month_and_tenant(desk, monkeypatch):
    desk.write("dashboard: http://127.0.0.1:8501\n" + OPS)
    desk.write(
        LOOK,
        "reports.yml",
    )
    desk.publish(numbers=[number("csat", 0.9)])
    with Webhook() as hook:
        monkeypatch.setenv("OPS_MAIL", hook.url())
        passed(desk, monkeypatch, NOW)
        passed(desk, monkeypatch, NOW + HOUR)
    link = "http://127.0.0.1:8501/overview?month=2026-10&tenant=main&platform=amazon"
    assert f"To look at it: {link}" in hook.got[0]["message"]


def test_rows_of_persons_go_to_those_who_may_read_them(desk, monkeypatch):
    desk.write(OPS)
    desk.write(
        WEEKLY.replace("to: [ops]", "to: [ops, lead]").replace("0 8 * * wed", "0 * * * *"),
        "reports.yml",
    )
    desk.person("k" * 12, "Ada", "north")
    desk.person("m" * 12, "Bob", "south")

    def card(key, team):
        return {
            "agent_key": key,
            "team_key": f"main-{team}",
            "tenant_id": "main",
            "period_start": date(2026, 11, 2),
            "period_end": date(2026, 11, 8),
        }

    desk.publish(agent_scorecards=[card("k" * 12, "north"), card("m" * 12, "south")])
    with Mail() as mail, Webhook() as hook:
        monkeypatch.setenv("OPS_MAIL", mail.url())
        monkeypatch.setenv("LEAD_URL", hook.url())
        passed(desk, monkeypatch, NOW)
        found = passed(desk, monkeypatch, NOW + HOUR)
        assert (len(mail.got), len(hook.got)) == (1, 0)
        assert "holds rows of 1 persons of whom lead may not read" in found.faults[0]
        with open_outbox(desk.home) as outbox:
            assert outbox.reports.faults()[0][:2] == ("cards", "lead")
        again = passed(desk, monkeypatch, NOW + HOUR + timedelta(minutes=5))
        assert len(mail.got) == 1 and again.faults
        desk.publish(agent_scorecards=[card("k" * 12, "north")])
        assert passed(desk, monkeypatch, NOW + HOUR + timedelta(minutes=9)).sent.sent == 1
        with open_outbox(desk.home) as outbox:
            assert outbox.reports.faults() == []
    assert len(mail.got) == 1, "who had it does not get it again"


def test_a_maker_that_is_attached_makes_files_that_arrive(desk, monkeypatch):
    """What the package of packs will do: an order in, files and a place out."""
    desk.write(OPS)
    desk.write(
        "reports:\n  - {name: board, pack: {forum: monthly_business_review, role: team_lead}, language: ro,"
        ' cron: "0 * * * *", to: [lead, ops]}\n',
        "reports.yml",
    )
    desk.publish(numbers=[number("csat", 0.9)])
    settings = desk.settings()
    delivery = read_delivery(settings)
    orders = []

    def make(order: Order) -> Made:
        orders.append(order)
        path = order.folder / "pack.pdf"
        path.write_bytes(b"%PDF-1.7 " + order.recipient.name.encode())
        return Made((path,), "published/reviews/2026-10")

    with open_outbox(desk.home) as outbox:
        count, faults = send_report(
            settings, delivery, outbox, delivery.reports[0], NOW, NOW, {"pack": make}
        )
        assert (count, faults) == (2, [])
    assert {
        (one.language, one.month, one.tenants, one.report.option("forum")) for one in orders
    } == {("ro", date(2026, 10, 1), ("main",), "monthly_business_review")}
    with Mail() as mail, Webhook() as hook:
        monkeypatch.setenv("OPS_MAIL", mail.url())
        monkeypatch.setenv("LEAD_URL", hook.url())
        assert deliver(settings).sent.sent == 2
    (file,) = mail.got[0].iter_attachments()
    assert file.get_payload(decode=True) == b"%PDF-1.7 ops"
    assert hook.got[0]["attachments"] == [], "files go by mail alone"
    assert "Pentru a-l vedea: published/reviews/2026-10" in hook.got[0]["message"]


def test_what_this_version_cannot_make_is_said(desk):
    desk.write(OPS)
    desk.write(
        'reports:\n  - {name: board, pack: {}, cron: "0 * * * *", to: [ops]}\n', "reports.yml"
    )
    desk.publish(numbers=[number("csat", 0.9)])
    settings = desk.settings()
    delivery = read_delivery(settings)
    with open_outbox(desk.home) as outbox:
        count, faults = send_report(
            settings, delivery, outbox, delivery.reports[0], NOW, NOW, {"page": None}
        )
    assert (count, len(faults)) == (0, 1)
    assert "Report board is a pack, which this version cannot make: send one of page." in faults[0]


def test_each_recipient_gets_the_tenants_that_are_his(desk, monkeypatch):
    desk.write(
        "recipients:\n  - {name: one, url_env: ONE, tenants: [main]}\n  - {name: all, url_env: ALL}\n"
    )
    desk.write(
        'dashboard: http://desk\nreports:\n  - {name: look, page: {}, cron: "0 * * * *", to: [one, all]}\n',
        "reports.yml",
    )
    desk.publish(alert("a1"), tenants=("main", "two"))
    with Webhook() as one, Webhook() as everybody:
        monkeypatch.setenv("ONE", one.url())
        monkeypatch.setenv("ALL", everybody.url())
        passed(desk, monkeypatch, NOW)
        passed(desk, monkeypatch, NOW + HOUR)
    assert "tenant=main" in one.got[0]["message"]
    assert "tenant=" not in everybody.got[0]["message"]
