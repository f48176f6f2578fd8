"""Another way to a folder whose name a program takes apart as an address."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

_PARTS_OF_ADDRESSES = (";", "#", "?")
"""dbt-duckdb reads the path as an address and takes what stands before these for the name of the database."""
_PARTS_OF_URLS = ("%", "?")
"""Dagster writes the path into a URL as it is, of which SQLAlchemy decodes the first and cuts off at the second."""


def for_dbt(file: Path) -> Path:
    """A path of a file that dbt can open: its own, or one through a link for as long as this process lives.

    The link leads to the folder, so that what DuckDB writes beside the file lies where it belongs.
    """
    if not any(part in str(file) for part in _PARTS_OF_ADDRESSES):
        return file
    return _link_to(file.parent) / file.name


def for_dagster(folder: Path) -> Path:
    """A path by which Dagster can open its folder: its own, or a link for as long as this process lives."""
    if not any(part in str(folder) for part in _PARTS_OF_URLS):
        return folder
    return _link_to(folder)


@cache
def _link_to(folder: Path) -> Path:
    # Only we can enter the folder that mkdtemp makes, so nobody can put another link in its place.
    private = Path(tempfile.mkdtemp(prefix="deskhouse-"))
    atexit.register(shutil.rmtree, private, ignore_errors=True)
    link = private / "home"
    link.symlink_to(folder, target_is_directory=True)
    return link
