"""The file of the store: made for its owner alone, and what goes wrong with it said in our words."""

from __future__ import annotations

import os
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingestion.errors import DamagedFileError, DeskhouseError, DiskFullError, WarehouseLockedError


class TextKeyError(DeskhouseError):
    """The key at hand is not the one that the texts were stored with."""


def wrong_key(path: Path) -> TextKeyError:
    """The key does not open the store."""
    return TextKeyError(
        f"The key of the texts is not the one that {path} was written with: put that one back; if it is lost for good, "
        "deskhouse texts remove clears the store, and texts are kept anew."
    )


def make_closed(path: Path) -> None:
    """The folder and the file for their owner alone, before anything is in it."""
    with sentences(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def damage(path: Path, what: str) -> DamagedFileError:
    """The store cannot be read as it was written."""
    name = shlex.quote(str(path))
    return DamagedFileError(
        f"The store of texts {path} is damaged ({what}): restore it from a backup, or set it aside with mv {name} "
        f"{name}.damaged, then texts are kept anew; no number depends on it."
    )


@contextmanager
def sentences(path: Path) -> Iterator[None]:
    """What SQLite and the disk say, in our words; no statement and no value is repeated."""
    try:
        yield
    except sqlite3.OperationalError as error:
        said = str(error)
        if "locked" in said:
            raise WarehouseLockedError(
                f"Another process is writing to {path}; wait for it to end or stop it, then run again."
            ) from error
        if "full" in said:
            raise DiskFullError(
                f"The disk that holds {path} is full; free space there and run again: no text that was stored is lost."
            ) from error
        raise damage(path, said) from error
    except sqlite3.DatabaseError as error:
        raise damage(path, str(error)) from error
    except OSError as error:
        raise DeskhouseError(
            f"The store of texts {path} cannot be written ({error.strerror}): make it yours, then run again."
        ) from error
