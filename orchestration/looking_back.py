"""Runs at an instant before what is known already: never in the ledger, not published, built beside the warehouse."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ingestion.errors import DeskhouseError, DiskFullError
from ingestion.texts.keeping import KEEP_VARIABLE
from orchestration.gate import forget_profiles
from orchestration.ledger.look_back import LookBack, look_back_of, write_look_back
from orchestration.ledger.tables import fill_raw_ledger, newest
from orchestration.preflight import free_bytes, needed_bytes
from orchestration.settings import Settings
from orchestration.warehouse import engine_errors, warehouse_lock

FOLDER = "look-back"
_LOCK_WAIT_SECONDS = 30
_COPIED_FILES = ("warehouse.duckdb", "warehouse.duckdb.wal", "privacy.key", "simulator.json")
_COPIED_FOLDERS = ("dlt", "forgotten")


class LookBackError(DeskhouseError):
    """A run at an instant before what is known already; nothing was recorded or published."""


@dataclass(frozen=True)
class Known:
    """The latest instant that something was recorded or published for (aware, UTC), and what it was."""

    at: datetime
    what: str


def known_later(settings: Settings, *, is_close: bool = False) -> Known | None:
    """What is known of an instant later than that of a run; None for a run that goes forward.

    Args:
        settings: of the run.
        is_close: the run closes a month: it judges at the instant the warehouse was built at, so another month may
            have been closed since; what that close knew counts, not when it was made.

    Raises:
        LedgerError: the ledger does not verify.
    """
    later = [known for known in _known(settings, is_close) if known.at > settings.as_of]
    return max(later, key=lambda known: known.at, default=None)


def _known(settings: Settings, is_close: bool) -> Iterator[Known]:
    column = "data_as_of" if is_close else "closed_at"
    for table, name, what in (
        ("closes", column, "a close"),
        ("restatements", "detected_at", "recorded restatements"),
    ):
        found = newest(settings.home, table, name)
        if found is not None:
            yield Known(found, what)
    record = settings.published_dir / "current" / "publication.json"
    if record.is_file():
        try:
            content = json.loads(record.read_text(encoding="utf-8"))
            yield Known(
                datetime.fromisoformat(content["as_of"]).astimezone(UTC), "what is published"
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LookBackError(
                f"{record} is damaged, so nobody knows the instant of what is published: remove the link "
                f"{settings.published_dir / 'current'} and run again."
            ) from error


def refuse_past(settings: Settings, *, is_close: bool = False) -> None:
    """Stop a run of the home itself that would take back what is known; a look-back at its instant passes.

    Raises:
        LookBackError: it is judged before a close, a restatement or the last publication.
    """
    look = look_back_of(settings.home)
    if look is not None:
        if look.as_of != settings.as_of:
            raise LookBackError(
                f"{settings.home} looks back from {said(look.as_of)} and nothing else: run in {look.home} instead."
            )
        return
    known = known_later(settings, is_close=is_close)
    if known is None:
        return
    remedy = (
        "run deskhouse run, then close"
        if is_close
        else f"look back with deskhouse run --as-of {settings.as_of.isoformat()}, which builds beside the warehouse, "
        "or replace what is published with --publish-past"
    )
    raise LookBackError(
        f"This run is judged at {said(settings.as_of)}, before {known.what} of {said(known.at)}: "
        f"nothing was recorded or published; {remedy}."
    )


def looked_back(settings: Settings) -> Settings:
    """Settings of a look-back: a home of its own under ``look-back``, with copies of warehouse, cursors and keys.

    An earlier look-back is removed, so that there is one at most. The environment is pointed at the new home.

    Raises:
        WarehouseLockedError: a run is writing.
        DiskFullError: there is no room for the copy.
    """
    folder = settings.home / FOLDER / f"{settings.as_of:%Y%m%dT%H%M%SZ}"
    with warehouse_lock(settings.home, _LOCK_WAIT_SECONDS), engine_errors(folder):
        shutil.rmtree(settings.home / FOLDER, ignore_errors=True)
        _refuse_without_room(settings)
        folder.mkdir(mode=0o700, parents=True)
        # First of all: from here on nothing that happens in the folder can reach the ledger.
        write_look_back(folder, LookBack(settings.home, settings.as_of))
        for name in _COPIED_FILES:
            if (settings.home / name).is_file():
                shutil.copy2(settings.home / name, folder / name)
        for name in _COPIED_FOLDERS:
            if (settings.home / name).is_dir():
                shutil.copytree(settings.home / name, folder / name, symlinks=True)
    os.environ["DESKHOUSE_HOME"] = str(folder)
    # A look-back is a copy to compare numbers with: it gets no texts, neither copied nor read anew.
    os.environ[KEEP_VARIABLE] = ""
    beside = replace(settings, home=folder)
    if beside.warehouse.exists():
        # The ledger was shorter then; counts of today would take that for a loss.
        forget_profiles(beside)
        fill_raw_ledger(folder)
    return beside


def _refuse_without_room(settings: Settings) -> None:
    copied = _size(settings.warehouse) + sum(
        _size(path) for path in (settings.home / "dlt").rglob("*")
    )
    free, needed = free_bytes(settings.home), copied + needed_bytes(settings.home)
    if free < needed:
        raise DiskFullError(
            f"The disk that holds {settings.home} has {free // 2**20} MiB free and a look-back needs "
            f"{needed // 2**20} MiB: free some space; nothing was changed."
        )


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def said(instant: datetime) -> str:
    """An instant as people read it."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
