"""What is to be said to whom: one message per episode, digests, ends, escalation, and when nothing is said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orchestration.closing.acknowledging import acknowledge_alert
from orchestration.delivery.episodes import picture_of
from orchestration.delivery.outbox import Outbox, open_outbox
from orchestration.delivery.planning import Plan, plan
from orchestration.delivery.reading import read_delivery
from tests.delivery.desk import NOW, Desk, alert

LEAD = """\
recipients:
  - {name: lead, url_env: LEAD_URL, roles: [team_lead], teams: [North Desk]}
"""
HOUR = timedelta(hours=1)


def planned(desk: Desk, at=NOW) -> Plan:
    """A pass that sends everything at once, and what it planned."""
    settings = desk.settings(at)
    delivery = read_delivery(settings)
    with open_outbox(desk.home) as outbox:
        found = plan(delivery, picture_of(settings, delivery.stale_after, at), outbox, at)
        outbox.drop(found.dropped, "over", at)
        outbox.add(found.drafts, found.told, at)
        _leave(outbox, at)
    return found


def _leave(outbox: Outbox, at) -> None:
    for message in outbox.in_state("waiting"):
        outbox.begin(message.message_id, at)
        outbox.sent(message.message_id, at)


def titles(found: Plan) -> list[str]:
    return [draft.title for draft in found.drafts]


def test_an_episode_is_told_once_with_everything_about_it(desk):
    desk.write(LEAD)
    desk.publish(alert("a1f0c2d4e6"))
    (draft,) = planned(desk).drafts
    assert draft.title == "[high] Customers are dissatisfied: North Desk"
    assert draft.body.splitlines() == [
        "Where: North Desk",
        "Dissatisfied answers: 40.0%",
        "Limit: 12.0%",
        "Surely between 25.0% and 55.0% (n = 40)",
        "Since: 18 Nov 2026, 08:00 UTC (2 h 00 min)",
        "Evidence: deskhouse alerts show a1f0c2d4e6",
        "Seen it? deskhouse alerts ack a1f0c2d4e6 --by NAME --note TEXT",
    ]
    assert (draft.recipient, draft.variable, draft.severity) == ("lead", "LEAD_URL", "high")
    desk.publish(alert("a1f0c2d4e6", value=0.5))
    assert planned(desk, NOW + HOUR).drafts == []


def test_durations_are_words_and_links_lead_to_the_dashboard(desk):
    desk.write("dashboard: https://desk.example.com\n" + LEAD)
    turn = {
        "obligation_key": "k" * 32,
        "ticket_key": "t",
        "channel_key": "c",
        "holder_team_key": "main-north",
    }
    breached = alert(
        "b" * 32,
        rule_id="obligation_breached",
        scope_type="obligation",
        scope_id="k" * 32,
        value=1976400,
        threshold=86400,
        ci_low=None,
        ci_high=None,
    )
    desk.publish(
        breached,
        fct_response_obligations=[turn],
        dim_tickets=[{"ticket_key": "t", "ticket_id": "4711"}],
        dim_channels=[{"channel_key": "c", "name": "eBay.it"}],
    )
    (draft,) = planned(desk).drafts
    assert draft.title == "[high] Promise broken and still unanswered: ticket 4711, eBay.it"
    assert "Waiting for: 22 d 21 h" in draft.body and "Limit: 24 h 00 min" in draft.body
    assert "1976400" not in draft.body and "1,976,400" not in draft.body
    link = f"https://desk.example.com/?tenant=main&rule=obligation_breached&id={'b' * 32}"
    assert f"Evidence: {link}" in draft.body.splitlines()


def test_each_way_of_a_recipient_gets_the_message(desk):
    desk.write(LEAD.replace("LEAD_URL", "[LEAD_URL, LEAD_MAIL]"))
    desk.publish(alert("a1"))
    found = planned(desk)
    assert [draft.variable for draft in found.drafts] == ["LEAD_URL", "LEAD_MAIL"]
    assert len({draft.message_id for draft in found.drafts}) == 2


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("it", "[alto] Clienti insoddisfatti: North Desk"),
        ("ro", "[ridicat] Clienți nemulțumiți: North Desk"),
        ("ru", "[высокая] Покупатели недовольны: North Desk"),
    ],
)
def test_messages_speak_the_language_and_the_clock_of_the_reader(desk, language, title):
    desk.write(LEAD.replace("}", f", language: {language}, zone: Europe/Rome}}"))
    desk.publish(alert("a1"))
    (draft,) = planned(desk).drafts
    assert draft.title == title
    assert "09:00 Europe/Rome" in draft.body and "Since" not in draft.body


def test_91_open_breaches_are_one_digest_and_five_are_five_messages(desk):
    desk.write(LEAD)
    many = [
        alert(f"m{number:03d}", scope_id="north", opened_at=NOW - number * HOUR)
        for number in range(1, 92)
    ]
    desk.publish(*many)
    (draft,) = planned(desk).drafts
    assert draft.title == "[high] Customers are dissatisfied: 91 new"
    lines = draft.body.splitlines()
    assert lines[0] == "• North Desk · 40.0% · for 91 h 00 min · m091"
    assert lines[20] == "… and 71 more"
    assert lines[-1] == (
        'Seen them? deskhouse alerts ack --rule csat_drop --team "North Desk" --by NAME --note TEXT'
    )
    desk.publish(*many)
    assert planned(desk, NOW + HOUR).drafts == []


def test_more_than_five_within_a_day_are_a_digest_too(desk):
    desk.write(LEAD)
    first = [alert(f"a{number}") for number in range(5)]
    desk.publish(*first)
    assert len(planned(desk).drafts) == 5
    second = [alert(f"b{number}") for number in range(2)]
    desk.publish(*first, *second)
    assert titles(planned(desk, NOW + HOUR)) == ["[high] Customers are dissatisfied: 2 new"]
    desk.publish(*first, *second, alert("c1"), as_of=NOW + 30 * HOUR)
    single = planned(desk, NOW + 30 * HOUR)
    assert titles(single) == ["[high] Customers are dissatisfied: North Desk"]


def test_rules_do_not_share_a_digest(desk):
    desk.write(LEAD)
    desk.publish(
        *(alert(f"a{n}") for n in range(4)),
        *(alert(f"b{n}", rule_id="backlog_high", value=3, ci_low=None) for n in range(4)),
    )
    assert len(planned(desk).drafts) == 8


def test_the_end_is_told_once_to_those_who_heard_the_beginning(desk):
    desk.write(LEAD)
    desk.publish(alert("a1"), alert("old", is_open=False, resolved_at=NOW - HOUR))
    assert len(planned(desk).drafts) == 1
    over = alert("a1", is_open=False, resolved_at=NOW + HOUR)
    desk.publish(over, as_of=NOW + 2 * HOUR)
    (draft,) = planned(desk, NOW + 2 * HOUR).drafts
    assert draft.title == "[over] Customers are dissatisfied: North Desk"
    assert "From 18 Nov 2026, 08:00 UTC to 18 Nov 2026, 11:00 UTC (3 h 00 min)" in draft.body
    assert draft.thread == "a1"
    desk.publish(over, as_of=NOW + 3 * HOUR)
    assert planned(desk, NOW + 3 * HOUR).drafts == []


def test_ends_of_a_digest_come_as_one(desk):
    desk.write(LEAD)
    desk.publish(*(alert(f"a{n}") for n in range(6)))
    assert len(planned(desk).drafts) == 1
    over = [alert(f"a{n}", is_open=n > 1, resolved_at=NOW if n < 2 else None) for n in range(6)]
    desk.publish(*over, as_of=NOW + HOUR)
    assert titles(planned(desk, NOW + HOUR)) == ["[over] Customers are dissatisfied: 2"]


def test_what_ends_before_it_left_is_taken_back(desk):
    desk.write(LEAD)
    desk.publish(alert("a1"), alert("a2"), alert("a3"))
    settings = desk.settings()
    delivery = read_delivery(settings)
    with open_outbox(desk.home) as outbox:
        found = plan(delivery, picture_of(settings, delivery.stale_after, NOW), outbox, NOW)
        outbox.add(found.drafts, found.told, NOW)
    desk.publish(alert("a1", is_open=False, resolved_at=NOW), alert("a2"), as_of=NOW + HOUR)
    acknowledge_alert(desk.settings(), "main", "a2", "Ada")
    later = planned(desk, NOW + HOUR)
    assert (later.drafts, len(later.dropped)) == ([], 3)


def test_escalation_when_nobody_acknowledges_and_its_end(desk):
    desk.write(
        LEAD
        + "  - {name: boss, url_env: BOSS_URL, roles: [fix_owner]}\n"
        + "escalation:\n  - {severities: [high], after: 4 h, to: [boss]}\n"
    )
    desk.publish(alert("a1"), alert("a2"), alert("low", severity="medium"))
    assert {draft.recipient for draft in planned(desk).drafts} == {"lead"}
    assert planned(desk, NOW + 3.9 * HOUR).drafts == []
    acknowledge_alert(desk.settings(NOW + HOUR), "main", "a2", "Ada", "looking into it")
    (draft,) = planned(desk, NOW + 4 * HOUR).drafts
    assert draft.recipient == "boss"
    assert draft.title == "[not acknowledged] Customers are dissatisfied: North Desk"
    assert draft.body.splitlines()[0] == "Told 4 h 00 min ago to lead; nobody has acknowledged it."
    assert planned(desk, NOW + 9 * HOUR).drafts == []
    over = alert("a1", is_open=False, resolved_at=NOW + 9 * HOUR)
    desk.publish(over, as_of=NOW + 10 * HOUR)
    assert {draft.recipient for draft in planned(desk, NOW + 10 * HOUR).drafts} == {"lead", "boss"}


def test_many_escalations_are_one(desk):
    desk.write(
        LEAD
        + "  - {name: boss, url_env: BOSS_URL}\n"
        + "escalation:\n  - {severities: [high], after: 1 h, to: [boss]}\n"
    )
    desk.publish(*(alert(f"a{n}") for n in range(7)))
    planned(desk)
    assert titles(planned(desk, NOW + HOUR)) == ["[not acknowledged] Customers are dissatisfied: 7"]


def test_quiet_hours_hold_back_all_but_what_is_critical(desk):
    desk.write(LEAD.replace("}", ", quiet: 22:00-07:00, zone: Europe/Rome}"))
    night = NOW.replace(hour=22)
    short = alert("a2")
    critical = alert("a3", severity="critical")
    desk.publish(alert("a1"), short, critical, as_of=night)
    found = planned(desk, night)
    assert [draft.subject for draft in found.drafts] == ["a3"]
    assert found.quiet == ["lead"]
    over = {**short, "is_open": False, "resolved_at": night + HOUR}
    morning = night + 8 * HOUR
    desk.publish(alert("a1"), over, critical, as_of=morning)
    assert [draft.subject for draft in planned(desk, morning).drafts] == ["a1"]


def test_nothing_on_stale_data_but_that_they_are_stale(desk):
    desk.write(LEAD + "  - {name: data, url_env: DATA_URL, roles: [data_owner]}\n")
    stale = alert(
        "s1",
        rule_id="data_stale",
        scope_type="source",
        scope_id="zendesk|tickets",
        recipients="data_owner",
        value=90000,
        threshold=7200,
        ci_low=None,
    )
    desk.publish(alert("a1"), alert("a2", is_suppressed=True), stale)
    assert titles(planned(desk)) == ["[high] Data stopped arriving: Zendesk, tickets"]
    fresh = {**stale, "is_open": False, "resolved_at": NOW + HOUR}
    desk.publish(alert("a1"), fresh, as_of=NOW + HOUR)
    assert [draft.subject for draft in planned(desk, NOW + HOUR).drafts] == ["a1", "s1"]


def test_a_silent_source_of_something_else_holds_nothing_back(desk):
    desk.write(LEAD)
    other = alert(
        "s1",
        rule_id="data_stale",
        scope_type="source",
        scope_id="wfm|agent_time",
        recipients="data_owner",
    )
    desk.publish(alert("a1"), other)
    assert [draft.subject for draft in planned(desk).drafts] == ["a1"]


def test_an_end_is_no_end_while_data_are_stale(desk):
    desk.write(LEAD)
    desk.publish(alert("a1"))
    planned(desk)
    stale = alert(
        "s1",
        rule_id="data_stale",
        scope_type="source",
        scope_id="zendesk|messages",
        recipients="data_owner",
    )
    desk.publish(alert("a1", is_open=False, resolved_at=NOW), stale, as_of=NOW + HOUR)
    assert planned(desk, NOW + HOUR).drafts == []


def test_an_old_publication_alarms_its_data_owner_once(desk):
    desk.write(LEAD + "  - {name: data, url_env: DATA_URL, roles: [data_owner]}\n")
    desk.publish(alert("a1"), as_of=NOW - 37 * HOUR)
    (draft,) = planned(desk).drafts
    assert (draft.recipient, draft.title) == (
        "data",
        "[high] Nothing new was published for 37 h 00 min",
    )
    assert "deskhouse doctor" in draft.body
    assert planned(desk, NOW + HOUR).drafts == []


def test_suppressed_alerts_are_silent(desk):
    desk.write(LEAD)
    desk.publish(alert("a1", is_suppressed=True))
    assert planned(desk).drafts == []


def test_recipients_hear_their_roles_teams_rules_and_severities(desk):
    desk.write(
        """\
recipients:
  - {name: all, url_env: A, roles: [team_lead, operations_manager, data_owner]}
  - {name: south, url_env: S, roles: [team_lead], teams: [south]}
  - {name: urgent, url_env: U, roles: [team_lead], severities: [critical]}
  - {name: backlog, url_env: B, roles: [team_lead], rules: [backlog_high]}
  - {name: ops, url_env: O, roles: [operations_manager]}
"""
    )
    desk.publish(
        alert("north"),
        alert("south", scope_id="south"),
        alert("whole", rule_id="backlog_high", scope_type="company", scope_id="company"),
        alert("urgent", severity="critical"),
        alert("ops", scope_type="channel", scope_id="x", recipients="operations_manager"),
        alert("nobody", recipients="trainer"),
    )
    found = planned(desk)
    heard: dict[str, set[str]] = {}
    for draft in found.drafts:
        heard.setdefault(draft.recipient, set()).add(draft.subject)
    assert heard == {
        "all": {"north", "south", "whole", "urgent", "ops"},
        "south": {"south", "whole"},
        "urgent": {"urgent"},
        "backlog": {"whole"},
        "ops": {"ops"},
    }
    assert [one.alert_id for one in found.unheard] == ["nobody"]


def test_names_go_to_those_who_may_read_them(desk):
    """§11.7: persons see themselves, leads their teams, across teams operations managers; others the key."""
    desk.write(
        """\
recipients:
  - {name: own lead, url_env: A, roles: [team_lead], teams: [North Desk]}
  - {name: any lead, url_env: B, roles: [team_lead]}
  - {name: ops, url_env: C, roles: [operations_manager]}
  - {name: ada, url_env: D, roles: [agent], agent: "77"}
  - {name: bob, url_env: E, roles: [agent], agent: "78"}
"""
    )
    desk.person("3c3c7ad64a04", "Ada Lov", "north", "77")
    person = {"scope_type": "agent", "agent_key": "3c3c7ad64a04", "rule_id": "agent_sla_below"}
    desk.publish(
        alert(
            "p1",
            **person,
            scope_id="3c3c7ad64a04|internal|mail",
            recipients="team_lead|agent|operations_manager",
        )
    )
    found = planned(desk)
    said = {draft.recipient: draft.title.partition(": ")[2] for draft in found.drafts}
    assert said == {
        "own lead": "Ada Lov, own promise, mail",
        "any lead": "3c3c7ad6, own promise, mail",
        "ops": "Ada Lov, own promise, mail",
        "ada": "Ada Lov, own promise, mail",
    }
    assert found.persons["ops", "main"] == ["3c3c7ad64a04"]
    assert found.persons["any lead", "main"] == ["3c3c7ad64a04"]


@pytest.mark.parametrize(
    ("views", "name", "said"),
    [("pseudonymous", "Agent 3c3c7a", "held by Agent 3c3c7a"), ("off", "Not shown", "")],
)
def test_the_setting_of_the_legal_entity_holds_for_messages(desk, views, name, said):
    desk.write("recipients:\n  - {name: ops, url_env: C, roles: [operations_manager]}\n")
    desk.person("3c3c7ad64a04", name, "north", "77", agent_views=views)
    held = {"scope_type": "obligation", "scope_id": "k", "agent_key": "3c3c7ad64a04"}
    desk.publish(
        alert("p1", rule_id="obligation_breached", recipients="operations_manager", **held)
    )
    (draft,) = planned(desk).drafts
    assert draft.title.endswith(f"case k, {said}" if said else "case k")
    assert "3c3c7ad64" not in draft.body


def test_the_holder_of_a_turn_is_told(desk):
    desk.write('recipients:\n  - {name: ada, url_env: A, roles: [holder], agent: "77"}\n')
    desk.person("key-a", "Ada", "north", "77")
    desk.person("key-b", "Bob", "north", "78")
    turn = {
        "rule_id": "obligation_at_risk",
        "scope_type": "obligation",
        "recipients": "holder|team_lead",
    }
    desk.publish(
        alert("a", agent_key="key-a", scope_id="x", **turn),
        alert("b", agent_key="key-b", scope_id="y", **turn),
    )
    assert [draft.subject for draft in planned(desk).drafts] == ["a"]


def test_two_tenants_are_told_apart(desk):
    desk.write(
        """\
recipients:
  - {name: main lead, url_env: A, roles: [team_lead], tenants: [main]}
  - {name: group, url_env: B, roles: [team_lead]}
"""
    )
    rows = [alert("m1"), alert("t1", tenant_id="two")]
    rows += [
        alert(
            "s2", tenant_id="two", rule_id="data_stale", scope_type="source", scope_id="x|tickets"
        )
    ]
    desk.publish(*rows[:2], tenants=("main", "two"))
    assert [(draft.recipient, draft.title) for draft in planned(desk).drafts] == [
        ("main lead", "[high] Customers are dissatisfied: North Desk (main)"),
        ("group", "[high] Customers are dissatisfied: North Desk (main)"),
        ("group", "[high] Customers are dissatisfied: North Desk (two)"),
    ]
    desk.publish(*rows, alert("m2"), alert("t2", tenant_id="two"), tenants=("main", "two"))
    told = [(draft.recipient, draft.subject) for draft in planned(desk, NOW + HOUR).drafts]
    assert told == [("main lead", "m2"), ("group", "m2"), ("group", "s2")]


def test_what_happens_after_a_review_is_a_new_episode(desk):
    """An alert about sensitive actions keeps its id until it is reviewed; what comes later opens it anew."""
    desk.write(LEAD.replace("team_lead", "operations_manager"))
    burst = {
        "rule_id": "sensitive_burst",
        "scope_type": "agent",
        "scope_id": "k",
        "agent_key": "k",
        "recipients": "operations_manager",
        "value": 2,
    }
    desk.publish(alert("b1", **burst))
    assert len(planned(desk).drafts) == 1
    acknowledge_alert(desk.settings(NOW + HOUR), "main", "b1", "Ada")
    assert planned(desk, NOW + 2 * HOUR).drafts == []
    desk.publish(alert("b1", **burst, opened_at=NOW + 3 * HOUR), as_of=NOW + 4 * HOUR)
    assert len(planned(desk, NOW + 4 * HOUR).drafts) == 1


def test_texts_of_the_data_cannot_pass_for_ours(desk):
    desk.write(LEAD)
    desk.publish(
        alert(
            "r1",
            rule_id="reason_surge",
            scope_type="reason",
            scope_id="lost\nSeen it? rm -rf \u202e x",
        )
    )
    (draft,) = planned(desk).drafts
    assert "\n" not in draft.title and "\u202e" not in draft.title + draft.body
    assert "Where: lost Seen it? rm -rf x" in draft.body.splitlines()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", "28 days: 96.0% (93.0% – 98.0%), in range"),
        ("ru", "28 дней: 96,0% (93,0% – 98,0%), в пределах"),
    ],
)
def test_an_alert_about_a_person_says_what_the_page_says_of_him(desk, code, said):
    desk.write(
        "recipients:\n"
        f"  - {{name: ops, url_env: C, roles: [operations_manager], language: {code}}}\n"
    )
    desk.person("k", "Ada", "north", "77")
    card = {"agent_key": "k", "tenant_id": "main", "layer": "internal", "platform": "all"}
    rates = {"adjusted_rate": 0.96, "adjusted_low": 0.93, "adjusted_high": 0.98, "band": "in_range"}
    cards = [
        card | rates | {"period_type": "28d", "period_start": NOW.date()},
        card | rates | {"period_type": "7d", "period_start": NOW.date(), "adjusted_rate": 0.5},
        card
        | rates
        | {
            "period_type": "28d",
            "period_start": (NOW - timedelta(days=28)).date(),
            "band": "below",
        },
    ]
    person = {"scope_type": "agent", "scope_id": "k|internal|mail", "agent_key": "k"}
    person |= {"rule_id": "agent_sla_below", "recipients": "operations_manager"}
    desk.publish(alert("p1", **person, value=0.7, ci_low=0.6, ci_high=0.8), agent_scorecards=cards)
    (draft,) = planned(desk).drafts
    assert said in draft.body
    assert ("70.0%" in draft.body) or ("70,0%" in draft.body)
    assert "50.0%" not in draft.body
    desk.publish(alert("p2"), as_of=NOW)
    assert said not in "".join(one.body for one in planned(desk).drafts)
