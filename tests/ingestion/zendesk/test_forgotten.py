"""A forgotten buyer of the helpdesk: old rows keep their tombstone however often they come, new ones are refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingestion.forgotten import Forgotten
from ingestion.pipeline import LoadResult
from ingestion.privacy import load_pseudonymiser
from orchestration.forgetting.finding import StaffError
from orchestration.preflight import reset_cursors
from tests.ingestion.zendesk import stub
from tests.orchestration.forgetting import forget, settings_of, standing_in

Load = Callable[..., LoadResult]
Rows = Callable[[str], list[tuple[Any, ...]]]
TABLES = ("tickets", "ticket_events", "users", "satisfaction_ratings", "staff_identities")
pytestmark = pytest.mark.tables(*TABLES)


def _counts(rows: Rows) -> list[tuple[Any, ...]]:
    return [rows(f"select count(*) from raw_zendesk.{table}") for table in TABLES]


def _read_again(home: Path) -> None:
    """Let the next load begin at the start, as --full-refresh does."""
    reset_cursors(settings_of(home), ["zendesk"])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test that needs it leaves the home in which the buyer was forgotten."""
    return tmp_path_factory.mktemp("once") / "home"


@pytest.fixture(scope="module")
def counted() -> list[tuple[Any, ...]]:
    """Counts of rows before."""
    return []


@pytest.fixture
def forgotten(
    account: stub.StubAccount,
    load: Load,
    rows: Rows,
    home: Path,
    once: Path,
    counted: list[tuple[Any, ...]],
) -> list[tuple[Any, ...]]:
    """The buyer of all three tickets is forgotten; counts of rows before."""
    account.ratings = [
        {
            "id": 7,
            "ticket_id": 1,
            "requester_id": stub.BUYER,
            "score": "good",
            "comment": "Thanks!",
            "assignee_id": stub.AGENT,
            "group_id": 21,
            "created_at": stub.at(9),
            "updated_at": stub.at(9),
        }
    ]
    if once.exists():
        shutil.copytree(once, home)
        return counted
    load()
    ref = load_pseudonymiser(home).customer_ref("zendesk", stub.BUYER)
    assert ref is not None
    assert "warehouse.duckdb" in standing_in(home, ref)
    counted += _counts(rows)
    assert forget(home, str(stub.BUYER)).still_named == ()
    assert standing_in(home, ref) == {}
    shutil.copytree(home, once)
    return counted


def test_what_is_stored_is_severed_and_stays_joined(forgotten: object, rows: Rows) -> None:
    ((requester, subjects),) = rows(
        "select any_value(requester_ref), count(subject_hash) from raw_zendesk.tickets group by requester_ref"
    )
    assert requester.startswith("forgotten-")
    assert subjects == 0
    assert rows(f"select count(*) from raw_zendesk.users where user_ref = '{requester}'") == [(1,)]
    assert rows(
        f"select count(*) from raw_zendesk.ticket_events where contains(comments, '{requester}')"
    ) == [(3,)]
    assert rows("select requester_ref, comment_hash from raw_zendesk.satisfaction_ratings") == [
        (requester, None)
    ]


def test_redelivered_rows_change_nothing(
    forgotten: list[Any], load: Load, rows: Rows, home: Path
) -> None:
    ref = load_pseudonymiser(home).customer_ref("zendesk", stub.BUYER)
    for _ in range(2):
        _read_again(home)
        before = rows(
            "select id, requester_ref, subject_hash, status from raw_zendesk.tickets order by 1"
        )
        load()
        assert (
            rows(
                "select id, requester_ref, subject_hash, status from raw_zendesk.tickets order by 1"
            )
            == before
        )
        assert _counts(rows) == forgotten
        assert standing_in(home, str(ref), str(stub.BUYER)) == {}
    refused = rows("select table_name, reason from raw_zendesk.quarantined_records")
    assert [table for table, _ in refused] == ["customers"]


def test_a_known_ticket_goes_on_and_a_new_one_is_refused_with_all_in_it(
    forgotten: list[Any], account: stub.StubAccount, load: Load, rows: Rows, home: Path
) -> None:
    account.tickets += [
        stub.ticket(1, 60, status="solved"),
        stub.ticket(4, 61),
        stub.ticket(5, 62, requester_id=stub.STRANGER, submitter_id=stub.STRANGER),
    ]
    account.events += [
        # what the agent does in the refused ticket comes before anything that says whose ticket it is
        stub.audit(200, 4, 60, stub.comment(2001, stub.AGENT, 60), updater_id=stub.AGENT),
        stub.audit(
            201,
            4,
            61,
            stub.comment(2002, stub.BUYER, 61),
            {"id": 2003, "event_type": "Create", "status": "new"},
        ),
        stub.audit(202, 1, 62, stub.comment(2004, stub.BUYER, 62)),
        stub.audit(
            203,
            1,
            63,
            {"id": 2005, "event_type": "Change", "status": "solved", "previous_value": "open"},
            updater_id=stub.AGENT,
        ),
        stub.audit(204, 5, 64, stub.comment(2006, stub.STRANGER, 64), updater_id=stub.STRANGER),
    ]
    load()
    assert rows(
        "select id, status, left(requester_ref, 10) = 'forgotten-' from raw_zendesk.tickets order by 1"
    ) == [
        (1, "solved", True),
        (2, "open", True),
        (3, "open", True),
        (5, "open", False),
    ]
    assert rows("select id from raw_zendesk.ticket_events where id >= 200 order by 1") == [
        (203,),
        (204,),
    ]
    refused = rows(
        "select table_name, count(*) from raw_zendesk.quarantined_records group by 1 order by 1"
    )
    assert dict(refused)["tickets"] == 1
    assert dict(refused)["ticket_events"] >= 2
    account.events.append(
        stub.audit(205, 4, 90, stub.comment(2007, stub.AGENT, 90), updater_id=stub.AGENT)
    )
    load()
    assert rows("select count(*) from raw_zendesk.ticket_events where ticket_id = 4") == [(0,)]


def test_lifted_means_new_rows_and_never_the_old_ones(
    forgotten: list[Any], account: stub.StubAccount, load: Load, rows: Rows, home: Path
) -> None:
    account.tickets.append(stub.ticket(4, 61))
    load()
    assert Forgotten(home).lift([("main", "zendesk", str(stub.BUYER))]) == 1
    Forgotten(home).accept_tickets()
    _read_again(home)
    load()
    ref = load_pseudonymiser(home).customer_ref("zendesk", stub.BUYER)
    assert rows(f"select id from raw_zendesk.tickets where requester_ref = '{ref}'") == [(4,)]
    assert rows(
        "select count(*) from raw_zendesk.tickets where starts_with(requester_ref, 'forgotten-')"
    ) == [(3,)]
    assert forget(home, str(stub.BUYER)).rows == 2  # the ticket and the user
    assert rows("select count(distinct requester_ref) from raw_zendesk.tickets") == [(2,)]


@pytest.mark.tables("tickets", "ticket_events", "users", "staff_identities")
def test_staff_is_not_forgotten(account: stub.StubAccount, load: Load, home: Path) -> None:
    load()
    with pytest.raises(StaffError, match="member of staff"):
        forget(home, str(stub.AGENT))
    assert not Forgotten(home).is_used
