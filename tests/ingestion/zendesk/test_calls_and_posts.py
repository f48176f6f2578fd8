"""Calls and posts on social channels are messages: kind, author, who sees them, when a call was answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.pipeline import LoadResult
from ingestion.sources.zendesk.comments import call_instants, is_comment
from tests.ingestion.zendesk import stub

Load = Callable[..., LoadResult]
Rows = Callable[[str], list[tuple[Any, ...]]]


def special(
    comment_id: int,
    kind: str,
    author_id: int | None,
    minutes: float,
    without: tuple[str, ...] = (),
    **more: Any,
) -> stub.Record:
    """A comment of another type than the written one, as the export sends it."""
    made = stub.comment(comment_id, author_id, minutes, event_type=kind, type=kind)  # type: ignore[arg-type]
    return {name: value for name, value in (made | more).items() if name not in without}


def call(comment_id: int, author_id: int, minutes: float, **data: Any) -> stub.Record:
    """A voice comment with its call."""
    told = {"from": "+390000000", "to": "+390000001", "recording_url": "https://x.example/r.mp3"}
    return special(
        comment_id,
        "VoiceComment",
        author_id,
        minutes,
        via={"channel": "voice", "source": {"rel": "inbound"}},
        data=told | data,
    )


@pytest.mark.slow
@pytest.mark.tables("tickets", "ticket_events", "users", "staff_identities")
def test_calls_and_posts_are_messages_of_their_authors(
    account: stub.StubAccount, mapped: None, load: Load, rows: Rows
) -> None:
    facebook = {"channel": "facebook", "source": {"rel": "post"}}
    private = {"channel": "facebook", "source": {"rel": "message"}}
    account.events += [
        stub.audit(
            120,
            1,
            20,
            call(
                21,
                stub.BUYER,
                20,
                started_at=stub.at(18),
                call_duration=90,
                answered_by_id=stub.AGENT,
            ),
        ),
        stub.audit(
            121, 1, 25, call(22, stub.BUYER, 25, started_at=stub.at(24), call_duration="45")
        ),
        stub.audit(
            122,
            1,
            30,
            call(23, stub.AGENT, 30, started_at=stub.at(29), call_duration=30),
            updater_id=stub.AGENT,
        ),
        stub.audit(123, 1, 31, special(24, "FacebookComment", stub.BUYER, 31, via=facebook)),
        stub.audit(
            124,
            1,
            32,
            special(25, "FacebookComment", stub.AGENT, 32, via=private),
            updater_id=stub.AGENT,
        ),
        stub.audit(
            125,
            1,
            33,
            special(26, "Tweet", None, 33, ("author_id", "public"), via="Web form"),
            updater_id=stub.AGENT,
        ),
        stub.audit(
            126,
            1,
            34,
            special(27, "Tweet", None, 34, ("public",), direct_message=True),
            updater_id=stub.AGENT,
        ),
        stub.audit(
            127,
            1,
            35,
            stub.comment(28, stub.AGENT, 35),
            special(29, "Tweet", None, 35),
            updater_id=stub.AGENT,
        ),
        stub.audit(
            128,
            1,
            36,
            special(30, "Comment", stub.AGENT, 36, public=False, type="VoiceComment", data="odd"),
        ),
        stub.audit(129, 1, 37, special(31, "TelepathyComment", stub.BUYER, 37)),
    ]
    load()
    found = rows(
        "select message_id, message_kind, author_role, visibility, direction, call_queue_entered_at, call_answered_at,"
        " call_ended_at, abandoned_at from staging.zendesk__messages where length(message_id) = 2 order by 1"
    )

    def instant(minutes: float) -> datetime:
        return datetime.fromisoformat(stub.at(minutes)).replace(tzinfo=None)

    none: tuple[Any, ...] = (None, None, None, None)
    assert found == [
        (
            "21",
            "call",
            "customer",
            "public",
            "inbound",
            instant(18),
            instant(18),
            instant(19.5),
            None,
        ),
        ("22", "call", "customer", "public", "inbound", instant(24), None, None, instant(24.75)),
        ("23", "call", "agent", "public", "outbound", None, None, instant(29.5), None),
        ("24", "public_comment", "customer", "public", "inbound", *none),
        ("25", "private_message", "agent", "public", "outbound", *none),
        ("26", "public_comment", "agent", "public", "outbound", *none),
        ("27", "private_message", "agent", "public", "outbound", *none),
        ("28", "email", "agent", "public", "outbound", *none),
        ("30", "call", "agent", "internal", "internal", *none),
        ("31", "public_comment", "customer", "public", "inbound", *none),
    ]
    assert rows("select count(*) from raw_zendesk.quarantined_records") == [(0,)]
    stored = repr(rows("select * from raw_zendesk.ticket_events"))
    assert "+39" not in stored and "r.mp3" not in stored and "Giulia" not in stored


@pytest.mark.parametrize(
    ("child", "expected"),
    [
        ({"event_type": "Comment"}, True),
        ({"type": "VoiceComment"}, True),
        ({"event_type": "voice_comment"}, True),
        ({"event_type": "Audit", "type": "FacebookComment"}, True),
        ({"event_type": "CommentRedactionEvent", "type": "Comment"}, False),
        ({"event_type": "CommentPrivacyChange"}, False),
        ({"event_type": "AttachmentRedactionEvent", "type": "Comment"}, False),
        ({"event_type": "Change", "type": "comment"}, False),
        ({"event_type": "Create", "type": "incident"}, False),
        ({"event_type": "Notification", "body": "Comment"}, False),
        ({}, False),
    ],
)
def test_what_is_a_comment(child: stub.Record, expected: bool) -> None:
    assert is_comment(child) is expected


@given(
    st.integers(1_577_836_800, 1_893_456_000).map(lambda at: datetime.fromtimestamp(at, UTC)),
    st.integers(0, 86_399),
    st.integers(-12, 14),
    st.booleans(),
)
def test_a_call_ends_its_seconds_after_its_start_in_any_zone(
    start: datetime, seconds: int, offset: int, is_answered: bool
) -> None:
    local = start + timedelta(hours=offset)
    text = f"{local:%Y-%m-%dT%H:%M:%S}{'+' if offset >= 0 else '-'}{abs(offset):02d}:00"
    data = {"started_at": text, "call_duration": seconds} | (
        {"answered_by_id": 5} if is_answered else {}
    )
    found = call_instants(data)
    assert found["call_queued_at"] == f"{start:%Y-%m-%dT%H:%M:%SZ}"
    end = found["call_ended_at" if is_answered else "call_abandoned_at"]
    assert end == f"{start + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"
    assert ("call_answered_at" in found) is is_answered


@given(st.recursive(st.none() | st.booleans() | st.text() | st.floats(), st.lists))
def test_call_data_of_any_form_give_instants_or_nothing(value: Any) -> None:
    assert call_instants(value) == {}
    keys = ("started_at", "call_duration", "answered_by_id", "ended_at")
    assert all(text.endswith("Z") for text in call_instants(dict.fromkeys(keys, value)).values())


def test_a_payload_that_says_when_somebody_answered_is_believed() -> None:
    data = {
        "started_at": stub.at(0),
        "answered_at": stub.at(1),
        "ended_at": stub.at(3),
        "call_duration": 9,
    }
    assert call_instants(data) == {
        "call_queued_at": stub.at(0),
        "call_answered_at": stub.at(1),
        "call_ended_at": stub.at(3),
    }
    waited = {"started_at": stub.at(0), "wait_time": 60, "answered_by_id": 5, "call_duration": 180}
    assert call_instants(waited) == call_instants(data)
