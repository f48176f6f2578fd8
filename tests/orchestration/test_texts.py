"""The store of texts as its operator meets it: doctor, removal, another key, the daily job, and who may read it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
from typer.testing import CliRunner, Result

from ingestion.config import IngestionSettings
from ingestion.texts.keeper import TextKeeper
from ingestion.texts.key import load_key
from ingestion.texts.message import Message
from ingestion.texts.store import TextStore, store_file
from orchestration.cli import app
from orchestration.defs.schedules import TEXTS_JOB, definitions
from orchestration.doctor_texts import texts
from orchestration.findings import Finding
from orchestration.looking_back import looked_back
from orchestration.permissions import protect_home
from orchestration.resources import AS_OF_TAG, resources
from orchestration.settings import PROJECT_DIR, read_settings

AS_OF = "2026-11-01T06:00:00Z"
SAID = "planted-aa31 by nobody"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("DESKHOUSE_HOME", str(home))
    monkeypatch.setenv("DESKHOUSE_LEDGER_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("DESKHOUSE_AS_OF", AS_OF)
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", "all")
    return home


def _keep(home: Path, *sent: str) -> None:
    keeper = TextKeeper(IngestionSettings(home, datetime(2026, 10, 1, tzinfo=UTC)))
    for number, at in enumerate(sent):
        role = ("agent", "customer")[number % 2]
        keeper.keep(Message("main", "desk", f"m{number}", "t", role, at), SAID)
    keeper.flush()


def _found() -> list[Finding]:
    return list(texts(read_settings()))


def _asked(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def _logged(home: Path) -> list[str]:
    return [
        json.loads(line)["command"]
        for path in sorted((home / "audit").glob("lookups-*.jsonl"))
        for line in path.read_text().splitlines()
    ]


def test_doctor_says_what_is_kept_and_what_is_wrong(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", "")
    assert [(one.state, one.seen) for one in _found()] == [
        ("ok", "not kept (DESKHOUSE_KEEP_TEXTS)")
    ]
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", "all")
    assert _found()[0].seen == "all, none stored yet"
    _keep(home, "2026-09-20T00:00:00Z", "2026-09-21T00:00:00Z")
    (fine,) = _found()
    assert fine.state == "ok"
    assert "all, 90 days: 1 of agent, 1 of customer" in fine.seen and "texts.key" in fine.seen
    monkeypatch.setenv("DESKHOUSE_TEXTS_RETENTION_DAYS", "5")
    assert [one.state for one in _found()] == ["warning", "ok"]
    monkeypatch.setenv("DESKHOUSE_TEXTS_KEY", "k" * 40)
    assert _found()[-1].state == "error" and "put that one back" in _found()[-1].remedy
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", "")
    (left,) = _found()
    assert left.state == "warning" and "still holds 2 texts" in left.seen
    assert "deskhouse texts remove" in left.remedy


def test_removal_is_asked_for_and_logged_and_leaves_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "nothing was changed" in _asked("texts", "remove", "--yes").output
    _keep(home, "2026-09-20T00:00:00Z")
    assert "Nothing was changed" in CliRunner().invoke(app, ["texts", "remove"], input="n\n").output
    assert store_file(home).exists() and _logged(home) == []
    done = _asked("texts", "remove", "--yes")
    assert done.exit_code == 0 and "still all" in done.output
    assert not store_file(home).parent.exists()
    assert _logged(home) == ["texts remove"]
    monkeypatch.setenv("DESKHOUSE_KEEP_TEXTS", "")
    _asked("texts", "remove", "--yes")
    assert _logged(home) == ["texts remove"], "there is nothing to remove, so nothing is logged"


def test_another_key_reads_every_text(home: Path, tmp_path: Path) -> None:
    _keep(home, "2026-09-20T00:00:00Z", "2026-09-21T00:00:00Z")
    before = store_file(home).read_bytes()
    done = _asked("texts", "rotate-key")
    assert done.exit_code == 0 and "2 texts are encrypted" in done.output, done.output
    assert _logged(home) == ["texts rotate-key"]
    key = load_key(home, is_made=False)
    assert len(key.secrets) == 2
    with TextStore(home, key.cipher()) as store:
        found = store.texts_of([("main", "desk", "m0"), ("main", "desk", "m1")])
        sealed = [content for (content,) in store.rows_of("select content from texts")]
    assert list(found.values()) == [SAID, SAID]
    assert [content for content in sealed if content in before] == []


def test_the_daily_job_ends_texts_without_any_source(home: Path) -> None:
    _keep(home, "2026-08-01T00:00:00Z", "2026-09-21T00:00:00Z")
    found = definitions()
    (job,) = [one for one in found.jobs or [] if isinstance(one, dg.JobDefinition)]
    assert job.name == TEXTS_JOB
    with dg.DagsterInstance.ephemeral() as instance:
        done = job.execute_in_process(
            instance=instance,
            tags={AS_OF_TAG: "2026-11-10T03:50:00+00:00"},
            resources=resources(),
        )
    assert done.success
    with TextStore(home) as store:
        assert store.rows_of("select message_id from texts") == [("m1",)]
    scheduled = {one.job_name for one in found.schedules or []}
    assert TEXTS_JOB in scheduled


def test_a_look_back_gets_no_texts(home: Path) -> None:
    _keep(home, "2026-09-20T00:00:00Z")
    beside = looked_back(read_settings())
    assert not (beside.home / "texts").exists()
    assert not TextKeeper(beside.ingestion).is_on


def test_a_restored_store_that_is_open_to_others_is_closed(home: Path) -> None:
    _keep(home, "2026-09-20T00:00:00Z")
    store_file(home).parent.chmod(0o755)
    protect_home(home, home / "published")
    assert store_file(home).parent.stat().st_mode & 0o077 == 0


READERS = {
    # what decrypts: the look-up of a case, and the proof that a key fits
    "orchestration/case/texts.py",
    "orchestration/commands/case.py",
    "orchestration/commands/texts.py",
    "orchestration/doctor_texts.py",
    # what hands over or removes, and never reads
    "orchestration/defs/schedules.py",
    "orchestration/forgetting/erasing.py",
    "orchestration/commands/forget.py",
    "orchestration/looking_back.py",
    "orchestration/rotating.py",
}


def test_nothing_else_knows_the_store() -> None:
    """No page of the dashboard, no pack, message, export or step of the build can show a text."""
    imported = re.compile(
        r"^\s*(?:from|import) (?:ingestion\.texts|orchestration\.case\.texts)\b", re.M
    )
    found = {
        path.relative_to(PROJECT_DIR).as_posix()
        for path in (PROJECT_DIR / "orchestration").rglob("*.py")
        if imported.search(path.read_text(encoding="utf-8"))
    }
    assert found == READERS
