"""Comments of the helpdesk in the store of texts: whose are kept, which go again, and that they stand nowhere else."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingestion.pipeline import LoadResult
from ingestion.texts.faults import TextKeyError
from ingestion.texts.store import store_file
from ingestion.texts.sweeping import sweep
from orchestration.preflight import reset_cursors
from tests.ingestion.texts.reading import kept, places
from tests.ingestion.zendesk import stub
from tests.orchestration.forgetting import forget, settings_of

Load = Callable[..., LoadResult]
ASKED, ANSWERED, NOTED = ("planted-asked-77", "planted-answered-77", "planted-noted-77")
AUTOMATIC, BOT = "planted-automatic-77", "planted-bot-77"
QUOTED, CALLED = "planted-quoted-77", "planted-called-77"
ROBOT = 777
pytestmark = pytest.mark.tables("tickets", "ticket_events", "users", "staff_identities")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def planted(
    account: stub.StubAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> stub.StubAccount:
    """A text of each kind of author; the records of colleagues come on later pages than their comments."""
    monkeypatch.setenv("DESKHOUSE_LEDGER_KEYS", str(tmp_path / "keys"))

    def said(text: str) -> dict[str, Any]:
        return {"body": text, "html_body": f"<p>{text}</p>", "plain_body": text}

    merge = {"channel": "web", "source": {"rel": "merge", "from": {"ticket_id": 9}}}
    rule = {"channel": "rule", "source": {"rel": "trigger"}}
    account.events = [
        stub.audit(
            100,
            1,
            0,
            stub.comment(1, stub.BUYER, 0, **said(ASKED)),
            {"id": 90, "event_type": "Create", "status": "new"},
        ),
        stub.audit(101, 1, 1, stub.comment(2, stub.AGENT, 1, **said(ANSWERED))),
        stub.audit(102, 1, 2, stub.comment(3, stub.AGENT, 2, public=False, **said(NOTED))),
        stub.audit(103, 1, 3, stub.comment(4, stub.AGENT, 3, **said(AUTOMATIC), via=rule)),
        stub.audit(104, 1, 4, stub.comment(5, ROBOT, 4, **said(BOT))),
        stub.audit(107, 1, 4, stub.comment(8, stub.AGENT, 4, **said(QUOTED), via=merge)),
        stub.audit(
            108,
            1,
            4,
            stub.comment(9, stub.AGENT, 4, **said(CALLED), event_type="VoiceComment"),
        ),
    ]
    account.users = [
        *(stub.user(9100 + n, n) for n in range(6)),
        stub.user(stub.BUYER, 10),
        stub.user(stub.AGENT, 11, name="Anna Bianchi", role="agent"),
        stub.user(ROBOT, 12, name="Helper", role="agent", tags=["bot"]),
    ]
    return account


ALL = {
    "1": ("customer", ASKED),
    "2": ("agent", ANSWERED),
    "3": ("agent", NOTED),
    "4": ("system", AUTOMATIC),
    "5": ("bot", BOT),
    "8": ("system", QUOTED),
    "9": ("system", CALLED),
}
AGENTS = {name: ALL[name] for name in ("2", "3")}


@pytest.mark.parametrize(("mode", "expected"), [("all", ALL), ("agent", AGENTS), ("", {})])
def test_each_mode_keeps_what_it_says_and_nothing_else_holds_a_text(
    load: Load, home: Path, monkeypatch: pytest.MonkeyPatch, mode: str, expected: dict[str, Any]
) -> None:
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", mode)
    assert load().error is None
    assert kept(home) == expected
    assert places(home, "planted-", ASKED, ANSWERED) == {}
    assert store_file(home).exists() is bool(mode)
    if mode:
        with sqlite3.connect(store_file(home)) as raw:
            beside = raw.execute("select author_role, buyer_ref is not null from texts").fetchall()
        raw.close()
        assert all(has_buyer == (role == "customer") for role, has_buyer in beside)


def test_a_colleague_known_from_before_is_one_at_once(
    load: Load, home: Path, account: stub.StubAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", "agent")
    load()
    account.users.clear()
    account.events += [
        stub.audit(110, 1, 60, stub.comment(11, stub.AGENT, 60, body="planted-later")),
        stub.audit(111, 1, 61, stub.comment(12, stub.BUYER, 61, body="planted-again")),
    ]
    load()
    assert kept(home) == AGENTS | {"11": ("agent", "planted-later")}


def test_what_the_vendor_blacked_out_or_deleted_goes(
    load: Load, home: Path, account: stub.StubAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", "all")
    account.tickets.append(stub.ticket(2, 6))
    account.events.append(stub.audit(105, 2, 5, stub.comment(6, stub.AGENT, 5, body="planted-six")))
    load()
    assert kept(home)["6"] == ("agent", "planted-six")
    redaction = {"id": 91, "event_type": "CommentRedactionEvent", "comment_id": 2}
    account.events += [
        stub.audit(120, 1, 60, redaction, updater_id=stub.AGENT),
        stub.audit(121, 1, 61, stub.comment(3, stub.AGENT, 2, body=stub_blackened())),
    ]
    account.tickets.append(stub.ticket(2, 62, status="deleted"))
    load()
    assert set(kept(home)) == {"1", "4", "5", "8", "9"}


def stub_blackened() -> str:
    return "\u2587" * 12


def test_a_forgotten_buyers_tickets_lose_their_texts_and_get_no_new_ones(
    load: Load, home: Path, account: stub.StubAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", "all")
    account.tickets.append(
        stub.ticket(7, 6, requester_id=stub.STRANGER, submitter_id=stub.STRANGER)
    )
    account.events.append(
        stub.audit(106, 7, 5, stub.comment(70, stub.STRANGER, 5, body="planted-hers"))
    )
    load()
    done = forget(home, str(stub.BUYER))
    assert (done.texts, done.still_named) == (len(ALL), ())
    assert kept(home) == {"70": ("customer", "planted-hers")}
    # all of it again, an answer in his old ticket, and a new ticket of his with an answer
    account.tickets.append(stub.ticket(8, 70))
    account.events += [
        stub.audit(130, 1, 60, stub.comment(13, stub.AGENT, 60, body="planted-answer")),
        stub.audit(131, 8, 61, stub.comment(14, stub.AGENT, 61, body="planted-to-a-new-one")),
        stub.audit(132, 8, 62, stub.comment(15, stub.BUYER, 62, body="planted-back")),
    ]
    reset_cursors(settings_of(home), ["zendesk"])
    load()
    assert kept(home) == {"70": ("customer", "planted-hers")}
    assert places(home, "planted-") == {}


def test_a_wrong_key_stops_the_source_before_anything_is_asked_and_loses_nothing(
    load: Load, home: Path, account: stub.StubAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", "agent")
    monkeypatch.setenv("DESKHOUSE_TEXTS_KEY", "1" * 40)
    load()
    account.events.append(stub.audit(140, 1, 60, stub.comment(16, stub.AGENT, 60, body="planted")))
    asked = len(account.requests)
    monkeypatch.setenv("DESKHOUSE_TEXTS_KEY", "2" * 40)
    assert isinstance(load().error, TextKeyError)
    assert len(account.requests) == asked
    monkeypatch.setenv("DESKHOUSE_TEXTS_KEY", "1" * 40)
    assert load().error is None
    assert kept(home) == AGENTS | {"16": ("agent", "planted")}


def test_switched_off_nothing_more_is_kept_and_what_is_there_stays_until_its_days_end(
    load: Load, home: Path, account: stub.StubAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", "agent")
    load()
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", "")
    account.events.append(stub.audit(150, 1, 60, stub.comment(17, stub.AGENT, 60, body="planted")))
    load()
    assert kept(home) == AGENTS
    monkeypatch.setenv("DESKHOUSE_TEXTS_RETENTION_DAYS", "1")
    assert sweep(settings_of(home).ingestion) == len(AGENTS)
    assert kept(home) == {}
