"""A forgotten buyer in files: what is stored keeps its tombstone, what is new is refused and counted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ingestion.forgotten import Forgotten
from ingestion.identity import normal_identity
from ingestion.privacy import load_pseudonymiser
from ingestion.sources.landing.folder import DATASET
from tests.ingestion.landing.conftest import Load, load_landing, query, ticket, warehouse
from tests.orchestration.forgetting import forget, standing_in

ADDRESS, PHONE = "Vera.Falk@Example.ORG", "+49 171 555-0199"
TABLES = ("tickets", "customers", "messages", "self_service_events", "satisfaction_responses")


def _rows(folder: Path, table: str, *rows: dict[str, Any]) -> None:
    owner = {"tenant_id": "acme", "source_system": "desk"}
    with (folder / f"{table}.jsonl").open("a", encoding="utf-8") as handle:
        handle.writelines(json.dumps(owner | row) + "\n" for row in rows)


def _message(message_id: str, ticket_id: str, who: str, role: str = "customer") -> dict[str, Any]:
    direction = "inbound" if role == "customer" else "outbound"
    return {
        "message_id": message_id,
        "ticket_id": ticket_id,
        "sent_at": "2026-10-01T09:00:00Z",
        "direction": direction,
        "visibility": "public",
        "author_role": role,
        "author_id": who,
    }


def _desk(folder: Path) -> Path:
    """Two buyers, known by an address and by a phone number, with a ticket each; and a refused row of the first."""
    _rows(
        folder,
        "tickets",
        ticket("k1", customer_ref=ADDRESS, subject_hash="Where is it?"),
        ticket("k2", customer_ref=PHONE),
    )
    _rows(folder, "tickets", ticket("k3", customer_ref=f"Vera <{ADDRESS}>", status="open!"))
    _rows(
        folder,
        "customers",
        {"customer_ref": ADDRESS, "customer_type": "vip"},
        {"customer_ref": PHONE, "customer_type": "consumer"},
    )
    _rows(
        folder,
        "messages",
        _message("m1", "k1", ADDRESS),
        _message("m2", "k2", PHONE),
        _message("m3", "k1", "ana", "agent"),
    )
    _rows(
        folder,
        "self_service_events",
        {
            "event_id": "1",
            "session_ref": f"{ADDRESS}:tab",
            "outcome": "viewed",
            "occurred_at": "2026-10-01T08:00:00Z",
        },
    )
    _rows(
        folder,
        "satisfaction_responses",
        {
            "response_id": "1",
            "ticket_id": "k1",
            "responded_at": "2026-10-02T08:00:00Z",
            "scale": "binary",
            "raw_score": "good",
            "comment_hash": "Thanks, Vera",
        },
    )
    return folder


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the desk and the home they were loaded into, for every test to begin with a copy of its own."""
    root = tmp_path_factory.mktemp("desk")
    landing = root / "landing"
    landing.mkdir()
    assert load_landing(root / "home", _desk(landing)).error is None
    return root


@pytest.fixture
def desk(once: Path, tmp_path: Path) -> Path:
    """The folder of the desk beside its home, both as they were after the first load."""
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "landing"


@pytest.fixture
def folder(desk: Path) -> Path:
    return desk


@pytest.fixture
def home(desk: Path) -> Path:
    return desk.parent / "home"


def _content(tmp_path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with warehouse(tmp_path) as rows:
        return {
            table: rows(
                f"select * exclude (row_hash, version_at, _dlt_load_id) from {DATASET}.{table} order by all"
            )
            for table in TABLES
        }


def _everywhere(home: Path, who: str) -> dict[str, set[str]]:
    ref = load_pseudonymiser(home).customer_ref("desk", normal_identity(who))
    return standing_in(home, who, normal_identity(who), str(ref))


@pytest.mark.parametrize("who", [ADDRESS, PHONE, "VERA.FALK@EXAMPLE.ORG", "0049 (171) 5550199"])
def test_a_buyer_is_severed_and_found_nowhere(
    desk: Path, load: Load, home: Path, tmp_path: Path, who: str
) -> None:
    assert _everywhere(home, who)
    before = _content(tmp_path)
    done = forget(home, who)
    assert done.still_named == ()
    assert _everywhere(home, who) == {}
    after = _content(tmp_path)
    assert {table: len(rows) for table, rows in after.items()} == {
        table: len(rows) for table, rows in before.items()
    }
    ((tombstone, kind),) = query(
        tmp_path,
        f"select customer_ref, customer_type from {DATASET}.customers where starts_with(customer_ref, 'forgotten-')",
    )
    ((own,),) = query(
        tmp_path, f"select count(*) from {DATASET}.messages where author_id = '{tombstone}'"
    )
    assert (kind, own) == ("vip" if "@" in who else "consumer", 1)
    sessions = query(
        tmp_path,
        f"select starts_with(session_ref, '{tombstone}:') from {DATASET}.self_service_events",
    )
    assert sessions == [("@" in who,)]
    is_kept = (home / "quarantine" / "landing" / "tickets.jsonl").exists()
    assert is_kept == ("@" not in who)


def test_the_other_buyer_is_left_alone(desk: Path, load: Load, home: Path) -> None:
    other = _everywhere(home, PHONE)
    forget(home, ADDRESS)
    assert _everywhere(home, PHONE) == other


def test_files_that_come_again_change_nothing(
    desk: Path, load: Load, home: Path, tmp_path: Path
) -> None:
    forget(home, ADDRESS)
    before = _content(tmp_path)
    for _ in range(2):
        for path in desk.iterdir():
            path.write_bytes(path.read_bytes() + b"\n")  # so that every file is read anew
        load()
        after = _content(tmp_path)
        # what the survey's file says of the comment is a fingerprint without an author
        assert {name: rows for name, rows in after.items() if name != "satisfaction_responses"} == {
            name: rows for name, rows in before.items() if name != "satisfaction_responses"
        }
        assert query(tmp_path, f"select comment_hash from {DATASET}.satisfaction_responses") == [
            (None,)
        ]
    ref = load_pseudonymiser(home).customer_ref("desk", ADDRESS.lower())
    # also the refused row of the buyer, which is refused again for another fault
    assert standing_in(home, str(ref), ADDRESS) == {}


def test_new_rows_are_refused_with_all_that_others_did_in_their_tickets(
    desk: Path, load: Load, home: Path, tmp_path: Path
) -> None:
    forget(home, ADDRESS)
    _rows(
        desk,
        "tickets",
        ticket("n1", customer_ref=ADDRESS.lower()),
        ticket("n2", customer_ref="new-buyer"),
    )
    _rows(
        desk,
        "messages",
        _message("a1", "n1", "ana", "agent"),
        _message("a2", "n2", "new-buyer"),
        _message("a3", "k1", ADDRESS),
    )
    load()
    assert query(tmp_path, f"select ticket_id from {DATASET}.tickets order by 1") == [
        ("k1",),
        ("k2",),
        ("n2",),
    ]
    assert query(tmp_path, f"select message_id from {DATASET}.messages order by 1") == [
        ("a2",),
        ("m1",),
        ("m2",),
        ("m3",),
    ]
    refused = query(
        tmp_path,
        f"select table_name, count(*) from {DATASET}.quarantined_records where contains(reason, 'forgotten')"
        " group by 1 order by 1",
    )
    assert refused == [("messages", 2), ("tickets", 1)]
    for path in (home / "quarantine").rglob("*.jsonl"):
        assert "n1" not in path.read_text()
    _rows(desk, "messages", _message("a4", "n1", "ana", "agent"))
    load()
    assert query(tmp_path, f"select count(*) from {DATASET}.messages where ticket_id = 'n1'") == [
        (0,)
    ]


def test_a_file_of_forgotten_people_alone_is_not_lost(
    desk: Path, load: Load, home: Path, tmp_path: Path
) -> None:
    forget(home, ADDRESS)
    (desk / "tickets_2026-10.jsonl").write_text(
        json.dumps(ticket("n1", customer_ref=ADDRESS)) + "\n"
    )
    load()
    reports = query(
        tmp_path,
        f"select is_lost, rows_refused from {DATASET}.landing_files where file_name = 'tickets_2026-10.jsonl'",
    )
    assert reports == [(False, 1)]


def test_another_tenant_keeps_its_buyer(desk: Path, load: Load, home: Path, tmp_path: Path) -> None:
    _rows(desk, "tickets", ticket("k1", customer_ref=ADDRESS) | {"tenant_id": "other"})
    load()
    forget(home, ADDRESS, tenant="acme")
    ref = load_pseudonymiser(home).customer_ref("desk", ADDRESS.lower())
    assert query(
        tmp_path, f"select tenant_id from {DATASET}.tickets where customer_ref = '{ref}'"
    ) == [("other",)]
    _rows(desk, "tickets", ticket("k2", customer_ref=ADDRESS) | {"tenant_id": "other"})
    load()
    assert query(
        tmp_path, f"select count(*) from {DATASET}.tickets where customer_ref = '{ref}'"
    ) == [(2,)]


def test_lifted_means_new_rows_and_never_the_old_ones(
    desk: Path, load: Load, home: Path, tmp_path: Path
) -> None:
    forget(home, ADDRESS)
    _rows(desk, "tickets", ticket("n1", customer_ref=ADDRESS))
    load()
    forgotten = Forgotten(home)
    assert forgotten.lift([("acme", "desk", ADDRESS)]) == 1
    forgotten.accept_tickets()
    _rows(desk, "tickets", ticket("n2", customer_ref=ADDRESS))
    load()
    ref = load_pseudonymiser(home).customer_ref("desk", ADDRESS.lower())
    assert query(
        tmp_path, f"select ticket_id from {DATASET}.tickets where customer_ref = '{ref}' order by 1"
    ) == [("n1",), ("n2",)]
    assert query(
        tmp_path,
        f"select ticket_id from {DATASET}.tickets where starts_with(customer_ref, 'forgotten-')",
    ) == [("k1",)]
