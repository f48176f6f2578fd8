"""Who may write under a home: one run from pull to publication, one writer at a time within it.

Both locks are the system's own on an open file, so they end with the process however it ends. The file says who holds
it and for what, for those who wait.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from ingestion.errors import ConfigurationError, WarehouseLockedError
from orchestration.terminal import Terminal

RUN_LOCK = "run.lock"
WRITER_LOCK = "writer.lock"
_DEFAULT_WAIT_SECONDS = 1800.0
_POLL_SECONDS = 0.2

Waiting = Callable[[str], None]
"""Told once, in a sentence, for whom somebody waits."""

_held: set[Path] = set()
"""Homes whose run this process is."""


def run_wait_seconds() -> float:
    """How long a run waits for the run before it (``DESKHOUSE_WAIT_SECONDS``).

    Raises:
        ConfigurationError: the variable is no number of seconds.
    """
    text = os.environ.get("DESKHOUSE_WAIT_SECONDS", "").strip()
    try:
        seconds = float(text) if text else _DEFAULT_WAIT_SECONDS
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise ConfigurationError(
            f"DESKHOUSE_WAIT_SECONDS is {text!r}: give seconds, 0 to refuse a second run at once."
        )
    return seconds


@contextmanager
def run_lock(
    home: Path, purpose: str, wait_seconds: float | None = None, waiting: Waiting | None = None
) -> Iterator[None]:
    """The right to be the run of ``home``, from the first pull to the publication.

    Args:
        home: ``DESKHOUSE_HOME``.
        purpose: what others are told they wait for, such as ``deskhouse run``.
        wait_seconds: default as configured.
        waiting: hears for whom this one waits; default a line on standard error.

    Raises:
        WarehouseLockedError: another run still holds it after ``wait_seconds``.
    """
    wait = run_wait_seconds() if wait_seconds is None else wait_seconds
    place = home.absolute()
    with held_file(home / RUN_LOCK, purpose, wait, waiting):
        _held.add(place)
        try:
            yield
        finally:
            _held.discard(place)


def holds_run(home: Path) -> bool:
    """Whether this very process is the run of ``home``."""
    return home.absolute() in _held


@contextmanager
def held_file(
    path: Path, purpose: str, wait_seconds: float, waiting: Waiting | None = None
) -> Iterator[None]:
    """Hold a lock file exclusively.

    Raises:
        WarehouseLockedError: naming the holder, when it still holds it after ``wait_seconds``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait_seconds
    is_told = False
    with path.open("a+", encoding="utf-8") as handle:
        while not _taken(handle):
            holder = _holder(handle)
            if time.monotonic() >= deadline:
                raise WarehouseLockedError(
                    f"Another run ({holder}) is writing under {path.parent}: "
                    "wait until it ends or stop it, then run again."
                )
            if not is_told:
                text = (
                    f"waiting for another run to end ({holder}, it is writing under {path.parent})"
                )
                (waiting or _say)(text)
                is_told = True
            time.sleep(min(_POLL_SECONDS, max(0.0, deadline - time.monotonic())))
        handle.seek(0)
        handle.truncate()
        handle.write(
            f"process {os.getpid()}: {purpose}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
        )
        handle.flush()
        yield


def _taken(handle: IO[str]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(handle: IO[str]) -> str:
    handle.seek(0)
    return handle.read().strip() or "unknown"


def _say(text: str) -> None:
    Terminal(is_error=True).line(text)
