"""Files that cannot be read any more: how they are told from other failures, and the command that heals them."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

from ingestion.errors import DamagedFileError

_DAMAGED = re.compile(
    r"not a valid DuckDB database file|corrupt|does not match stored checksum|could not read enough bytes|"
    r"serialization error|failed to deserialize|read out of range|unexpected end of file",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\"([^\"]+\.duckdb)\"")
_SHOWN_CHARS = 120


def damaged_database(error: Exception, path: Path) -> DamagedFileError | None:
    """The sentence for a database file whose header or blocks are broken; None for any other failure.

    Args:
        error: what DuckDB said, which mostly names the file.
        path: the file that was being opened or written, or the folder that it lies in.
    """
    said = " ".join(str(error).split())
    if not _DAMAGED.search(said):
        return None
    named = _NAMED.search(said)
    file = Path(named[1]) if named else path
    reason = said if len(said) <= _SHOWN_CHARS else f"{said[:_SHOWN_CHARS]} …"
    if "published" in file.parts:
        return DamagedFileError(
            f"The published file {file} is damaged ({reason}): deskhouse rollback puts the version before in its "
            "place, and deskhouse run publishes a new one; warehouse and ledger are not touched by either."
        )
    quoted = shlex.quote(str(file))
    return DamagedFileError(
        f"The warehouse {file} is damaged ({reason}): set it aside with mv {quoted} {quoted}.damaged, then deskhouse "
        "run reads everything from the sources again; what is published and the ledger stay as they are."
    )


def check_notes(folder: Path) -> None:
    """See that what dlt keeps of a pipeline can be read, before it breaks off without naming a file.

    Args:
        folder: of the pipeline; one that does not exist yet is as good as new.

    Raises:
        DamagedFileError: a file of it is no JSON of its kind.
    """
    files = {folder / "state.json": "_state_version"}
    files |= dict.fromkeys(sorted((folder / "schemas").glob("*.schema.json")), "tables")
    for file, key in files.items():
        if file.is_file() and key not in _document(file):
            raise DamagedFileError(
                f"What dlt keeps of its last load in {file} cannot be read: remove the folder with "
                f"rm -r {shlex.quote(str(folder))} and run again; cursors and schema are then taken from the "
                "warehouse, so nothing is lost and nothing is counted twice."
            )


def _document(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
