"""A home that several tests read is built once, however many worker processes the tests run on."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

_SESSION: list[pytest.TempPathFactory] = []


def know_folders(factory: pytest.TempPathFactory) -> None:
    """Remember the session's temporary folders for what is built outside fixtures."""
    _SESSION[:] = [factory]


@contextmanager
def held_for_reading(home: Path) -> Iterator[Path]:
    """A home whose warehouse nobody writes, its file open in this process: to open it for each question takes long."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True):
        yield home


def built_once_for_all(name: str, build: Callable[[Path], object]) -> Path:
    """As ``built_once``, for callers that have no fixture to ask."""
    if _SESSION:
        return built_once(_SESSION[0], name, build)
    folder = Path(tempfile.mkdtemp(prefix=f"deskhouse-{name}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    build(folder)
    return folder


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], object]) -> Path:
    """The folder ``name`` of this test session, filled by ``build``; the first worker builds, the others wait.

    Args:
        factory: pytest's temporary folders.
        name: of the folder.
        build: fills the empty folder it is given.
    """
    common = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        common = common.parent
    home = common / name
    with FileLock(common / f"{name}.lock"):
        if not (home / "built").exists():
            # What a build that failed in another worker left must not stand in the way of its own error.
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir()
            build(home)
            (home / "built").touch()
    return home
