"""The log of look-ups of persons (catalogue §11.7): who looked at whose rows, when, with which command.

It is append-only and outside the warehouse and the publication: ``DESKHOUSE_HOME/audit/lookups-YYYY-MM.jsonl``, a line
per look-up, persons by key alone. ``operator`` is who the system says asked, ``user`` the login name that the session
claims. Each line is signed and names the one before, so that a missing one shows (:mod:`orchestration.lookup_chain`).
A pseudonym is logged like a name: its rows are personal data all the same. How long the files are kept is the
operator's own rule for audit entries.
"""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingestion.errors import DeskhouseError
from orchestration.ledger.files import folder_lock
from orchestration.ledger.keys import SigningKeyError, keys_dir, make_signer
from orchestration.ledger.operator import operator
from orchestration.lookup_chain import Finding, chained, findings, remember

_NOBODY = ("", "unowned", "aggregated")
_LISTED_PERSONS = 50
"""More of them at once are a look at a board, of which the first and the count are kept."""


class LookupLogError(DeskhouseError):
    """A look-up cannot be logged, so nothing is shown."""


@dataclass(frozen=True)
class Lookup:
    """One look-up; ``agents`` counts the persons, of whom at most fifty are in ``agent_keys``; ``rows`` were shown.

    ``tenants`` are those whose rows were asked for. They, ``operator`` and the place in the chain are missing in lines
    of older versions. ``reason`` is what was given for a look at texts.
    """

    at: str
    user: str
    command: str
    agent_keys: tuple[str, ...]
    agents: int
    rows: int
    operator: str = ""
    tenants: tuple[str, ...] = ()
    chain: str = ""
    seq: int = 0
    place: int = 0
    previous: str = ""
    key: str = ""
    signature: str = ""
    reason: str = ""


def audit_dir(home: Path) -> Path:
    """Folder of the log."""
    return home / "audit"


def persons(keys: Collection[Any]) -> list[str]:
    """Keys of persons among keys of rows: the queue and what is added up are nobody."""
    return sorted({str(key) for key in keys if key is not None and str(key) not in _NOBODY})


def log_lookup(
    home: Path,
    command: str,
    keys: Collection[Any],
    rows: int,
    tenants: Collection[str] = (),
) -> None:
    """Append a look-up before anything of it is shown; nothing is logged when no person is among the keys.

    Args:
        home: ``DESKHOUSE_HOME``.
        command: what was asked, persons by key.
        keys: agent keys of the rows about to be shown.
        rows: how many they are.
        tenants: whose rows they are.

    Raises:
        LookupLogError: the line cannot be written.
    """
    found = persons(keys)
    if found:
        _log(home, command, found, rows, tenants)


def log_text_lookup(
    home: Path,
    command: str,
    keys: Collection[Any],
    rows: int,
    tenants: Collection[str],
    reason: str,
) -> None:
    """Append a look at texts of messages, before any is decrypted; also where no person is named.

    Arguments and errors are those of `log_lookup`; ``rows`` counts texts too, ``reason`` is logged as it was given.
    """
    _log(home, command, persons(keys), rows, tenants, reason)


def log_deed(home: Path, command: str) -> None:
    """Append what is about to be done to everybody's data; no person is in the line, `LookupLogError` as above."""
    _log(home, command, [], 0, ())


def _log(
    home: Path,
    command: str,
    found: list[str],
    rows: int,
    tenants: Collection[str],
    reason: str = "",
) -> None:
    path, line = _line(home, command, found, rows, tenants)
    if reason:
        line["reason"] = reason
    try:
        _append_chained(home, path, line)
    except SigningKeyError as error:
        raise LookupLogError(f"{error} Nothing was shown.") from error
    except OSError as error:
        raise LookupLogError(
            f"Look-ups of persons are logged in {path}, which cannot be written ({error.strerror}): "
            "make it writable, then ask again; nothing was shown."
        ) from error


def log_forgetting(
    home: Path, receipt: str, rows: int, files: int, versions: int, tenants: Collection[str]
) -> None:
    """Append that a buyer was forgotten: who ran it, when and how much it was; nothing of whom.

    Args:
        home: ``DESKHOUSE_HOME``.
        receipt: random name of the forgetting, told to whoever ran it.
        rows: of raw tables that named the buyer.
        files: written anew.
        versions: of the publication among them.
        tenants: whose buyer it was.

    Raises:
        LookupLogError: the line cannot be written.
    """
    command = (
        f"forget, receipt {receipt}: {files} files of which {versions} versions were written anew"
    )
    path, line = _line(home, command, [], rows, tenants)
    try:
        _append_chained(home, path, line)
    except (SigningKeyError, OSError) as error:
        raise LookupLogError(
            f"The forgetting {receipt} is done but not logged in {path} ({error}): make it writable, then run "
            "deskhouse forget again, which logs it."
        ) from error


def _line(
    home: Path, command: str, found: list[str], rows: int, tenants: Collection[str]
) -> tuple[Path, dict[str, Any]]:
    """File and content of the line to append."""
    at = datetime.now(UTC)
    return audit_dir(home) / f"lookups-{at:%Y-%m}.jsonl", {
        "at": at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "user": _claimed_user(),
        "operator": str(operator()),
        "command": command,
        "agent_keys": found[:_LISTED_PERSONS],
        "agents": len(found),
        "rows": rows,
        "tenants": sorted(tenants),
    }


def _append_chained(home: Path, path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = keys_dir(home)
    with folder_lock(path.parent, is_exclusive=True):
        line = chained(content, path.parent, path, keys, make_signer(keys))
        _append(path, line)
        remember(line, path.parent, keys)


def _append(path: Path, content: bytes) -> None:
    """One whole line at the end, on the disk when this returns; what a killed writer began stays a line of its own."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            content = b"\n" + content
        while content:
            content = content[os.write(descriptor, content) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def log_faults(home: Path) -> list[Finding]:
    """What is missing from the log or was changed in it.

    Raises:
        SigningKeyError: the key that proves it cannot be read.
    """
    folder = audit_dir(home)
    return list(findings(folder, keys_dir(home)))


def _claimed_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # a container may run under a number that no account has
        return f"uid {os.getuid()}"


def logged(home: Path, month: str | None = None) -> Iterator[Lookup]:
    """Look-ups in the order they were written.

    Args:
        home: ``DESKHOUSE_HOME``.
        month: such as 2026-10, UTC; default all.

    Raises:
        LookupLogError: a line is no look-up; the message names file and line.
    """
    for path in sorted(audit_dir(home).glob(f"lookups-{month or '*'}.jsonl")):
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                content = json.loads(text)
                lists = {
                    "agent_keys": tuple(content["agent_keys"]),
                    "tenants": tuple(content.get("tenants", ())),
                }
                yield Lookup(**content | lists)
            except (ValueError, TypeError, KeyError) as error:
                raise LookupLogError(
                    f"{path} line {number} is no look-up: put back what was there, or move the line elsewhere."
                ) from error
