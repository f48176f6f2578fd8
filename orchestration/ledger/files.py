"""Files that are whole or not there, hashes that are computed once, and one writer at a time per folder."""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

_held = threading.local()
"""Locks of this thread by path: 1 = shared, 2 = exclusive."""


def write_synced(path: Path, content: bytes) -> None:
    """Write a file for its owner alone and force it to the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(descriptor)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one step: whole and on the disk, or not at all."""
    pending = path.with_name(f".{path.name}.pending")
    write_synced(pending, content)
    pending.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest_of(path: Path) -> str:
    """SHA-256 of a file; computed anew only when the system says that the file was touched."""
    state = path.stat()
    return _digest(path, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)


@lru_cache(maxsize=4096)
def _digest(path: Path, *_state: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def folder_lock(folder: Path, *, is_exclusive: bool) -> Iterator[None]:
    """Hold the lock of a folder for the block, waiting for it; within a held one of the same thread it is free.

    Readers of a folder in which no lock can be made read without: nobody can write there either.
    """
    held: dict[Path, int] = _held.__dict__.setdefault("by_path", {})
    path = folder / ".lock"
    wanted = 2 if is_exclusive else 1
    before = held.get(path, 0)
    if before >= wanted:
        yield
        return
    if before:
        raise RuntimeError(f"{path} is held for reading and cannot be taken for writing.")
    descriptor = _opened(path, is_exclusive)
    if descriptor is None:
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if is_exclusive else fcntl.LOCK_SH)
        held[path] = wanted
        yield
    finally:
        held.pop(path, None)
        os.close(descriptor)


def _opened(path: Path, is_exclusive: bool) -> int | None:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        if is_exclusive:
            raise
    try:
        return os.open(path, os.O_RDONLY)
    except OSError:
        return None
