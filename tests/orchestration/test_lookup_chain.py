"""The log of look-ups as a chain: what is taken from it, changed or put into it is found."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.key_folder import FOLDER_VARIABLE
from orchestration.doctor import _lookups
from orchestration.lookups import audit_dir, log_faults, log_lookup, logged
from orchestration.settings import read_settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home with a key of its own."""
    monkeypatch.setenv("DESKHOUSE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "keys"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


_LINES = st.integers(2, 8)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), has_old=st.booleans())
def test_every_line_taken_from_the_log_or_changed_in_it_is_found(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, has_old: bool
) -> None:
    """Lines of two months, some of an older version; one of ours is deleted, changed, moved or copied."""
    home = tmp_path_factory.mktemp("log")
    folder = audit_dir(home)
    folder.mkdir()
    if has_old:
        old = {
            "at": "x",
            "user": "u",
            "command": "alerts",
            "agent_keys": ["a"],
            "agents": 1,
            "rows": 1,
        }
        (folder / "lookups-2020-01.jsonl").write_text(json.dumps(old) + "\n")
    count = data.draw(_LINES)
    with pytest.MonkeyPatch.context() as patched:
        for number in range(count):
            month = "2026-10" if number < count // 2 else "2026-11"
            clock = datetime.fromisoformat(f"{month}-05T10:00:00+00:00")
            patched.setattr(
                "orchestration.lookups.datetime", SimpleNamespace(now=lambda _, c=clock: c)
            )
            log_lookup(home, f"explain {number}", ["ana"], number)
    assert log_faults(home) == []
    paths = sorted(folder.glob("lookups-2026-*.jsonl"))
    lines = [(path, line) for path in paths for line in path.read_bytes().splitlines(keepends=True)]
    place = data.draw(st.integers(0, len(lines) - 1))
    how = data.draw(st.sampled_from(("delete", "change", "copy", "cut", "move")))
    path, line = lines[place]
    if how == "delete":
        lines[place] = (path, b"")
    elif how == "change":
        lines[place] = (path, line.replace(b"ana", b"ben"))
    elif how == "copy":
        lines[place] = (path, line + line)
    elif how == "cut":
        lines[place:] = [(each, b"") for each, _ in lines[place:]]
    else:
        other = data.draw(st.integers(0, len(lines) - 1).filter(lambda n: n != place))
        lines[place], lines[other] = (path, lines[other][1]), (lines[other][0], line)
    for each in paths:
        content = b"".join(text for at, text in lines if at == each)
        each.write_bytes(content)
        if not content:
            each.unlink()
    assert log_faults(home), how
    # The log goes on behind the gap, and the gap stays visible.
    log_lookup(home, "explain later", ["ana"], 1)
    assert log_faults(home), how
    assert [found.command for found in logged(home)][-1] == "explain later"


def test_a_killed_writer_loses_no_line_and_is_no_fault(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_lookup(home, "alerts", ["ana"], 1)
    with monkeypatch.context() as patched:
        patched.setattr("orchestration.lookups.remember", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            log_lookup(home, "alerts", ["ben"], 1)
    assert log_faults(home) == []
    log_lookup(home, "alerts", ["eve"], 1)
    assert [lookup.seq for lookup in logged(home)] == [1, 2, 3]
    assert log_faults(home) == []


def test_whole_files_that_were_removed_by_age_are_named_and_no_fault(home: Path) -> None:
    for _ in range(3):
        log_lookup(home, "alerts", ["ana"], 1)
    (path,) = audit_dir(home).glob("*.jsonl")
    path.rename(path.with_name("lookups-2020-01.jsonl"))
    log_lookup(home, "alerts", ["ana"], 1)
    assert log_faults(home) == []
    (audit_dir(home) / "lookups-2020-01.jsonl").unlink()
    (found,) = log_faults(home)
    assert not found.is_fault and "begins with look-up 4" in found.seen
    findings = [finding for finding in _lookups(read_settings()) if finding.subject == "look-ups"]
    assert {finding.state for finding in findings} == {"warning", "ok"}
