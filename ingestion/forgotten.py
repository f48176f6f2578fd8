"""Who was forgotten (``deskhouse forget``): the border refuses their rows, and nothing here says who they are.

``DESKHOUSE_HOME/forgotten`` holds keyed hashes of ids, with a key of its own, so that they outlive a rotation of the
privacy key. A forgotten person's rows that were loaded before bear a random reference instead of the person's: a
tombstone. It follows from nothing, so it leads back to nobody, and it stays when the vendor delivers the row again.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from ingestion.identity import normal_identity
from ingestion.warehouse_file import opened

FOLDER = "forgotten"
TOMBSTONE = "forgotten-"
"""How the references begin that stand for people who were forgotten."""
SUPPRESSED = "!forgotten"
"""What stands for a forgotten person in a row between the border and the comparison with what is stored."""
REASON = (
    "the row is of a person who was forgotten (deskhouse forget), so it is refused and not stored"
)
TEXTS = ("subject_hash", "comment_hash")
"""Fingerprints of what a person wrote that no number needs: they go with the person."""
_KEY, _PERSONS, _TICKETS = "key", "persons", "tickets"


def new_tombstone() -> str:
    """A reference that stands for one forgotten person and is derived from nothing."""
    return f"{TOMBSTONE}{secrets.token_hex(11)}"


class Forgotten:
    """The list of a home; it costs nothing while nobody was forgotten."""

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER

    @property
    def is_used(self) -> bool:
        """Whether anybody was ever forgotten here."""
        return bool(self._key)

    def holds(self, tenant: str | None, system: str | None, person: object) -> bool:
        """Whether this id of a source system is that of somebody who was forgotten."""
        if not self._persons or person is None or person == "":
            return False
        return self._person(tenant, system, str(person)) in self._persons

    def add(self, persons: Iterable[tuple[str, str, str]]) -> None:
        """Refuse rows of people from now on: (tenant, source system, id)."""
        self._make_key()
        self._write(_PERSONS, self._persons | {self._person(*person) for person in persons})

    def lift(self, persons: Iterable[tuple[str, str, str]]) -> int:
        """Take people off the list, so that what comes of them from now on is stored; returns how many were on it."""
        gone = {self._person(*person) for person in persons} & self._persons
        if gone:
            self._write(_PERSONS, self._persons - gone)
        return len(gone)

    def refuse_ticket(self, tenant: str, system: str, ticket_id: object) -> None:
        """Note that a ticket is refused, so that what others did in it is refused with it."""
        digest = self._digest("ticket", tenant, system, str(ticket_id))
        if digest not in self._tickets:
            self._write(_TICKETS, self._tickets | {digest})

    def is_refused(self, tenant: str | None, system: str | None, ticket_id: object) -> bool:
        """Whether a ticket was refused."""
        if not self._tickets or ticket_id is None:
            return False
        return self._digest("ticket", tenant or "", system or "", str(ticket_id)) in self._tickets

    def accept_tickets(self) -> None:
        """Forget which tickets were refused: each is judged anew when it comes again."""
        if self._tickets:
            self._write(_TICKETS, set())

    @cached_property
    def _key(self) -> bytes:
        path = self.folder / _KEY
        return path.read_bytes() if path.is_file() else b""

    @cached_property
    def _persons(self) -> set[str]:
        return self._read(_PERSONS)

    @cached_property
    def _tickets(self) -> set[str]:
        return self._read(_TICKETS)

    def _person(self, tenant: str | None, system: str | None, person: str) -> str:
        return self._digest("person", tenant or "", system or "", normal_identity(person))

    def _digest(self, *parts: str) -> str:
        text = "\x1f".join(parts).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, key=self._key, digest_size=16).hexdigest()

    def _read(self, name: str) -> set[str]:
        path = self.folder / name
        return (
            set(path.read_text(encoding="ascii").split()) if self._key and path.is_file() else set()
        )

    def _write(self, name: str, digests: set[str]) -> None:
        write_closed(self.folder / name, "".join(f"{one}\n" for one in sorted(digests)).encode())
        self.__dict__[f"_{name}"] = digests

    def _make_key(self) -> None:
        if not self._key:
            write_closed(self.folder / _KEY, secrets.token_bytes(32))
            del self.__dict__["_key"]


def write_closed(path: Path, content: bytes) -> None:
    """Replace a file as a whole, readable by its owner alone from the first byte, on the disk when this returns."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.partial")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    fresh.replace(path)


def severed_rows(
    warehouse: Path, dataset: str, table: str, key: Sequence[str], columns: Sequence[str]
) -> dict[tuple[str, ...], dict[str, Any]]:
    """Of stored rows that bear a tombstone: the columns that hold one, by the key of the row as text."""
    with opened(warehouse) as connection:
        found = connection.execute(
            "select column_name from duckdb_columns() where schema_name = ? and table_name = ?",
            [dataset, table],
        ).fetchall()
        present = {name for (name,) in found}
        kept = [name for name in columns if name in present]
        if not kept or not present.issuperset(key):
            return {}
        where = " or ".join(f"contains(\"{name}\", '{TOMBSTONE}')" for name in kept)
        names = ", ".join(f'"{name}"' for name in (*key, *kept))
        rows = connection.execute(
            f'select {names} from "{dataset}"."{table}" where {where}'
        ).fetchall()
    size = len(key)
    return {
        tuple(str(part) for part in row[:size]): {
            name: value
            for name, value in zip(kept, row[size:], strict=True)
            if value is not None and TOMBSTONE in value
        }
        for row in rows
    }
