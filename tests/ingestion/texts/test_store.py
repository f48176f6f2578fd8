"""The store of texts: what is deleted leaves no byte, what was changed shows, and nothing opens it but its key."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingestion.config import IngestionSettings
from ingestion.errors import ConfigurationError, DamagedFileError
from ingestion.texts.faults import TextKeyError
from ingestion.texts.keeper import TextKeeper
from ingestion.texts.keeping import read_keeping
from ingestion.texts.key import load_key, next_key
from ingestion.texts.message import Message
from ingestion.texts.store import TextStore, remove_store, store_file
from ingestion.texts.sweeping import drop_old, follow_keys, forget_texts, sweep
from tests.ingestion.texts.reading import kept, places

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
SAID = "planted-8c1f of a buyer who does not exist"
ONE, TWO = "1" * 40, "2" * 40


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKHOUSE_LEDGER_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", "all")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def message(name: str = "m", ticket: str = "t", role: str = "customer", **changes: str) -> Message:
    sent_at = changes.get("sent_at", "2026-10-30T09:00:00Z")
    buyer = changes.get("buyer", "f" * 32) if role == "customer" else None
    return Message("main", "desk", name, ticket, role, sent_at, buyer)


def keep(home: Path, *found: tuple[Message, str | None]) -> None:
    keeper = TextKeeper(IngestionSettings(home, AS_OF))
    for one, text in found:
        keeper.keep(one, text)
    keeper.flush()


def test_off_by_default_makes_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("", "off", "none"):
        monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", value)
        keep(home, (message(), SAID))
        assert sweep(IngestionSettings(home, AS_OF)) == 0
    assert not home.exists()
    assert not (home.parent / "keys").exists()


def test_a_text_comes_back_and_stands_nowhere_readable(home: Path) -> None:
    keep(home, (message(), SAID))
    assert kept(home) == {"m": ("customer", SAID)}
    assert places(home, SAID, "planted-8c1f") == {}
    for path, mode in ((store_file(home), 0o600), (store_file(home).parent, 0o700)):
        assert stat.S_IMODE(path.stat().st_mode) == mode
    key = home.parent / "keys" / "texts.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_bytes() not in store_file(home).read_bytes()


def test_agent_keeps_agents_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    roles = ("customer", "agent", "bot", "system", "marketplace")
    keep(home, *((message(role, role=role), SAID) for role in roles))
    assert set(kept(home)) == set(roles)
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", "agent")
    assert sweep(IngestionSettings(home, AS_OF)) == 4
    keep(home, *((message(f"{role}-2", role=role), SAID) for role in roles))
    assert set(kept(home)) == {"agent", "agent-2"}


def test_an_edited_message_is_replaced_and_an_emptied_one_is_gone(home: Path) -> None:
    keep(home, (message(), SAID), (message("n"), "before"), (message("n"), "after"))
    before = store_file(home).stat().st_mtime_ns
    keep(home, (message(), SAID))
    assert store_file(home).stat().st_mtime_ns == before, "the same text is not written again"
    keep(home, (message(), "edited"))
    assert kept(home) == {"m": ("customer", "edited"), "n": ("customer", "after")}
    keep(home, (message(), None), (message("n"), " \n"))
    assert kept(home) == {}


def test_what_is_deleted_leaves_no_byte(home: Path) -> None:
    """Deleted values of a plain column show what the engine does with all of them."""
    many = [(message(f"gone-{n}", f"ticket-{n}", buyer=f"{n:032x}"), SAID * 50) for n in range(60)]
    keep(home, *many, (message("stays", "other"), SAID))
    content = store_file(home).read_bytes()
    tokens = [one.message_id.encode() for one, _ in many] + [
        f"{n:032x}".encode() for n in range(60)
    ]
    with TextStore(home) as store:
        sealed = store.rows_of("select content from texts where message_id <> 'stays'")
    assert all(token in content for token in tokens)
    with TextStore(home) as store:
        assert store.drop_tickets([("main", "desk", f"ticket-{n}") for n in range(60)]) == 60
    content = store_file(home).read_bytes()
    assert [token for token in tokens if token in content] == []
    # a long value is cut over pages: every piece of it must be gone
    pieces = [value[at : at + 60] for (value,) in sealed for at in range(0, len(value) - 60, 600)]
    assert [piece for piece in pieces if piece in content] == []
    assert [path.name for path in store_file(home).parent.iterdir()] == ["texts.sqlite"]
    assert set(kept(home)) == {"stays"}


def test_days_end_texts_also_when_keeping_is_off_and_the_key_is_lost(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_TEXTS_RETENTION_DAYS", "30")
    keep(
        home,
        (message("old", sent_at="2026-10-01T23:59:59Z"), SAID),
        (message("edge", sent_at="2026-10-02T00:00:00Z"), SAID),
        (message("new"), SAID),
    )
    assert set(kept(home)) == {"edge", "new"}
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", "")
    (home.parent / "keys" / "texts.key").unlink()
    later = IngestionSettings(home, datetime(2026, 11, 1, 0, 0, 1, tzinfo=UTC))
    assert drop_old(later) == 1
    with TextStore(home) as store:
        assert store.rows_of("select message_id from texts") == [("new",)]


def test_another_key_or_none_is_one_sentence_and_changes_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(home, (message(), SAID))
    before = store_file(home).read_bytes()
    monkeypatch.setenv("DESKHOUSE_TEXTS_KEY", ONE)
    with pytest.raises(TextKeyError, match="put that one back") as wrong:
        TextKeeper(IngestionSettings(home, AS_OF))
    monkeypatch.delenv("DESKHOUSE_TEXTS_KEY")
    key = home.parent / "keys" / "texts.key"
    key.rename(key.with_suffix(".away"))
    with pytest.raises(ConfigurationError, match="is missing: put it back") as missing:
        TextKeeper(IngestionSettings(home, AS_OF))
    assert not key.exists(), "no new key is made while something is stored"
    assert all("\n" not in str(one.value) for one in (wrong, missing))
    assert store_file(home).read_bytes() == before
    key.with_suffix(".away").rename(key)
    assert kept(home) == {"m": ("customer", SAID)}
    assert remove_store(home) and not remove_store(home)
    key.unlink()
    keep(home, (message(), SAID))
    assert kept(home) == {"m": ("customer", SAID)}


def test_a_key_within_the_home_or_a_short_one_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_TEXTS_KEY", "short but longer than sixteen")
    with pytest.raises(ConfigurationError, match="shorter than 32"):
        TextKeeper(IngestionSettings(home, AS_OF))
    monkeypatch.delenv("DESKHOUSE_TEXTS_KEY")
    monkeypatch.setenv("DESKHOUSE_LEDGER_KEYS", str(home / "keys"))
    with pytest.raises(ConfigurationError, match="key of the texts would lie in"):
        TextKeeper(IngestionSettings(home, AS_OF))


def test_a_rotated_key_reads_all_and_the_old_one_reads_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(home, (message(), SAID), (message("n"), "another"))
    old = load_key(home, is_made=False).cipher()
    new = next_key(home)
    with TextStore(home, new.cipher()) as store:
        assert store.encrypt_anew(new.cipher()) == 2
    assert kept(home) == {"m": ("customer", SAID), "n": ("customer", "another")}
    with pytest.raises(TextKeyError):
        TextStore(home, old)
    monkeypatch.setenv("DESKHOUSE_TEXTS_KEY", ONE)
    with pytest.raises(ConfigurationError, match="chain:OLD,NEW"):
        next_key(home)
    monkeypatch.setenv("DESKHOUSE_TEXTS_KEY", f"chain:{ONE},{TWO}")
    assert next_key(home).secrets == (ONE.encode(), TWO.encode())


def test_a_moved_or_changed_row_is_found_out(home: Path) -> None:
    keep(home, (message(), SAID), (message("n"), "another"))
    with sqlite3.connect(store_file(home)) as raw:
        raw.execute(
            "update texts set content = (select content from texts where message_id = 'n') where message_id = 'm'"
        )
    raw.close()
    with pytest.raises(DamagedFileError, match="m is another message's"):
        kept(home)
    with sqlite3.connect(store_file(home)) as raw:
        raw.execute("update texts set content = cast('x' as blob) where message_id = 'm'")
    raw.close()
    with pytest.raises(DamagedFileError, match="m was changed"):
        kept(home)


def test_a_damaged_file_is_one_sentence(home: Path) -> None:
    keep(home, (message(), SAID))
    store_file(home).write_bytes(b"no database at all, and long enough to be one" * 200)
    for look in (
        lambda: TextKeeper(IngestionSettings(home, AS_OF)),
        lambda: sweep(IngestionSettings(home, AS_OF)),
    ):
        with pytest.raises(DamagedFileError, match="set it aside with mv") as damaged:
            look()
        assert "\n" not in str(damaged.value)


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from ingestion.config import IngestionSettings
from ingestion.texts import store
from tests.ingestion.texts.test_store import AS_OF, SAID, keep, message
sealed = store.TextStore._sealed
def killed(self, identity, ticket, text):
    if identity[2] == "m7":
        os.kill(os.getpid(), signal.SIGKILL)
    return sealed(self, identity, ticket, text)
store.TextStore._sealed = killed
keep(Path(sys.argv[1]), *((message(f"m{n}"), SAID) for n in range(20)))
"""


def test_a_killed_writer_leaves_what_was_there(home: Path) -> None:
    keep(home, (message("first"), SAID))
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(home)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert set(kept(home)) == {"first"}
    keep(home, *((message(f"m{n}"), SAID) for n in range(20)))
    assert len(kept(home)) == 21


def test_a_forgotten_buyers_tickets_lose_their_answers_too(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what a killed run left of a ticket that no table knows, and under a privacy key of before."""
    home.mkdir()
    monkeypatch.setenv("DESKHOUSE_PRIVACY_KEY", ONE)
    keep(
        home,
        (message("asked", "his", buyer="a" * 32), SAID),
        (message("answered", "his", role="agent"), f"You wrote: {SAID}"),
        (message("other", "hers"), SAID),
    )
    monkeypatch.setenv("DESKHOUSE_PRIVACY_KEY", f"chain:{ONE},{TWO}")
    follow_keys(home)
    from ingestion.privacy import load_pseudonymiser

    followed = load_pseudonymiser(home).followed("a" * 32, 1)
    assert ("a" * 32).encode() not in store_file(home).read_bytes()
    assert forget_texts(home, [], "another tenant", [followed]) == 0
    assert forget_texts(home, [], "main", [followed]) == 2
    assert set(kept(home)) == {"other"}
    assert followed.encode() not in store_file(home).read_bytes()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DESKHOUSE_KEEP_TEXTS", "everything"),
        ("DESKHOUSE_TEXTS_RETENTION_DAYS", "0"),
        ("DESKHOUSE_TEXTS_RETENTION_DAYS", "-3"),
        ("DESKHOUSE_TEXTS_RETENTION_DAYS", "90 days"),
        ("DESKHOUSE_TEXTS_RETENTION_DAYS", "99999"),
    ],
)
def test_an_unusable_choice_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=name):
        read_keeping()
