"""How a gated version becomes the one that readers see, how an earlier one becomes it again, and what is swept away."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from orchestration.permissions import share_as
from orchestration.process_identity import is_alive
from orchestration.versions import (
    KEPT_VERSIONS,
    OWNER_FILE,
    Candidate,
    PublishingError,
    Version,
    candidates_dir,
    current_version,
    folders_in,
    gated_versions,
    gone,
    is_gated,
    key_version_of,
    record_of,
    sync_folder,
    versions_dir,
    write_mark,
)
from orchestration.warehouse import engine_errors

_REMOVED = ".removed-"


def promote(published_dir: Path, candidate: Candidate) -> None:
    """Make a run's own gated version the published one, in one rename, and drop all but the last three versions.

    Those that bear pseudonyms of another privacy key go too: whoever holds a key that leaked could read them.

    Raises:
        PublishingError: no gate has marked the version, or it is gone.
    """
    home = versions_dir(published_dir) / candidate.version
    with engine_errors(published_dir):
        if not home.exists():
            if not record_of(candidate.folder):
                raise gone(candidate)
            if not is_gated(candidate.folder):
                raise PublishingError(
                    f"{candidate.folder} has not passed the whole gate in its own run, so it is not published: "
                    "run deskhouse run."
                )
            (candidate.folder / OWNER_FILE).unlink(missing_ok=True)
            _make_folder(home.parent, published_dir)
            candidate.folder.rename(home)
            sync_folder(home.parent)
        _adopt_current(published_dir)
        _show(published_dir, candidate.version)
    drop_other_keys(published_dir)
    _prune(published_dir)


def restore(published_dir: Path, version: str) -> Version:
    """Make a kept version the published one again; returns it.

    Raises:
        PublishingError: there is no gated version of this id, or its id's beginning names several.
    """
    known = gated_versions(published_dir)
    named = [found for found in known if found.version.startswith(version)]
    exact = [found for found in named if found.version == version]
    if len(exact or named) != 1:
        several = "names several versions" if named else "is no version that can be restored"
        kept = ", ".join(found.version for found in known) or "none yet"
        raise PublishingError(f"{version} {several}; kept and gated are: {kept}.")
    chosen = (exact or named)[0]
    if not chosen.folder.joinpath("marts.duckdb").is_file():
        raise PublishingError(
            f"{chosen.folder} has lost its marts.duckdb: restore another version, or run deskhouse run."
        )
    with engine_errors(published_dir):
        _adopt_current(published_dir)
        _show(published_dir, chosen.version)
    return chosen


def drop_other_keys(published_dir: Path, version: int | None = None) -> list[str]:
    """Remove kept versions whose pseudonyms another privacy key made; returns their ids. The published one stays.

    Args:
        published_dir: folder that readers know.
        version: of the key that holds, default that of the published version.
    """
    current = current_version(published_dir)
    if current is None:
        return []
    if version is None:
        version = key_version_of(versions_dir(published_dir) / current)
    dropped = []
    for folder in folders_in(versions_dir(published_dir)):
        if folder.name != current and key_version_of(folder) != version:
            _remove(folder)
            dropped.append(folder.name)
    return dropped


def discard(candidate: Candidate) -> None:
    """Remove a version that did not pass the gate; one that was published lies elsewhere and stays."""
    shutil.rmtree(candidate.folder, ignore_errors=True)


def sweep(published_dir: Path) -> None:
    """Remove what dead runs left behind: half-written and unproved versions, links on their way. Readers saw none."""
    folder = candidates_dir(published_dir)
    if folder.is_dir():
        for path in folder.iterdir():
            if not is_alive(_owner(path)):
                shutil.rmtree(path, ignore_errors=True)
    for path in versions_dir(published_dir).glob(".*"):
        # half removed, or half built by an earlier release
        shutil.rmtree(path, ignore_errors=True)
    for path in published_dir.glob(".*.[0-9]*"):
        if path.is_symlink():
            path.unlink(missing_ok=True)


def _show(published_dir: Path, version: str) -> None:
    _point(published_dir / "current", Path("versions") / version)
    _point(published_dir / "marts.duckdb", Path("current") / "marts.duckdb")
    _point(published_dir / "parquet", Path("current") / "parquet")
    # Before anything is removed: after a power cut the link must not lead to what was removed.
    sync_folder(published_dir)


def _point(link: Path, target: Path) -> None:
    """Create or replace a symbolic link atomically."""
    if link.is_symlink() and link.readlink() == target:
        return
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)


def _adopt_current(published_dir: Path) -> None:
    """Mark what an earlier release published, which left no marks: readers have been shown it."""
    current = current_version(published_dir)
    folder = versions_dir(published_dir) / (current or "")
    if current and record_of(folder) and not is_gated(folder):
        write_mark(folder, {"run_id": "", "adopted": True})


def _prune(published_dir: Path) -> None:
    """Keep the current version and the newest other gated ones, three in all."""
    kept = gated_versions(published_dir)
    others = [version for version in kept if not version.is_current]
    stay = {version.folder for version in kept if version.is_current}
    stay |= {version.folder for version in others[: KEPT_VERSIONS - 1]}
    for folder in folders_in(versions_dir(published_dir)):
        if folder not in stay and folder.name != current_version(published_dir):
            _remove(folder)


def _remove(folder: Path) -> None:
    # Out of sight first: a version that is half removed must not look like one.
    removed = folder.rename(folder.with_name(f"{_REMOVED}{folder.name}"))
    shutil.rmtree(removed, ignore_errors=True)


def _make_folder(folder: Path, like: Path) -> None:
    """Create a folder that is open to the same people as another one."""
    if not folder.is_dir():
        folder.mkdir()
        share_as(folder, like)


def _owner(folder: Path) -> str:
    try:
        return (folder / OWNER_FILE).read_text(encoding="utf-8").strip()
    except OSError:
        return ""
