"""Messages of files in the store of texts: what stands where a file would have a hash of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingestion.config import IngestionSettings
from ingestion.sources.landing.folder import LandingFolder
from ingestion.texts.store import store_file
from tests.ingestion.landing.conftest import AS_OF, Load, ticket
from tests.ingestion.texts.reading import kept, places
from tests.orchestration.forgetting import forget

ADDRESS = "vera.falk@example.org"


def _message(name: str, role: str, body: str | None, **changed: Any) -> dict[str, Any]:
    row = {
        "tenant_id": "acme",
        "source_system": "desk",
        "message_id": name,
        "ticket_id": "k",
        "sent_at": "2026-10-31T09:00:00Z",
        "direction": "inbound" if role == "customer" else "outbound",
        "visibility": "public",
        "author_role": role,
        "author_id": ADDRESS if role == "customer" else "ana",
        "body_hash": body,
    }
    return row | changed


def _write(folder: Path, *messages: dict[str, Any]) -> None:
    for table, rows in (("tickets", [ticket("k", customer_ref=ADDRESS)]), ("messages", messages)):
        (folder / f"{table}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKHOUSE_LEDGER_KEYS", str(tmp_path / "keys"))


PLANTED = (
    _message("1", "customer", "planted-asked"),
    _message("2", "agent", "planted-answered"),
    _message("3", "agent", "0123456789abcdef0123456789abcdef"),
    _message("4", "agent", "planted-deleted", deleted_at="2026-10-31T10:00:00Z"),
    _message("5", "agent", "planted-too-old", sent_at="2026-01-01T00:00:00Z"),
)
ASKED, ANSWERED = ("customer", "planted-asked"), ("agent", "planted-answered")


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("all", {"1": ASKED, "2": ANSWERED}), ("agent", {"2": ANSWERED}), ("", {})],
)
def test_each_mode_keeps_what_it_says(
    landing: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
    expected: dict[str, Any],
) -> None:
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", mode)
    _write(landing, *PLANTED)
    home = tmp_path / "home"
    settings = IngestionSettings(home, AS_OF, landing)
    LandingFolder(settings, landing, is_looking=True).news("messages")
    assert not store_file(home).exists(), "a look at a folder keeps nothing"
    _read(home, landing)
    assert kept(home) == expected
    assert store_file(home).exists() is bool(mode)


def test_a_later_version_counts_and_a_forgotten_buyer_takes_the_answers_along(
    landing: Path, load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", "all")
    _write(landing, *PLANTED)
    assert load().error is None
    assert places(tmp_path / "home", "planted-") == {}
    home = tmp_path / "home"
    edited = _message("2", "agent", "planted-edited", source_updated_at="2026-10-31T12:00:00Z")
    _write(landing, PLANTED[0], edited)
    _read(home, landing)
    assert kept(home) == {"1": ASKED, "2": ("agent", "planted-edited")}
    assert forget(home, ADDRESS).texts == 2
    _write(landing, *PLANTED, _message("6", "agent", "planted-answer-again"))
    _read(home, landing)
    assert kept(home) == {}


def _read(home: Path, landing: Path) -> None:
    """What a load does with the files, without loading them."""
    folder = LandingFolder(IngestionSettings(home, AS_OF, landing), landing)
    assert folder.news("messages").refusals == []
    assert folder.texts is not None
    folder.texts.keeper.flush()
