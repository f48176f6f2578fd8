"""Where commands read what the marts do not hold: never the file that runs write, so neither is in the other's way."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ingestion.errors import DeskhouseError, WarehouseLockedError
from orchestration.locks import run_lock
from orchestration.process_identity import is_alive, own_identity
from orchestration.publishing import EVIDENCE_FILE
from orchestration.settings import WAREHOUSE_FILE, Settings, nothing_there
from orchestration.versions import OWNER_FILE
from orchestration.warehouse import engine_errors, open_read_only, warehouse_lock

SNAPSHOT_PREFIX = "snapshot-"
_SHORT_WAIT_SECONDS = 5.0


@contextmanager
def evidence(settings: Settings) -> Iterator[Path]:
    """A copy of the warehouse as it was when the published marts were made; it stays while the block reads it.

    Where nothing was published with one yet, the warehouse is copied for the length of the block.

    Args:
        settings: where the home lies.

    Raises:
        ConfigurationError: there is no warehouse yet.
        DeskhouseError: nothing is published, and a run is writing the first version.
    """
    published = published_evidence(settings)
    if published is not None:
        # Held open, so that a publication that drops this version meanwhile takes nothing from us.
        with open_read_only(published):
            yield published
        return
    if not settings.warehouse.exists():
        raise nothing_there(settings.warehouse, is_published=False)
    with _snapshot(settings) as copy:
        yield copy


def published_evidence(settings: Settings) -> Path | None:
    """The copy that lies beside the published marts, at the place it keeps; None when there is none."""
    link = settings.published_dir / "current"
    path = link.resolve() / EVIDENCE_FILE
    return path if link.is_symlink() and path.is_file() else None


def sweep_snapshots(home: Path) -> None:
    """Remove the copies of readers that were killed. The caller holds the run's lock."""
    for folder in home.glob(f"{SNAPSHOT_PREFIX}*"):
        try:
            owner = (folder / OWNER_FILE).read_text(encoding="utf-8")
        except OSError:
            owner = ""
        if not is_alive(owner):
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _snapshot(settings: Settings) -> Iterator[Path]:
    with ExitStack() as removed:
        try:
            with (
                run_lock(settings.home, "reading the warehouse", _SHORT_WAIT_SECONDS),
                warehouse_lock(settings.home, _SHORT_WAIT_SECONDS),
                engine_errors(settings.home),
            ):
                sweep_snapshots(settings.home)
                folder = Path(tempfile.mkdtemp(prefix=SNAPSHOT_PREFIX, dir=settings.home))
                removed.callback(shutil.rmtree, folder, ignore_errors=True)
                (folder / OWNER_FILE).write_text(own_identity(), encoding="utf-8")
                # Bytes alone: to open the file would be in the way of whoever writes next.
                for path in (settings.warehouse, *settings.home.glob(f"{WAREHOUSE_FILE}.wal")):
                    shutil.copyfile(path, folder / path.name)
        except WarehouseLockedError as error:
            raise DeskhouseError(
                "Nothing is published yet that could be read, and a run is under way: ask again when it has ended, or "
                "see what holds it up with deskhouse doctor."
            ) from error
        yield folder / WAREHOUSE_FILE
