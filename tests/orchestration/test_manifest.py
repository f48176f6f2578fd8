"""Preparing the dbt project: one process parses, nobody reads a manifest that is being written."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import pytest

from orchestration import manifest
from orchestration.manifest import DbtProjectError, prepared_manifest

_SIZE = 200_000


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setattr(manifest, "project_fingerprint", lambda: "these files")
    return tmp_path / "target"


def test_one_parses_for_all_and_what_is_read_is_whole(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[Path] = []

    def slow_parse(folder: Path, _target: str) -> None:
        parsed.append(folder)
        (folder / "partial_parse.msgpack").touch()
        with (folder / "manifest.json").open("w") as handle:
            for part in ('{"nodes": "', "x" * _SIZE, '"}'):
                handle.write(part)
                handle.flush()
                time.sleep(0.1)

    monkeypatch.setattr(manifest, "_parse", slow_parse)
    target.mkdir()
    (target / "manifest.json").write_text('{"nodes": "of the files before"}')
    (target / "manifest.fingerprint").write_text("the files before")
    found: list[object] = []
    is_over = threading.Event()

    def watch() -> None:
        """A process that was told the place before and reads while another one parses."""
        while not is_over.is_set():
            found.append(json.loads((target / "manifest.json").read_text())["nodes"])

    def prepare() -> None:
        found.append(json.loads(prepared_manifest().read_text())["nodes"])

    watcher = threading.Thread(target=watch)
    workers = [threading.Thread(target=prepare) for _ in range(4)]
    for thread in (watcher, *workers):
        thread.start()
    for thread in workers:
        thread.join()
    is_over.set()
    watcher.join()
    assert len(parsed) == 1
    assert set(found) <= {"of the files before", "x" * _SIZE}
    assert found.count("x" * _SIZE) >= len(workers)
    assert not list(target.glob(".parsing-*"))


def test_what_dbt_knows_of_the_files_is_kept_for_the_next_parse(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(folder: Path, _target: str) -> None:
        known = folder / "partial_parse.msgpack"
        known.write_text(known.read_text() + "+" if known.exists() else "known")
        (folder / "manifest.json").write_text("{}")

    monkeypatch.setattr(manifest, "_parse", parse)
    prepared_manifest()
    monkeypatch.setattr(manifest, "project_fingerprint", lambda: "others")
    prepared_manifest()
    prepared_manifest()
    assert (target / "partial_parse.msgpack").read_text() == "known+"


def test_a_project_that_does_not_parse_leaves_the_manifest_before(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(folder: Path, _target: str) -> None:
        (folder / "manifest.json").write_text('{"half":')
        raise DbtProjectError("it does not parse")

    monkeypatch.setattr(manifest, "_parse", parse)
    target.mkdir()
    (target / "manifest.json").write_text("{}")
    with pytest.raises(DbtProjectError):
        prepared_manifest()
    assert (target / "manifest.json").read_text() == "{}"
    assert not (target / "manifest.fingerprint").exists()


def test_what_dbt_knows_is_given_up_where_it_stands_in_the_way(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after an upgrade that moved descriptions to other files, which dbt then finds twice."""

    def parse(folder: Path, _target: str) -> None:
        if (folder / "partial_parse.msgpack").exists():
            raise DbtProjectError("two entries for the same resource")
        (folder / "partial_parse.msgpack").write_text("anew")
        (folder / "manifest.json").write_text("{}")

    monkeypatch.setattr(manifest, "_parse", parse)
    target.mkdir()
    (target / "partial_parse.msgpack").write_text("of the version before")
    prepared_manifest()
    assert (target / "partial_parse.msgpack").read_text() == "anew"
