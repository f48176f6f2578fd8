"""The list of files as it lies on the disk."""

from __future__ import annotations

from pathlib import Path

from orchestration.ledger.faults import LedgerError
from orchestration.ledger.link import Link, link_of


def read_lines(path: Path) -> list[tuple[bytes, Link]]:
    """All lines with the bytes they were read from, unverified; none when there is no list.

    Raises:
        LedgerError: it cannot be read, or is cut or damaged.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LedgerError(
            f"{path} cannot be read ({error.strerror}): make it readable, or restore it from a backup."
        ) from error
    try:
        if content and not content.endswith(b"\n"):
            raise ValueError("cut in the middle of a line")
        lines = content.splitlines(keepends=True)
        return [(line, link_of(line.decode("utf-8"))) for line in lines]
    except ValueError as error:
        raise LedgerError(f"{path} is damaged: restore it from a backup.") from error
