"""``deskhouse doctor``'s look at who holds the home, who can read it, and what could be published again."""

from __future__ import annotations

import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

from ingestion.errors import ConfigurationError, WarehouseLockedError
from orchestration.findings import Finding
from orchestration.locks import run_lock
from orchestration.permissions import bi_group, readable_by_others
from orchestration.settings import Settings
from orchestration.versions import candidates_dir, folders_in, gated_versions
from orchestration.warehouse import open_read_only, warehouse_lock

_NAMED_PATHS = 5


def locks(settings: Settings) -> Iterator[Finding]:
    """Whether a run could begin now; the warehouse is opened only while none can."""
    if not settings.home.exists():
        yield Finding("locks", "ok", "nothing was written yet")
        return
    try:
        with run_lock(settings.home, "deskhouse doctor", 0), warehouse_lock(settings.home):
            if settings.warehouse.exists():
                with open_read_only(settings.warehouse):
                    pass
    except WarehouseLockedError as error:
        yield Finding("locks", "warning", "taken", str(error))
        return
    yield Finding("locks", "ok", "free")


def access(settings: Settings) -> Iterator[Finding]:
    """Who else can read what lies under the home and in the landing folder."""
    try:
        group = bi_group()
    except ConfigurationError as error:
        yield Finding("files", "error", "the group of the publication cannot be used", str(error))
        return
    open_paths = readable_by_others(settings.home, settings.published_dir, group)
    landing = settings.landing_dir
    if landing is not None and landing.stat().st_mode & (stat.S_IROTH | stat.S_IXOTH):
        yield Finding("landing files", "warning", f"{landing} is open to others", _close([landing]))
    if open_paths:
        shown = ", ".join(str(path) for path in open_paths[:_NAMED_PATHS])
        more = len(open_paths) - _NAMED_PATHS
        rest = f" and {more} more" if more > 0 else ""
        yield Finding("files", "warning", f"readable by others: {shown}{rest}", _close(open_paths))
        return
    readers = "their owner alone" if group is None else f"their owner, published/ by group {group}"
    yield Finding("files", "ok", f"readable by {readers}")


def _close(paths: list[Path]) -> str:
    return f"chmod -R go= {' '.join(shlex.quote(str(path)) for path in paths[:_NAMED_PATHS])}"


def versions(settings: Settings) -> Iterator[Finding]:
    """What could be published again, and what a dead run left unproved."""
    known = gated_versions(settings.published_dir)
    left = len(list(folders_in(candidates_dir(settings.published_dir))))
    kept = f"{len(known)} gated versions are kept (deskhouse rollback lists them)"
    if known and left:
        kept += f", {left} unproved of a run that is under way or was killed: the next run removes what is dead"
    if known:
        yield Finding("versions kept", "ok", kept)
