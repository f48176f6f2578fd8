"""A home that several tests read is built once, however many worker processes the tests run on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


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
