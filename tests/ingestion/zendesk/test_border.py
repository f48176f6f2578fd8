"""Nothing personal passes the border; what the KPIs need of it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from ingestion.pipeline import LoadResult
from ingestion.privacy import Pseudonymiser
from ingestion.sources.zendesk.border import Border
from ingestion.sources.zendesk.columns import TICKET_EVENTS
from ingestion.sources.zendesk.events import audit_row
from tests.ingestion.zendesk import stub

Load = Callable[..., LoadResult]
Rows = Callable[[str], list[tuple[Any, ...]]]
PERSONAL = (
    "Giulia",
    "Rossi",
    "giulia@example.com",
    "0039-555",
    "Via Roma",
    "203.0.113",
    "giuli",
    str(stub.BUYER),
)


@pytest.fixture
def border() -> Border:
    """A border that knows one custom field."""
    return Border(Pseudonymiser(b"synthetic test key"), {"71": "reason"})


def read(border: Border, record: dict[str, Any]) -> dict[str, Any]:
    """An audit as a dict of raw columns with its lists parsed."""
    row = dict(zip(TICKET_EVENTS.columns, audit_row(record, border), strict=True))
    for name in ("changes", "comments", "metadata", "comment_effects"):
        row[name] = orjson.loads(row[name]) if row[name] else None
    return row


@pytest.mark.slow
def test_no_personal_data_reaches_the_warehouse(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.ratings = [
        {
            "id": 1,
            "ticket_id": 1,
            "score": "bad",
            "comment": "Giulia Rossi is angry",
            "requester_id": stub.BUYER,
            "created_at": stub.at(1),
            "updated_at": stub.at(1),
        }
    ]
    account.lists["macros"] = [
        {
            "id": 3,
            "title": "Where is it",
            "active": True,
            "actions": [
                {"field": "comment_value", "value": "Dear Giulia Rossi"},
                {"field": f"custom_fields_{stub.REASON_FIELD}", "value": "late"},
            ],
        }
    ]
    assert load().error is None
    tables = rows(
        "select table_name from information_schema.tables where table_schema = 'raw_zendesk'"
    )
    for (table,) in tables:
        if not table.startswith("_dlt"):
            text = str(rows(f"select * from raw_zendesk.{table}"))
            assert not [word for word in PERSONAL if word in text], table
    assert rows("select name from raw_zendesk.users where role = 'agent'") == [("Anna Bianchi",)]
    assert rows("select reason_tag from raw_zendesk.macros") == [("late",)]
    assert rows("select distinct custom_fields from raw_zendesk.tickets") == [
        ('{"reason":"where_is_my_order"}',)
    ]


def test_a_comment_keeps_fingerprint_length_and_thanks(border: Border) -> None:
    row = read(border, stub.audit(1, 1, 0, stub.comment(2, stub.BUYER, 0, body="Grazie!")))
    (comment,) = row["comments"]
    assert (
        comment["body_chars"] == 7 and comment["is_thanks"] is True and comment["is_public"] is True
    )
    assert comment["author"] == border.ref(stub.BUYER) == row["comment_author_ref"]


def test_a_redacted_text_has_no_fingerprint(border: Border) -> None:
    row = read(border, stub.audit(1, 1, 0, stub.comment(2, stub.BUYER, 0, body="▇▇▇ ▇▇")))
    assert "body_hash" not in row["comments"][0]


def test_both_spellings_of_a_change_are_one(border: Border) -> None:
    export = {"id": 5, "event_type": "Change", "status": "solved", "previous_value": "open"}
    endpoint = {
        "id": 5,
        "type": "Change",
        "field_name": "status",
        "value": "solved",
        "previous_value": "open",
    }
    expected = [
        {"id": "5", "type": "Change", "field": "status", "value": "solved", "previous": "open"}
    ]
    assert read(border, stub.audit(1, 1, 0, export))["changes"] == expected
    assert read(border, stub.audit(1, 1, 0, endpoint))["changes"] == expected


def test_tags_become_one_entry_each_and_name_the_reason_of_the_audit(border: Border) -> None:
    tags = {
        "id": 5,
        "event_type": "Change",
        "tags": ["b", "escalation"],
        "added_tags": ["escalation"],
        "removed_tags": ["a"],
        "previous_value": ["a", "b"],
    }
    row = read(border, stub.audit(1, 1, 0, tags))
    assert [(c["field"], c["value"]) for c in row["changes"]] == [
        ("tag_added", "escalation"),
        ("tag_removed", "a"),
    ]
    assert row["metadata"] == {"reason_code": "escalation"}


def test_first_tags_are_added_tags(border: Border) -> None:
    row = read(border, stub.audit(1, 1, 0, {"id": 5, "event_type": "Create", "tags": ["a", "b"]}))
    assert [c["value"] for c in row["changes"]] == ["a", "b"]
    assert row["is_creation"] is True


def test_custom_fields_are_named_by_role_and_others_dropped(border: Border) -> None:
    known = {
        "id": 5,
        "event_type": "Change",
        "custom_ticket_fields": {"71": "late"},
        "previous_value": "lost",
    }
    other = {
        "id": 6,
        "event_type": "Change",
        "custom_ticket_fields": {"72": "Giulia Rossi"},
        "previous_value": None,
    }
    row = read(border, stub.audit(1, 1, 0, known, other))
    assert row["changes"] == [
        {"id": "5", "type": "Change", "field": "reason", "value": "late", "previous": "lost"}
    ]


def test_macro_of_the_audit_marks_its_comment(border: Border) -> None:
    row = read(
        border,
        stub.audit(
            1,
            1,
            0,
            {"id": 5, "event_type": "AgentMacroReference", "macro_id": "77"},
            stub.comment(2, stub.AGENT, 0),
        ),
    )
    assert row["comments"][0]["macro_id"] == "77"


def test_merge_is_known_from_the_comment_or_the_audit(border: Border) -> None:
    via = {
        "channel": "web",
        "source": {"from": {"ticket_id": 2}, "to": {"ticket_id": 1}, "rel": "merge"},
    }
    on_secondary = read(
        border,
        stub.audit(9, 2, 0, stub.comment(3, stub.AGENT, 0, public=False, via=via), via="Merge"),
    )
    on_root = read(
        border,
        stub.audit(9, 1, 0, stub.comment(3, stub.AGENT, 0, public=False, via=via), via="Merge"),
    )
    assert on_secondary["merged_into_ticket_id"] == 1
    assert on_root["merged_into_ticket_id"] is None


def test_redaction_and_failure_name_their_comment(border: Border) -> None:
    row = read(
        border,
        stub.audit(
            1,
            1,
            0,
            {"id": 5, "event_type": "CommentRedactionEvent", "comment_id": 1001},
            {"id": 6, "event_type": "Error", "comment_id": 1002, "message": "to Giulia failed"},
        ),
    )
    assert row["comment_effects"] == [
        {"comment_id": "1001", "effect": "deleted"},
        {"comment_id": "1002", "effect": "failed"},
    ]
    assert "Giulia" not in str(row)


def test_unknown_event_types_are_kept_without_content(border: Border) -> None:
    row = read(
        border, stub.audit(1, 1, 0, {"id": 5, "event_type": "SomethingNew", "text": "Giulia"})
    )
    assert row["changes"] == [{"id": "5", "type": "SomethingNew"}]


def test_assignees_are_staff_whatever_their_role_is_today(border: Border) -> None:
    read(
        border,
        stub.audit(
            1,
            1,
            0,
            {"id": 5, "event_type": "Change", "assignee_id": "501", "previous_value": "502"},
        ),
    )
    assert [(row[1], row[2]) for row in border.take_staff()] == [
        (501, "assignee"),
        (502, "assignee"),
    ]
