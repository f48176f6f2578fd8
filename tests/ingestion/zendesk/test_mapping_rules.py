"""Rules of the mapping on a scripted account: unknown words, late knowledge, unlogged deletions, calendars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ingestion.pipeline import LoadResult
from tests.ingestion.zendesk import stub
from tests.ingestion.zendesk.conftest import AS_OF

pytestmark = [
    pytest.mark.slow,
    pytest.mark.tables("tickets", "ticket_events", "users", "staff_identities"),
    pytest.mark.usefixtures("mapped"),
]

Load = Callable[..., LoadResult]
Rows = Callable[[str], list[tuple[Any, ...]]]
LATE_AGENT = 777


def test_unknown_words_are_mapped_safely_and_shown(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.tickets = [
        stub.ticket(
            1, status="waiting_for_godot", priority="galactic", via={"channel": "carrier_pigeon"}
        ),
        stub.ticket(2, 1, via={"channel": "facebook", "source": {"rel": "post"}}),
        stub.ticket(3, 2, status="deleted"),
    ]
    account.events.append(
        stub.audit(
            105,
            1,
            10,
            {
                "id": 7,
                "event_type": "Change",
                "status": "waiting_for_godot",
                "previous_value": "open",
            },
        )
    )
    load()
    found = rows(
        "select status, priority, channel_id, unmapped_values from staging.zendesk__tickets order by ticket_id"
    )
    assert found[0][:3] == ("open", None, "zendesk_other")
    for word in ("waiting_for_godot", "galactic", "carrier_pigeon"):
        assert word in found[0][3]
    assert found[1] == ("open", "normal", "facebook_page", None)
    assert found[2][0] == "deleted"
    events = rows(
        "select to_value, unmapped_values from staging.zendesk__ticket_events where event_id = '7'"
    )
    assert events == [("open", "status=waiting_for_godot")]
    deletions = rows(
        "select ticket_id, event_source, actor_role, occurred_at from staging.zendesk__ticket_events"
        " where event_type = 'deleted'"
    )
    assert [row[:3] for row in deletions] == [("3", "snapshot_diff", "unknown")]


def test_somebody_known_as_staff_only_later_moves_the_old_rows(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.events.append(
        stub.audit(105, 1, 10, stub.comment(1010, LATE_AGENT, 10), updater_id=LATE_AGENT)
    )
    first = load()
    message = "select author_role, author_id, load_id from staging.zendesk__messages where message_id = '1010'"
    ((role, _, load_id),) = rows(message)
    assert (role, load_id) == ("customer", first.load_ids[-1])
    untouched = "select load_id from staging.zendesk__messages where message_id = '1003'"
    account.events.append(
        stub.audit(
            106,
            2,
            20,
            {
                "id": 8,
                "event_type": "Change",
                "assignee_id": str(LATE_AGENT),
                "previous_value": None,
            },
        )
    )
    second = load(AS_OF + timedelta(hours=1))
    assert rows(message) == [("agent", str(LATE_AGENT), second.load_ids[-1])]
    assert rows(untouched) == [(first.load_ids[-1],)]


def test_a_later_redaction_moves_the_message(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    load()
    account.events.append(
        stub.audit(
            107,
            1,
            30,
            {"id": 9, "event_type": "CommentRedactionEvent", "comment_id": 1005},
            updater_id=stub.AGENT,
        )
    )
    second = load(AS_OF + timedelta(hours=1))
    assert rows(
        "select deleted_at is not null, deleted_by, load_id from staging.zendesk__messages"
        " where message_id = '1005'"
    ) == [(True, str(stub.AGENT), second.load_ids[-1])]
    assert rows(
        "select from_value, actor_id, actor_role from staging.zendesk__ticket_events"
        " where event_type = 'message_deleted'"
    ) == [("1005", str(stub.AGENT), "agent")]


@pytest.mark.tables("schedules", "schedule_holidays", "groups")
def test_calendars_speak_iana_and_local_hours(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.lists["schedules"] = [
        {
            "id": 31,
            "name": "Marketplace",
            "time_zone": "Rome",
            "intervals": [{"start_time": 0, "end_time": 10080}],
        },
        {
            "id": 32,
            "name": "Night",
            "time_zone": "Atlantis",
            "intervals": [{"start_time": 1440 + 1320, "end_time": 2880 + 360}],
        },
    ]
    account.lists["holidays"] = [
        {"id": 41, "name": "Christmas", "start_date": "2026-12-25", "end_date": "2026-12-26"}
    ]
    load()
    assert rows(
        "select calendar_id, tz, unmapped_values from staging.zendesk__business_calendars"
        " order by calendar_id"
    ) == [("31", "Europe/Rome", None), ("32", "UTC", "time_zone=Atlantis")]
    hours = (
        "select weekday, opens, closes from staging.zendesk__calendar_hours"
        " where calendar_id = '{}' order by all"
    )
    assert rows(hours.format(31)) == [(day, "00:00", "24:00") for day in range(1, 8)]
    assert rows(hours.format(32)) == [(1, "22:00", "24:00"), (2, "00:00", "06:00")]
    assert rows(
        "select count(*), count(distinct date) from staging.zendesk__calendar_exceptions"
    ) == [(4, 2)]
    assert rows("select calendar_id from staging.zendesk__teams") == [("31",)]


@pytest.mark.tables("brands", "sla_policies")
def test_policies_keep_their_versions_and_refuse_what_they_cannot_say(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    target = {
        "priority": "high",
        "metric": "first_reply_time",
        "target": 60,
        "business_hours": True,
    }
    policy = {
        "id": 5,
        "title": "Amazon",
        "position": 1,
        "policy_metrics": [target],
        "updated_at": stub.at(0),
        "filter": {"all": [{"field": "brand_id", "operator": "is", "value": "11"}], "any": []},
    }
    vague = {
        "id": 6,
        "title": "Vague",
        "position": 2,
        "policy_metrics": [],
        "updated_at": stub.at(0),
        "filter": {"all": [{"field": "via_id", "operator": "is", "value": "4"}], "any": []},
    }
    account.lists["brands"] = [{"id": 11, "name": "Amazon IT", "active": True, "is_deleted": False}]
    account.lists["sla_policies"] = [policy, vague]
    load()
    account.lists["sla_policies"] = [policy | {"updated_at": stub.at(600)}, vague]
    load(AS_OF + timedelta(days=1))
    found = rows(
        "select policy_id, conditions, valid_to is null, unmapped_values from staging.zendesk__sla_policies"
        " order by policy_id, version"
    )
    assert found == [
        ("5", '{"channel_id":["amazon_it"]}', False, None),
        ("5", '{"channel_id":["amazon_it"]}', True, None),
        ("6", '{"channel_id":["unmapped"]}', True, "condition=via_id is"),
    ]
    assert rows(
        "select distinct metric, target_seconds, clock, priority from staging.zendesk__sla_targets"
    ) == [("first_reply", 3600, "business", "high")]
