"""How the simulated account behaves on the wire: access, limits, paging, lateness, deletion, archiving."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from ingestion.simulator.server import running_simulator
from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.world import World
from tests.simulator.zendesk_client import TIMEOUT_SECONDS, ZendeskClient

TICKETS = "/incremental/tickets/cursor"
EVENTS = "/incremental/ticket_events"


def epoch(text: str) -> int:
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())


def test_nothing_without_a_token(zendesk: ZendeskClient) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}):
        answer = requests.get(
            f"{zendesk.base_url}/api/v2/groups", headers=headers, timeout=TIMEOUT_SECONDS
        )
        assert answer.status_code == 401


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"client_secret": "wrong"}, 401),
        ({"client_id": "wrong"}, 401),
        ({"grant_type": "password"}, 400),
    ],
)
def test_wrong_credentials(zendesk: ZendeskClient, change: dict[str, str], status: int) -> None:
    body = zendesk.grant() | change
    answer = requests.post(f"{zendesk.base_url}/oauth/tokens", json=body, timeout=TIMEOUT_SECONDS)
    assert answer.status_code == status
    assert "access_token" not in answer.json()


def test_credentials_as_a_form(zendesk: ZendeskClient) -> None:
    answer = requests.post(
        f"{zendesk.base_url}/oauth/tokens", data=zendesk.grant(), timeout=TIMEOUT_SECONDS
    )
    assert answer.json()["token_type"] == "bearer"


def test_suffix_and_unknown_parameters_are_accepted(zendesk: ZendeskClient) -> None:
    plain = zendesk.json("/groups")
    assert zendesk.json("/groups.json", anything="at all") == plain
    assert zendesk.json(f"{TICKETS}.json", start_time=0, support_type_scope="all")["tickets"]


def test_ticket_export_is_complete_and_overlaps(zendesk: ZendeskClient, world: World) -> None:
    pages = zendesk.export(TICKETS, per_page=200)
    assert [page["end_of_stream"] for page in pages] == [False] * (len(pages) - 1) + [True]
    rows = [row for page in pages for row in page["tickets"]]
    ids = Counter(row["id"] for row in rows)
    now = int(zendesk.options.as_of.timestamp()) if zendesk.options.as_of else 0
    assert set(ids) == {t.ticket_id for t in world.tickets if t.created <= now - 60}
    assert sum(ids.values()) > len(ids), "pages overlap"
    stamps = [row["generated_timestamp"] for row in rows]
    first_page = stamps[:200]
    assert first_page == sorted(first_page)
    assert any(row["generated_timestamp"] > epoch(row["updated_at"]) for row in rows)
    assert zendesk.json(TICKETS, cursor=pages[-1]["after_cursor"])["tickets"] == []


def test_tiny_pages_reach_the_end(zendesk: ZendeskClient) -> None:
    now = int(zendesk.options.as_of.timestamp()) if zendesk.options.as_of else 0
    for size in (1, 2, 3):
        rows = zendesk.rows(TICKETS, "tickets", start_time=now - 24 * 3600, per_page=size)
        whole = zendesk.rows(TICKETS, "tickets", start_time=now - 24 * 3600)
        assert {row["id"] for row in rows} == {row["id"] for row in whole}
        assert rows


def test_start_time_must_be_a_minute_old(zendesk: ZendeskClient) -> None:
    now = int(zendesk.options.as_of.timestamp()) if zendesk.options.as_of else 0
    for path in (TICKETS, "/incremental/users/cursor", EVENTS, "/incremental/ticket_metric_events"):
        assert zendesk.get(path, start_time=now - 59).status_code == 422
        assert zendesk.get(path, start_time=now - 60).status_code == 200
        assert zendesk.get(path).status_code == 400
    assert zendesk.get(TICKETS, cursor="!!").status_code == 400


def test_the_last_minute_is_withheld(options: SimulatorOptions, world: World) -> None:
    last = max(
        (a.seen, t.ticket_id) for t in world.tickets for a in t.audits if a.seen < 1_770_000_000
    )
    ticket_id = last[1]
    for delay, visible in ((59, False), (60, True)):
        at = datetime.fromtimestamp(last[0] + delay, UTC)
        with running_simulator(
            replace(options, as_of=at), vendors=("zendesk",), world=world
        ) as urls:
            client = ZendeskClient(urls.zendesk, urls.options)
            row = client.newest(TICKETS, "tickets", start_time=last[0] - 86_400).get(ticket_id)
            stamp = row["generated_timestamp"] if row else 0
            assert (stamp == last[0]) is visible


def test_ten_incremental_calls_a_minute(options: SimulatorOptions, world: World) -> None:
    with running_simulator(
        replace(options, rate_limit_scale=1), vendors=("zendesk",), world=world
    ) as urls:
        client = ZendeskClient(urls.zendesk, urls.options)
        paths = [TICKETS, EVENTS, "/incremental/users/cursor", "/incremental/ticket_metric_events"]
        answers = [client.get(paths[number % 4], start_time=0, per_page=1) for number in range(11)]
        assert [answer.status_code for answer in answers] == [200] * 10 + [429]
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
        assert client.get("/groups").status_code == 200


def test_deleted_tickets(zendesk: ZendeskClient) -> None:
    tickets = zendesk.newest(TICKETS, "tickets")
    deleted = [row for row in tickets.values() if row["status"] == "deleted"]
    assert deleted
    for suffix in ("", "/audits", "/comments", "/metrics"):
        assert zendesk.get(f"/tickets/{deleted[0]['id']}{suffix}").status_code == 404
    assert any(row["subject"] == "SCRUBBED" for row in deleted)
    kept = zendesk.newest(TICKETS, "tickets", exclude_deleted="true")
    assert set(tickets) - set(kept) == {row["id"] for row in deleted}
    listed = zendesk.json("/deleted_tickets")["deleted_tickets"]
    assert {row["id"] for row in listed} < {row["id"] for row in deleted}


def test_tickets_of_the_bot_need_the_wider_scope(zendesk: ZendeskClient) -> None:
    everything = zendesk.newest(TICKETS, "tickets")
    shown = zendesk.newest(TICKETS, "tickets", support_type_scope="agent")
    hidden = {number for number in everything if number not in shown}
    assert hidden == {
        number for number, row in everything.items() if row["support_type"] == "ai_agent"
    }
    assert hidden
    events = zendesk.newest(EVENTS, "ticket_events", support_type_scope="agent")
    assert not {event["ticket_id"] for event in events.values()} & hidden


def test_metric_events_of_deleted_tickets_are_marked(zendesk: ZendeskClient) -> None:
    path, key = "/incremental/ticket_metric_events", "ticket_metric_events"
    tickets = zendesk.newest(TICKETS, "tickets")
    gone = {number for number, row in tickets.items() if row["status"] == "deleted"}
    since = min(int(datetime.fromisoformat(tickets[n]["created_at"]).timestamp()) for n in gone)
    events = zendesk.json(path, start_time=since)[key]
    assert {row["ticket_id"] for row in events if row["deleted"]} == {
        row["ticket_id"] for row in events
    } & gone
    assert any(row["deleted"] for row in events)
    rest = zendesk.json(path, start_time=since, exclude_deleted="true")[key]
    assert not any(row["deleted"] for row in rest)


def test_archived_tickets_are_missing_from_lists(zendesk: ZendeskClient) -> None:
    tickets = zendesk.newest(TICKETS, "tickets")
    listed = zendesk.json("/ticket_metrics")["count"]
    deleted = sum(row["status"] == "deleted" for row in tickets.values())
    assert 0 < listed < len(tickets) - deleted
    oldest = min(row["id"] for row in tickets.values() if row["status"] == "closed")
    assert zendesk.get(f"/tickets/{oldest}/audits").status_code == 200


def test_a_later_instant_sees_more(zendesk: ZendeskClient, earlier_zendesk: ZendeskClient) -> None:
    before = earlier_zendesk.newest(EVENTS, "ticket_events", include="comment_events")
    after = zendesk.newest(EVENTS, "ticket_events", include="comment_events")
    assert set(before) < set(after)
    redacted = {
        child["comment_id"]
        for event in after.values()
        for child in event["child_events"]
        if child["event_type"] == "CommentRedactionEvent"
    }
    changed = {
        child["id"]
        for number, event in before.items()
        for child, now in zip(event["child_events"], after[number]["child_events"], strict=True)
        if {k: v for k, v in child.items() if k != "via"}
        != {k: v for k, v in now.items() if k != "via"}
    }
    assert changed <= redacted, "only redaction touches what was said before"


def test_the_same_instant_answers_the_same(zendesk: ZendeskClient) -> None:
    first, again = (zendesk.export(TICKETS, include="metric_sets") for _ in range(2))
    assert first == again


def test_resuming_with_the_cursor_finds_exactly_the_changes(
    zendesk: ZendeskClient, earlier_zendesk: ZendeskClient
) -> None:
    pages = earlier_zendesk.export(TICKETS, include="metric_sets")
    known = {row["id"]: comparable(row) for page in pages for row in page["tickets"]}
    cursor = pages[-1]["after_cursor"]
    found = zendesk.newest(
        TICKETS, "tickets", start_time=None, cursor=cursor, include="metric_sets"
    )
    whole = zendesk.newest(TICKETS, "tickets", include="metric_sets")
    changed = {number for number, row in whole.items() if known.get(number) != comparable(row)}
    assert changed == set(found)
    assert all(comparable(whole[number]) == comparable(row) for number, row in found.items())


def comparable(row: dict[str, Any]) -> dict[str, Any]:
    """A ticket without the addresses, which carry the server's port."""
    metric_set = {name: value for name, value in row["metric_set"].items() if name != "url"}
    return {**row, "url": None, "metric_set": metric_set}


def test_late_arrivals_sit_behind_the_reader(
    zendesk: ZendeskClient, earlier_zendesk: ZendeskClient
) -> None:
    before = earlier_zendesk.newest(EVENTS, "ticket_events")
    after = zendesk.newest(EVENTS, "ticket_events")
    last_seen = max(event["timestamp"] for event in before.values())
    late = [e for number, e in after.items() if number not in before and e["timestamp"] < last_seen]
    always = [e for e in late if last_seen - e["timestamp"] > 36 * 3600]
    assert always == []


def test_audits_and_events_tell_the_same(zendesk: ZendeskClient) -> None:
    events = zendesk.newest(EVENTS, "ticket_events", include="comment_events")
    by_ticket: dict[int, list[int]] = {}
    for event in events.values():
        by_ticket.setdefault(event["ticket_id"], []).append(event["id"])
    longest = max(by_ticket, key=lambda number: len(by_ticket[number]))
    audits = zendesk.json(f"/tickets/{longest}/audits")["audits"]
    assert {audit["id"] for audit in audits} == set(by_ticket[longest])
    comments = zendesk.json(f"/tickets/{longest}/comments")["comments"]
    said = {
        child["id"]: child["body"]
        for number in by_ticket[longest]
        for child in events[number]["child_events"]
        if child["event_type"] == "Comment"
    }
    assert {comment["id"]: comment["body"] for comment in comments} == said


def test_state_follows_from_the_audit_log(zendesk: ZendeskClient) -> None:
    """Replaying the event export gives the ticket export: status, assignee, group, priority, tags."""
    tickets = zendesk.newest(TICKETS, "tickets")
    events = sorted(
        zendesk.newest(EVENTS, "ticket_events").values(),
        key=lambda event: (event["timestamp"], event["id"]),
    )
    state: dict[int, dict[str, object]] = {}
    for event in events:
        fields = state.setdefault(event["ticket_id"], {})
        for child in event["child_events"]:
            for name in ("status", "assignee_id", "group_id", "priority", "tags"):
                if name in child:
                    if child["event_type"] == "Change":
                        assert (child["previous_value"] or None) == (fields.get(name) or None)
                    fields[name] = child[name]
    for number, ticket in tickets.items():
        told = state[number]
        assert ticket["status"] == told["status"]
        assert ticket["priority"] == told.get("priority")
        assert ticket["tags"] == told.get("tags", [])
        for name in ("assignee_id", "group_id"):
            known = told.get(name)
            assert ticket[name] == (int(str(known)) if known else None)


def test_events_without_the_sideload_hide_the_text(zendesk: ZendeskClient) -> None:
    page = zendesk.json(EVENTS, start_time=0)
    comments = [
        c for e in page["ticket_events"] for c in e["child_events"] if c["event_type"] == "Comment"
    ]
    assert comments
    assert all("body" not in c and c["comment_present"] is True for c in comments)


def test_former_agent_is_an_end_user_today(
    options: SimulatorOptions, zendesk: ZendeskClient, world: World
) -> None:
    users = zendesk.newest("/incremental/users/cursor", "users")
    leaver = users[world.staff.leaver.agent_id]
    assert leaver["role"] == "end-user"
    assert leaver["user_fields"]["left_on"] == str(world.staff.leaver.left_on)
    requesters = {row["requester_id"] for row in zendesk.newest(TICKETS, "tickets").values()}
    assert requesters - set(users), "some requesters are unknown to the user list"


def test_ratings(zendesk: ZendeskClient) -> None:
    body = zendesk.json("/satisfaction_ratings", **{"page[size]": 100})
    rows = body["satisfaction_ratings"]
    while body["meta"]["has_more"]:
        body = zendesk.session.get(body["links"]["next"], timeout=TIMEOUT_SECONDS).json()
        rows += body["satisfaction_ratings"]
    assert len({row["id"] for row in rows}) == len(rows)
    assert {row["score"] for row in rows} == {"offered", "good", "bad"}
    middle = epoch(rows[len(rows) // 2]["created_at"])
    later = zendesk.json("/satisfaction_ratings", start_time=middle)["count"]
    assert 0 < later < len(rows)
    good = zendesk.json("/satisfaction_ratings", score="good")["count"]
    assert good == sum(row["score"] == "good" for row in rows)


def test_macros_count_uses(zendesk: ZendeskClient) -> None:
    names = "usage_1h,usage_24h,usage_7d,usage_30d"
    macros = zendesk.json("/macros", include=names)["macros"]
    assert any(row["usage_30d"] > row["usage_7d"] > 0 for row in macros)
    assert all("usage_30d" not in row for row in zendesk.json("/macros")["macros"])
    assert {row["active"] for row in macros} == {True, False}
    assert {row["active"] for row in zendesk.json("/macros/active")["macros"]} == {True}


def test_schedules_have_holidays(zendesk: ZendeskClient) -> None:
    schedules = zendesk.json("/business_hours/schedules")["schedules"]
    assert {row["time_zone"] for row in schedules} == {"Rome", "Bucharest", "Dublin"}
    path = f"/business_hours/schedules/{schedules[0]['id']}/holidays"
    year = zendesk.json(path, start_date="2026-01-01", end_date="2026-12-31")["holidays"]
    assert "2026-04-06" in {row["start_date"] for row in year}
    assert zendesk.get("/business_hours/schedules/1/holidays").status_code == 404
    assert zendesk.get(path, start_date="tomorrow").status_code == 400
