"""What is read, in which pages, and what a second run reads again."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ingestion.pipeline import LoadResult
from ingestion.sources.zendesk.paging import has_more
from tests.ingestion.zendesk import stub
from tests.ingestion.zendesk.conftest import AS_OF

pytestmark = [pytest.mark.slow, pytest.mark.tables("tickets", "ticket_events")]

Load = Callable[..., LoadResult]
Rows = Callable[[str], list[tuple[Any, ...]]]


def cursors(account: stub.StubAccount, export: str) -> list[str]:
    """Query strings of the requests to an export, in order."""
    return [r.partition("?")[2] for r in account.requests if export in r]


def test_all_pages_are_read_until_the_end_of_the_stream(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    result = load()
    assert result.error is None
    assert rows("select list(id order by id) from raw_zendesk.tickets") == [([1, 2, 3],)]
    assert rows("select count(*) from raw_zendesk.ticket_events") == [(4,)]
    first, second = cursors(account, "/incremental/tickets/cursor")
    assert "start_time=" in first and "cursor=" not in first
    assert "cursor=c2" in second and "start_time" not in second


def test_overlapping_pages_land_once(account: stub.StubAccount, load: Load, rows: Rows) -> None:
    account.overlap = 1
    account.tickets += [stub.ticket(4, 10), stub.ticket(5, 11)]
    assert load().error is None
    assert rows("select count(*), count(distinct id) from raw_zendesk.tickets") == [(5, 5)]


def test_of_two_versions_in_one_run_the_newer_export_wins(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.tickets.append(stub.ticket(1, 30, status="solved", updated_at=stub.at(4)))
    assert load().error is None
    assert rows("select status from raw_zendesk.tickets where id = 1") == [("solved",)]


@pytest.mark.tables()
def test_second_run_against_an_unchanged_vendor_changes_no_row(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    load()
    tables = [
        name
        for (name,) in rows(
            "select table_name from information_schema.tables where table_schema = 'raw_zendesk'"
            " and table_name not like '\\_dlt%' escape '\\'"
        )
    ]
    assert len(tables) == 16
    before = {t: rows(f"select * from raw_zendesk.{t} order by all") for t in tables}
    second = load(AS_OF + timedelta(hours=1))
    assert second.error is None
    assert sum(second.rows.values()) == 0
    after = {t: rows(f"select * from raw_zendesk.{t} order by all") for t in tables}
    assert after == before
    assert "cursor=c3" in cursors(account, "/incremental/tickets/cursor")[-1]


def test_late_update_replaces_the_row_and_keeps_its_first_instant(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    load()
    account.tickets.append(stub.ticket(2, 60, status="solved"))
    later = AS_OF + timedelta(days=1)
    result = load(later)
    assert result.rows["tickets"] == 1
    found = rows("select status, ingested_at, _dlt_load_id from raw_zendesk.tickets where id = 2")
    assert found[0][0] == "solved"
    assert found[0][1].timestamp() == AS_OF.timestamp()
    assert found[0][2] == result.load_ids[-1]


def test_event_that_arrives_late_is_found_in_the_look_back(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    load()
    account.events.append(stub.audit(104, 2, 8, stub.comment(1006, stub.AGENT, 8)))
    assert load(AS_OF + timedelta(hours=1)).rows["ticket_events"] == 1
    assert rows("select count(*) from raw_zendesk.ticket_events where id = 104") == [(1,)]


def test_an_empty_increment_keeps_the_position(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.tickets, account.events, account.users = [], [], []
    assert load().error is None
    assert rows("select count(*) from raw_zendesk.tickets") == [(0,)]
    account.tickets = [stub.ticket(1)]
    account.events = [stub.audit(100, 1, 0, stub.comment(1001, stub.BUYER, 0))]
    assert load().rows["tickets"] == 1
    assert rows("select count(*) from raw_zendesk.ticket_events") == [(1,)]


def test_a_deleted_ticket_stays_with_its_status(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    load()
    account.tickets.append(stub.ticket(3, 70, status="deleted"))
    load(AS_OF + timedelta(hours=1))
    assert rows("select status from raw_zendesk.tickets where id = 3") == [("deleted",)]


@pytest.mark.tables("macros")
def test_links_of_list_endpoints_are_followed_on_the_configured_host(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    account.lists["macros"] = [
        {"id": n, "title": f"Macro {n}", "active": True, "actions": [], "created_at": stub.at(0)}
        for n in range(1, 6)
    ]
    assert load().error is None
    assert rows("select count(*) from raw_zendesk.macros") == [(5,)]
    assert sum("/api/v2/macros?page" in request for request in account.requests) == 3


@pytest.mark.tables("groups")
def test_a_vanished_entry_of_a_list_is_marked_and_comes_back(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    group = account.lists["groups"][0]
    load()
    account.lists["groups"] = []
    gone = AS_OF + timedelta(days=1)
    assert load(gone).rows["groups"] == 1
    assert load(gone + timedelta(days=1)).rows.get("groups", 0) == 0
    found = rows("select missing_since, name from raw_zendesk.groups")
    assert [(at.timestamp(), name) for at, name in found] == [(gone.timestamp(), "Marketplace")]
    account.lists["groups"] = [group]
    load(gone + timedelta(days=2))
    assert rows("select missing_since from raw_zendesk.groups") == [(None,)]


@pytest.mark.tables("sla_policies")
def test_an_edited_policy_is_a_new_version_beside_the_old(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    policy = {
        "id": 5,
        "title": "Fast",
        "position": 1,
        "filter": {"all": [], "any": []},
        "policy_metrics": [
            {
                "priority": "high",
                "metric": "first_reply_time",
                "target": 60,
                "business_hours": False,
            }
        ],
        "updated_at": stub.at(0),
    }
    account.lists["sla_policies"] = [policy]
    load()
    account.lists["sla_policies"] = [policy | {"title": "Faster", "updated_at": stub.at(500)}]
    load(AS_OF + timedelta(days=1))
    found = rows(
        "select title, missing_since is null from raw_zendesk.sla_policies order by version"
    )
    assert found == [("Fast", False), ("Faster", True)]


@pytest.mark.tables("satisfaction_ratings")
def test_rating_that_the_customer_changes_is_read_again(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    rating = {
        "id": 8,
        "ticket_id": 1,
        "score": "good",
        "comment": "Ciao, Giulia",
        "requester_id": stub.BUYER,
        "created_at": stub.at(0),
        "updated_at": stub.at(20),
    }
    account.ratings = [rating]
    load()
    account.ratings = [rating | {"score": "bad", "updated_at": stub.at(90)}]
    assert load(AS_OF + timedelta(days=1)).rows["satisfaction_ratings"] == 1
    assert rows("select score from raw_zendesk.satisfaction_ratings") == [("bad",)]


def test_a_forgotten_cursor_restarts_from_the_newest_export_seen(
    account: stub.StubAccount, load: Load, rows: Rows
) -> None:
    load()
    account.faults["/api/v2/incremental/tickets/cursor"] = [422]
    account.tickets.append(stub.ticket(9, 12))
    assert load(AS_OF + timedelta(hours=1)).error is None
    assert rows("select count(*) from raw_zendesk.tickets where id = 9") == [(1,)]
    assert f"start_time={stub.epoch(9)}" in cursors(account, "/incremental/tickets/cursor")[-2]


def test_a_stream_that_never_ends_is_reported(account: stub.StubAccount, load: Load) -> None:
    def stuck(handler: Any) -> None:
        handler.reply(200, {"tickets": [], "after_cursor": "c0", "end_of_stream": False})

    account.faults["/api/v2/incremental/tickets/cursor"] = [stuck, stuck]
    result = load()
    assert result.error is not None
    assert "repeats after_cursor" in str(result.error)


@pytest.mark.tables("tickets", "ticket_events", "users")
def test_a_long_first_load_can_be_committed_in_parts(
    account: stub.StubAccount,
    load: Load,
    rows: Rows,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    account.page_size = 1
    monkeypatch.setenv("SOURCES__ZENDESK__PAGES_PER_LOAD", "1")
    load()
    first = (
        rows("select count(*) from raw_zendesk.tickets"),
        rows("select count(*) from raw_zendesk.ticket_events"),
    )
    assert first == ([(1,)], [(1,)])
    for _ in range(12):
        if not has_more(_states(tmp_path)):
            break
        assert load().error is None
    assert not has_more(_states(tmp_path))
    assert rows("select list(id order by id) from raw_zendesk.tickets") == [([1, 2, 3],)]
    assert rows("select list(id order by id) from raw_zendesk.ticket_events") == [
        ([100, 101, 102, 103],)
    ]
    assert rows("select count(*) from raw_zendesk.users") == [(2,)]


def _states(tmp_path: Path) -> dict[str, dict[str, Any]]:
    """States of the resources as the last load committed them."""
    path = tmp_path / "home" / "dlt" / "pipelines" / "deskhouse_zendesk" / "state.json"
    state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    found: dict[str, dict[str, Any]] = state["sources"]["zendesk"]["resources"]
    return found
