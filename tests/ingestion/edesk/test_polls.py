"""What a poll finds, what it reads again, and between which two polls a change lies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ingestion.errors import ContractError
from ingestion.forgotten import Forgotten
from ingestion.sources.edesk.records import instant_of, status_word
from tests.ingestion.edesk import stub
from tests.ingestion.edesk.conftest import Load, Rows

pytestmark = [pytest.mark.slow, pytest.mark.tables("tickets", "ticket_states", "messages")]

T0 = datetime(2026, 3, 10, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
STATES = """
select ticket_id, status, owner_user_id, seen_at, previous_seen_at from raw_edesk.ticket_states order by 1, seen_at
"""


def loaded(load: Load, at: datetime) -> dict[str, int]:
    result = load(at)
    if result.error is not None:
        raise result.error
    return {table: count for table, count in result.rows.items() if count}


def test_a_change_lies_between_the_two_polls_that_met_it(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.ticket(1, T0, owner_user_id=stub.ANNA)
    for hours in (0, 1, 2):
        loaded(load, T0 + hours * HOUR)
    account.tickets[1]["owner_user_id"] = stub.BRUNO
    assert loaded(load, T0 + 3 * HOUR) == {"tickets": 1, "ticket_states": 1}
    assert loaded(load, T0 + 4 * HOUR) == {}
    assert rows(STATES) == [
        (1, "Open", stub.ANNA, T0, None),
        (1, "Open", stub.BRUNO, T0 + 3 * HOUR, T0 + 2 * HOUR),
    ]


def test_a_ticket_that_closes_without_a_message_is_read_alone(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    for ticket_id in (1, 2):
        account.ticket(ticket_id, T0 - timedelta(days=30))
        account.item(ticket_id, ticket_id * 10, T0 - timedelta(days=30))
    loaded(load, T0)
    account.tickets[1]["status"] = "Closed"
    account.calls.clear()
    loaded(load, T0 + HOUR)
    assert account.calls["tickets/1"] == 1, "its last message is a month old, so no list shows it"
    assert account.calls["messages/1"] == 0
    assert rows("select id, status from raw_edesk.tickets order by 1") == [
        (1, "Closed"),
        (2, "Open"),
    ]
    assert rows(STATES)[1][1:] == ("Closed", None, T0 + HOUR, T0)


def test_a_closed_ticket_that_nobody_read_meanwhile_is_uncertain_since_it_was_read(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.ticket(1, T0 - timedelta(days=9), status="Closed")
    account.item(1, 10, T0 - timedelta(days=9))
    for day in range(4):
        loaded(load, T0 + timedelta(days=day))
    account.tickets[1]["status"] = "Open"
    loaded(load, T0 + timedelta(days=4))
    assert rows(STATES)[1][3:] == (T0 + timedelta(days=4), T0)


def test_the_date_filter_overlaps_by_more_than_the_zone_of_the_account(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.ticket(1, T0 - timedelta(days=9), status="Closed")
    account.item(1, 10, T0 - timedelta(days=9))
    late = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
    loaded(load, late)
    # Written just before the poll, shown after it; in the account's zone it is the next day already.
    account.item(1, 11, late - timedelta(minutes=1))
    loaded(load, late + HOUR)
    assert rows("select id from raw_edesk.messages order by 1") == [(10,), (11,)]


def test_smaller_pages_than_asked_for_are_all_read(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.page_size = 3
    for ticket_id in range(1, 11):
        account.ticket(ticket_id, T0)
    loaded(load, T0)
    assert rows("select count(*) from raw_edesk.tickets") == [(10,)]
    assert account.calls["tickets"] == 4


def test_a_ticket_the_vendor_knows_no_more_is_archived(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.ticket(1, T0)
    loaded(load, T0)
    del account.tickets[1]
    loaded(load, T0 + HOUR)
    assert rows("select status, missing_since from raw_edesk.tickets") == [("Archived", T0 + HOUR)]
    assert loaded(load, T0 + 2 * HOUR) == {}


def test_items_are_told_apart_by_type_id_and_ticket(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.ticket(1, T0)
    account.ticket(2, T0)
    account.item(1, 10, T0)
    # Another model of the vendor counts from the same number: asked for it, the vendor gives the other one's.
    account.tickets[2]["messages_ids"] = [10, 11]
    loaded(load, T0)
    assert rows("select type, id, ticket_id from raw_edesk.messages order by 3, 2") == [
        ("Message", 10, 1),
        ("Foreign", 10, 2),
        ("Missing", 11, 2),
    ]
    (reason,) = rows("select reason from raw_edesk.quarantined_records")
    assert "item 10 of ticket 2 cannot be read" in reason[0]
    account.calls.clear()
    assert loaded(load, T0 + HOUR) == {}
    assert account.calls["messages/1"] == 0


def test_a_record_of_another_form_costs_itself(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.ticket(1, T0)
    account.ticket(2, T0, tags_ids=["late"])
    account.ticket(3, T0)
    account.item(3, 30, T0, from_user="Anna")
    loaded(load, T0)
    assert rows("select id from raw_edesk.tickets order by 1") == [(1,), (3,)]
    assert rows("select count(*) from raw_edesk.messages") == [(0,)]
    assert rows("select table_name from raw_edesk.quarantined_records order by 1") == [
        ("messages",),
        ("tickets",),
    ]
    account.tickets[2]["tags_ids"] = [1]
    account.items[30]["from_user"] = {"id": stub.ANNA}
    loaded(load, T0 + HOUR)
    assert rows("select count(*) from raw_edesk.quarantined_records") == [(0,)]
    assert rows("select id, from_user_id from raw_edesk.messages") == [(30, stub.ANNA)]


def test_a_flipped_type_is_refused_with_table_column_and_key(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.ticket(1, T0)
    loaded(load, T0)
    flips: tuple[stub.Json, ...] = (
        {"owner_user_id": "anna"},
        {"created_at": "yesterday"},
        {"status": {"word": "Open"}},
    )
    for change in flips:
        account.ticket(2, T0, **change)
        error = load(T0 + HOUR).error
        assert isinstance(error, ContractError)
        assert f"edesk tickets.{next(iter(change))} is declared" in str(error)
        assert "id 2" in str(error)
        assert rows("select id from raw_edesk.tickets") == [(1,)]
    account.ticket(2, T0)
    assert loaded(load, T0 + 2 * HOUR)["tickets"] == 1


def test_a_refused_token_is_named_and_not_shown(account: stub.StubAccount, load: Load) -> None:
    account.before = lambda _: JSONResponse({"error": {"httpCode": 401}}, 401)
    error = load(T0).error
    assert "SOURCES__EDESK__TOKEN" in str(error) and "90 days" in str(error)
    assert stub.TOKEN not in str(error)


def test_a_forgotten_buyer_is_refused_and_asked_for_once(
    account: stub.StubAccount, load: Load, rows: Rows, home: object
) -> None:
    account.ticket(1, T0)
    account.item(1, 10, T0)
    account.ticket(2, T0, contact_id=stub.BUYER + 1)
    account.item(2, 20, T0, from_consumer_id=stub.BUYER)
    Forgotten(home).add([("main", "edesk", str(stub.BUYER))])  # type: ignore[arg-type]
    loaded(load, T0)
    assert rows("select id from raw_edesk.tickets") == [(2,)]
    assert rows("select type, from_consumer_ref from raw_edesk.messages") == [("Refused", None)]
    account.calls.clear()
    loaded(load, T0 + HOUR)
    assert account.calls["messages/1"] == 0


def test_the_first_load_goes_on_where_it_failed(
    account: stub.StubAccount, load: Load, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ticket_id in range(1, 31):
        account.ticket(ticket_id, T0)
        account.item(ticket_id, ticket_id * 10, T0)
    account.page_size = 10
    monkeypatch.setenv("SOURCES__EDESK__CALLS_PER_LOAD", "8")

    def failing(request: Request) -> Response | None:
        is_late = account.calls["messages/1"] > 20 and "messages" in request.url.path
        return JSONResponse({}, 503) if is_late else None

    account.before = failing
    assert "503" in str(load(T0).error)
    (kept,) = rows("select count(*) from raw_edesk.messages")[0]
    assert 10 <= kept <= 20, "what was committed before the failure stays"
    account.before = lambda _: None
    account.calls.clear()
    loaded(load, T0 + HOUR)
    assert account.calls["messages/1"] == 30 - kept
    assert rows("select count(*), count(distinct id) from raw_edesk.messages") == [(30, 30)]
    # The new run polled anew: every ticket is met in its old state, so no state is added.
    assert rows("select count(*) from raw_edesk.ticket_states") == [(30,)]


def test_instants_and_status_words_as_the_vendor_writes_them() -> None:
    assert instant_of("2025-03-07 08:40:44") == "2025-03-07T08:40:44+00:00"
    assert instant_of(1_741_336_844) == "2025-03-07T08:40:44+00:00"
    assert instant_of(None) is None
    assert instant_of("soon") == "soon"
    assert status_word("Status changed from Open to closed") == "Closed"
    assert status_word("Assigned to Pendington") is None
    assert status_word(None) is None
