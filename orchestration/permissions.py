"""Whose the files are: everything under the home is its owner's alone; the publication may be opened to one group.

``DESKHOUSE_BI_GROUP`` names a group of the system. Its members may enter the home and read what is published, nothing
else.
"""

from __future__ import annotations

import contextlib
import grp
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ingestion.errors import ConfigurationError

PRIVATE_FOLDER = "private"
"""In every version: what commands need beyond the marts; never opened to the group."""
CLOSED_FOLDERS = ("candidates", PRIVATE_FOLDER)
_OURS = (
    "audit",
    "dagster",
    "dbt",
    "delivery",
    "dlt",
    "forgotten",
    "last_run.json",
    "ledger",
    "look-back",
    "privacy.key",
    "quarantine",
    "run.lock",
    "simulated-landing",
    "simulated-landing.told.json",
    "simulated-world",
    "simulator.json",
    "superset",
    "texts",
    "tmp",
    "warehouse.duckdb",
    "warehouse.duckdb.wal",
    "writer.lock",
)
"""What we write into the home beside the publication; whatever else lies there is somebody's own."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_GROUP_READS = stat.S_IRGRP


def close_to_others() -> None:
    """From here on whatever this process and its children create is theirs alone."""
    os.umask(0o077)


def bi_group_name() -> str:
    """Name of the group that may read the publication; empty for none."""
    return os.environ.get("DESKHOUSE_BI_GROUP", "").strip()


def bi_group() -> int | None:
    """Number of the group that may read the publication; None = the owner alone.

    Raises:
        ConfigurationError: there is no such group, or we may not give files to it.
    """
    name = bi_group_name()
    if not name:
        return None
    try:
        found = grp.getgrnam(name)
    except KeyError:
        raise ConfigurationError(
            f"DESKHOUSE_BI_GROUP names the group {name!r}, which does not exist: create it or correct the variable."
        ) from None
    if os.geteuid() != 0 and found.gr_gid not in (*os.getgroups(), os.getegid()):
        raise ConfigurationError(
            f"DESKHOUSE_BI_GROUP names the group {name!r}, of which the user of deskhouse is no member, so no file can "
            f"be given to it: add the user (usermod -aG {name} USER) and log in again."
        )
    return found.gr_gid


def protect_home(home: Path, published_dir: Path) -> None:
    """Create the home for its owner, and take from others what an earlier release left open.

    Args:
        home: ``DESKHOUSE_HOME``; a folder that holds the user's own home or the project is not closed as a whole.
        published_dir: folder of the publication.

    Raises:
        ConfigurationError: the group of the publication cannot be used.
    """
    group = bi_group()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _holds_more(home):
        _set(home, 0o700 if group is None else 0o710, group)
    for name in _OURS:
        path = home / name
        if path.exists() and path.stat().st_mode & _OTHERS:
            _set(path, stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)
    if published_dir.is_dir():
        open_to_group(published_dir, group)


def open_to_group(folder: Path, group: int | None) -> None:
    """Set who may read a published folder and all in it: its owner, and the group if there is one.

    Args:
        folder: what is published, or about to be.
        group: number of the group.
    """
    for path in [folder, *_inside(folder)]:
        closed = any(part in CLOSED_FOLDERS for part in path.relative_to(folder).parts)
        is_open = group is not None and not closed
        if path.is_dir():
            _set(path, 0o750 if is_open else 0o700, group if is_open else None)
        else:
            _set(path, 0o640 if is_open else 0o600, group if is_open else None)


def share_as(path: Path, like: Path) -> None:
    """Open a path to the same people as another one."""
    found = like.stat()
    _set(path, stat.S_IMODE(found.st_mode), found.st_gid)


def readable_by_others(home: Path, published_dir: Path, group: int | None) -> list[Path]:
    """Paths under the home that somebody else can reach and read, as far up as they are open as a whole.

    Args:
        home: ``DESKHOUSE_HOME``.
        published_dir: folder of the publication.
        group: number of the group that may read it.
    """
    if not home.is_dir():
        return []
    mode = home.stat().st_mode
    if not mode & (stat.S_IXGRP | stat.S_IXOTH):
        return []
    return sorted(_open_below(home, published_dir, group))


def _open_below(folder: Path, published_dir: Path, group: int | None) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if path.is_symlink():
                continue
            found = path.stat()
            is_published = path == published_dir or published_dir in path.parents
            foreign = stat.S_IROTH | stat.S_IXOTH if path.is_dir() else stat.S_IROTH
            in_group = _GROUP_READS | (stat.S_IXGRP if path.is_dir() else 0)
            may_group = (
                is_published
                and group is not None
                and found.st_gid == group
                and not any(part in CLOSED_FOLDERS for part in path.parts)
            )
            if found.st_mode & (foreign if may_group else foreign | in_group):
                yield path
            elif path.is_dir() and may_group:
                yield from _open_below(path, published_dir, group)


def _inside(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if not path.is_symlink():
            yield path


def _set(path: Path, mode: int, group: int | None = None) -> None:
    """Change what differs; a file that is another user's stays as it is, and doctor names it."""
    with contextlib.suppress(OSError):
        found = path.stat()
        if group is not None and found.st_gid != group:
            os.chown(path, -1, group)
        if stat.S_IMODE(found.st_mode) != mode:
            path.chmod(mode)


def _holds_more(home: Path) -> bool:
    """Whether the home is, or holds, a folder that is not ours to close."""
    place = home.resolve()
    return any(
        place == other or place in other.parents
        for other in (Path.home().resolve(), Path(__file__).parent.parent.resolve(), Path("/tmp"))  # noqa: S108
    )
