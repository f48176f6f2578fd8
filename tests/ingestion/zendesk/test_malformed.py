"""Records that are not as published cost themselves, are named, and nothing else is lost; and when a stream ends."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ingestion.errors import ContractError
from ingestion.pipeline import LoadResult
from tests.ingestion.zendesk import stub
from tests.ingestion.zendesk.conftest import AS_OF

Load = Callable[..., LoadResult]
Rows = Callable[[str], list[tuple[Any, ...]]]
pytestmark = pytest.mark.tables("ticket_events")
EVENTS = "/api/v2/incremental/ticket_events"
METRIC_EVENTS = "/api/v2/incremental/ticket_metric_events"
REFUSED = (
    "select table_name, file_name, column_name, reason from raw_zendesk.quarantined_records"
    " order by table_name, reason, column_name"
)
COMMENTS = (
    "select comment ->> 'id' from (select unnest(comments::json[]) as comment from raw_zendesk.ticket_events"
    " where comments is not null) order by 1"
)
TOO_RECENT: stub.Record = {
    "error": "StartTimeTooRecent",
    "description": "Too recent start_time. Use a start_time older than 60 seconds",
}


def refusing(status: int, body: stub.Record) -> Callable[[Any], None]:
    """A scripted answer."""
    return lambda handler: handler.reply(status, body)


def real(handler: Any) -> None:
    """The account's own answer."""
    from urllib.parse import parse_qs, urlsplit

    split = urlsplit(handler.path)
    query = {name: values[0] for name, values in parse_qs(split.query).items()}
    handler.reply(*handler.account.answer(split.path, query))


REFUSALS: tuple[tuple[int, stub.Record], ...] = (
    (422, TOO_RECENT),
    (400, TOO_RECENT),
    (422, {"error": {"title": "StartTimeTooRecent", "message": "later"}}),
    (422, {"error": "InvalidValue", "description": "Too recent start_time. Wait."}),
)


@pytest.mark.tables("ticket_events", "ticket_metric_events")
def test_a_following_page_that_is_too_recent_ends_the_stream(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    """One way to say it after the other, each on the page after the first of a run."""
    # beyond the look-back of two minutes, so that each run has a page that brings something and another one
    account.page_size = 3
    account.events += [stub.audit(104 + n, 1, 20 + 10 * n) for n in range(7)]
    stored = "select id from raw_zendesk.ticket_events order by id"
    seen = []
    for hours, (status, body) in enumerate(REFUSALS):
        account.faults = {EVENTS: [real, refusing(status, body)]}
        result = load(AS_OF + timedelta(hours=hours))
        assert result.error is None and account.faults[EVENTS] == []
        seen.append([number for (number,) in rows(stored)])
    assert seen[0] == [100, 101, 102]
    assert all(set(early) < set(late) for early, late in itertools.pairwise(seen))
    assert len(seen[-1]) < 11
    account.faults = {}
    load(AS_OF + timedelta(hours=4))
    assert [number for (number,) in rows(stored)] == list(range(100, 111))
    # the last run ended within the withheld minute: the next has nothing to read, and no failure either
    for hours, (status, body) in enumerate(REFUSALS, 5):
        account.faults = {EVENTS: [refusing(status, body)], METRIC_EVENTS: [refusing(status, body)]}
        result = load(AS_OF + timedelta(hours=hours))
        assert result.error is None or "START_DATE" in str(result.error)
        assert len(rows(stored)) == 11


def test_a_first_load_that_begins_too_late_names_the_setting(
    account: stub.StubAccount, load: Load
) -> None:
    account.faults = {EVENTS: [refusing(422, TOO_RECENT)]}
    result = load()
    assert isinstance(result.error, ContractError)
    assert "SOURCES__ZENDESK__START_DATE" in str(result.error)
    assert "scope" not in str(result.error)


def test_another_422_stays_a_failure_that_says_what_the_vendor_said(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    for page in (0, 1):
        account.faults = {
            EVENTS: [real] * page + [refusing(422, {"error": "InvalidPaginationParameter"})]
        }
        result = load()
        assert isinstance(result.error, ContractError)
        assert "status 422" in str(result.error)
        assert "InvalidPaginationParameter" in str(result.error)
        assert EVENTS in str(result.error)
        assert rows("select count(*) from raw_zendesk.ticket_events") == [(0,)]


def test_a_child_that_is_null_and_a_comment_without_id_cost_themselves(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    nameless = stub.comment(1, stub.BUYER, 20)
    del nameless["id"]
    odd: list[Any] = [
        None,
        stub.comment(1010, stub.BUYER, 20),
        nameless,
        "a word",
        {"id": 1011, "event_type": "Change", "status": "open", "previous_value": "new"},
        {"id": 1012, "event_type": "Change", "tags": 7},
        stub.comment(1013, stub.AGENT, 20, created_at="soon"),
    ]
    account.events.append(stub.audit(110, 1, 20, *odd, metadata=["none"]))
    load()
    assert [row for (row,) in rows(COMMENTS)] == ["1001", "1003", "1004", "1005", "1010"]
    assert rows("select status_to from raw_zendesk.ticket_events where id = 110") == [("open",)]
    form = "has another form than published"
    children = ("ticket_events", EVENTS, "child_events")
    assert rows(REFUSED) == [
        ("messages", EVENTS, "child_events", f"audit 110: a child event of type Comment {form}"),
        (
            "messages",
            EVENTS,
            "child_events.id",
            "audit 110: a child event of type Comment has no id",
        ),
        (*children, "audit 110: a child event is a str instead of an object"),
        (*children, "audit 110: a child event is null instead of an object"),
        (*children, f"audit 110: a child event of type Change {form}"),
        ("ticket_events", EVENTS, "metadata", "audit 110: the metadata are no object"),
    ]
    before = rows("select * from raw_zendesk.quarantined_records order by record_id")
    assert not any(load(AS_OF + timedelta(hours=1)).rows.values())
    assert rows("select * from raw_zendesk.quarantined_records order by record_id") == before
    # delivered again as published: listed no more
    account.events[-1] = stub.audit(110, 1, 20, stub.comment(1010, stub.BUYER, 20))
    load(AS_OF + timedelta(hours=2))
    assert rows(REFUSED) == []


@pytest.mark.tables("users", "tickets", "ticket_events", "groups")
def test_records_that_are_none_or_cannot_be_placed_are_refused_alone_in_every_stream(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.users += [None, {"name": "Giulia Rossi"}, stub.user(9100)]  # type: ignore[list-item]
    account.tickets += [None, stub.ticket(8, 30, custom_fields=5), stub.ticket(9, 31)]  # type: ignore[list-item]
    account.events += [
        stub.audit(111, 1, 21, created_at=None),
        stub.audit(112, None, 22),  # type: ignore[arg-type]
        stub.audit(113, 1, 23, stub.comment(1020, stub.BUYER, 23)),
    ]
    account.lists["groups"] += [None, {"name": "nameless"}]  # type: ignore[list-item]
    result = load()
    assert result.error is None
    assert rows("select count(*) from raw_zendesk.users") == [(3,)]
    assert rows("select id from raw_zendesk.tickets order by id") == [(1,), (2,), (3,), (9,)]
    assert rows("select max(id), count(*) from raw_zendesk.ticket_events") == [(113, 5)]
    found = rows(REFUSED)
    assert sorted(row[0] for row in found) == [
        *["customers"] * 2,
        *["teams"] * 2,
        *["ticket_events"] * 2,
        *["tickets"] * 2,
    ]
    assert "Giulia" not in repr(found) and "nameless" not in repr(found)


@pytest.mark.tables("groups")
def test_nothing_is_called_gone_from_a_list_with_an_unreadable_record(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    load()
    account.lists["groups"] = [None]  # type: ignore[list-item]
    load(AS_OF + timedelta(hours=1))
    assert rows("select id, missing_since from raw_zendesk.groups") == [(21, None)]
    account.lists["groups"] = []
    load(AS_OF + timedelta(hours=2))
    assert rows("select missing_since is not null from raw_zendesk.groups") == [(True,)]


def test_an_answer_without_its_list_is_one_sentence(account: stub.StubAccount, load: Load) -> None:
    account.faults = {EVENTS: [refusing(200, {"end_of_stream": True})]}
    result = load()
    assert isinstance(result.error, ContractError)
    assert "without the list ticket_events" in str(result.error)
