"""Versions of the publication: candidates that no gate has passed yet, and the gated ones that readers may be shown.

``published/candidates/<id>`` is where a run stages its own version, ``published/versions/<id>`` where it goes once the
gate has marked it. ``published/current`` is a link to the version that readers see; ``published/marts.duckdb`` and
``published/parquet`` point through it. Replacing that one link publishes all files of a version in the same instant.

A version without the gate's mark is never shown, never offered by ``deskhouse rollback``, and removed by the run after
the one that left it behind. The caller holds the run's lock, but nothing here relies on it: whoever interleaves is
refused.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingestion.errors import DeskhouseError
from orchestration.permissions import share_as

KEPT_VERSIONS = 3
BUILDING = ".building-"
OWNER_FILE = "owner"
"""Identity of the process that stages a candidate; it is gone once the version is published."""
KEY_VERSION = "key_version"
"""Version of the privacy key that a version's pseudonyms are made with; missing where persons' keys had none."""
_RECORD = "publication.json"
_MARK = "gate.json"


class PublishingError(DeskhouseError):
    """The marts could not be published; what was published before stays."""


@dataclass(frozen=True)
class PublishedTable:
    """One published table and its number of rows."""

    schema: str
    table: str
    rows: int


@dataclass(frozen=True)
class Candidate:
    """A complete version on disk; ``run_id`` is the run that staged it and alone may publish it."""

    version: str
    folder: Path
    run_id: str
    tables: tuple[PublishedTable, ...]

    @property
    def marts_file(self) -> Path:
        """The database file of this version."""
        return self.folder / "marts.duckdb"


@dataclass(frozen=True)
class Version:
    """A version that a gate has passed; ``number`` grows with every one staged, whatever the clock said then."""

    version: str
    folder: Path
    number: int
    published_at: str
    as_of: str
    rows: int
    gated_at: str
    is_current: bool


def candidates_dir(published_dir: Path) -> Path:
    """Folder of staged versions; it is closed to everybody but the owner."""
    return published_dir / "candidates"


def versions_dir(published_dir: Path) -> Path:
    """Folder of gated versions."""
    return published_dir / "versions"


def current_version(published_dir: Path) -> str | None:
    """Id of the version readers see; None before the first publication."""
    link = published_dir / "current"
    return link.readlink().name if link.is_symlink() else None


def next_number(published_dir: Path) -> int:
    """Number of the next version, one more than the highest there is."""
    folders = [*folders_in(versions_dir(published_dir)), *folders_in(candidates_dir(published_dir))]
    return 1 + max((_number(folder) for folder in folders), default=0)


def candidate_of(published_dir: Path, run_id: str) -> Candidate:
    """The version that a run has staged; no other run's is ever taken for it.

    Raises:
        PublishingError: the run has staged none, or it is gone.
    """
    for folder in folders_in(candidates_dir(published_dir)):
        content = record_of(folder)
        if content.get("run_id") == run_id:
            tables = []
            for address, rows in content["rows"].items():
                schema, table = address.split(".", 1)
                tables.append(PublishedTable(schema, table, rows))
            return Candidate(content["version"], folder, run_id, tuple(tables))
    raise PublishingError(
        f"This run has no staged version of its own under {candidates_dir(published_dir)}: "
        "deskhouse run stages, proves and publishes one."
    )


def mark_gated(candidate: Candidate, checks: int, warnings: int) -> None:
    """Note on the disk that the gate has passed a candidate; only then it can be published.

    Raises:
        PublishingError: the candidate is gone.
    """
    if not record_of(candidate.folder):
        raise gone(candidate)
    write_mark(
        candidate.folder, {"run_id": candidate.run_id, "checks": checks, "warnings": warnings}
    )


def gated_versions(published_dir: Path) -> list[Version]:
    """Versions that readers may be shown, the newest first; one published before gates left marks is among them."""
    current = current_version(published_dir)
    found = []
    for folder in folders_in(versions_dir(published_dir)):
        content, mark = record_of(folder), _read(folder / _MARK)
        if not content or not (mark or folder.name == current):
            continue
        found.append(
            Version(
                folder.name,
                folder,
                int(content.get("number", 0)),
                str(content.get("published_at", "")),
                str(content.get("as_of", "")),
                sum(content.get("rows", {}).values()),
                str(mark.get("gated_at", "")),
                folder.name == current,
            )
        )
    return sorted(found, key=lambda version: (version.number, version.version), reverse=True)


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_gated(folder: Path) -> bool:
    """Whether the gate's mark is on a version."""
    return bool(_read(folder / _MARK))


def note_rewriting(folder: Path, receipt: str) -> None:
    """Say in a version's ``publication.json`` that its files are no longer those that were published, and why."""
    content = record_of(folder)
    if not content:
        return
    notes = [one for one in content.get("rewritten", []) if one.get("receipt") != receipt]
    notes.append(
        {"receipt": receipt, "by": "deskhouse forget", "at": datetime.now(UTC).isoformat()}
    )
    fresh = folder / f".{_RECORD}"
    fresh.write_text(json.dumps({**content, "rewritten": notes}, indent=2) + "\n", encoding="utf-8")
    share_as(fresh, folder / _RECORD)
    fresh.replace(folder / _RECORD)


def write_mark(folder: Path, content: dict[str, Any]) -> None:
    """On the disk when this returns, and never half."""
    content = {**content, "gated_at": datetime.now(UTC).isoformat()}
    fresh = folder / f".{_MARK}"
    with fresh.open("w", encoding="utf-8") as handle:
        handle.write(json.dumps(content, indent=2) + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    share_as(fresh, folder / _RECORD)
    fresh.replace(folder / _MARK)
    sync_folder(folder)


def folders_in(folder: Path) -> Iterator[Path]:
    """Versions in a folder by name, without those being written."""
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def record_of(folder: Path) -> dict[str, Any]:
    """``publication.json`` of a version; empty when there is none."""
    return _read(folder / _RECORD)


def key_version_of(folder: Path) -> int:
    """How many privacy keys the pseudonyms of a version went through; 0 before persons' keys were made with one."""
    return int(record_of(folder).get(KEY_VERSION, 0))


def _number(folder: Path) -> int:
    return int(record_of(folder).get("number", 0))


def _read(path: Path) -> dict[str, Any]:
    """A JSON object; empty when there is none, or a torn one."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def gone(candidate: Candidate) -> PublishingError:
    """The error for a candidate that somebody removed."""
    return PublishingError(
        f"The staged version {candidate.version} is gone, so it is not published: run deskhouse run again."
    )
