"""The chain of ledger files: Parquet, written once, each carrying the hash of its predecessor.

``ledger/chain.jsonl`` lists the files with their hashes. An append writes its files under pending names, then replaces
the list in one rename, then names the files: a process killed before the rename added nothing, one killed after it
added everything. The caller holds the writer's lock (:func:`orchestration.warehouse.warehouse_lock`).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.errors import DeskhouseError
from orchestration.warehouse import engine_errors

CHAIN_FILE = "chain.jsonl"
GENESIS = "0" * 64
_PREVIOUS = b"deskhouse.previous"
_SEQUENCE = b"deskhouse.seq"


class LedgerError(DeskhouseError):
    """The ledger does not verify, or cannot be written."""


@dataclass(frozen=True)
class Link:
    """One file of the chain: its place, table, rows, hash of its bytes and of its predecessor's."""

    seq: int
    table: str
    file: str
    rows: int
    sha256: str
    previous: str


class Ledger:
    """The chain under ``folder``; reading verifies nothing, :meth:`verify` does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def links(self) -> list[Link]:
        """All files in order.

        Raises:
            LedgerError: the list of files cannot be read.
        """
        path = self.folder / CHAIN_FILE
        if not path.is_file():
            return []
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
            return [Link(**json.loads(line)) for line in lines]
        except (UnicodeDecodeError, ValueError, TypeError) as error:
            raise LedgerError(f"{path} is damaged: restore it from a backup.") from error

    @property
    def head(self) -> str:
        """Hash of the last file; write it down elsewhere and nobody can replace the whole chain unnoticed."""
        links = self.links
        return links[-1].sha256 if links else GENESIS

    def files(self, table: str) -> list[tuple[int, Path]]:
        """Place and path of every file of a table."""
        return [(link.seq, self.folder / link.file) for link in self.links if link.table == table]

    def append(self, tables: Mapping[str, pa.Table]) -> list[Link]:
        """Add one file per table, all or none.

        Args:
            tables: rows by table name; empty tables are left out.

        Raises:
            LedgerError: what is there does not verify; nothing is added to a broken chain.
            DiskFullError: nothing was added.
        """
        with engine_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            if not (self.folder / CHAIN_FILE).exists():
                _write_whole(self.folder / CHAIN_FILE, b"", self.folder / f".{CHAIN_FILE}.pending")
            self.verify()
            links = self.links
            for path in self.folder.glob(".*.pending"):
                path.unlink()
            added: list[Link] = []
            for table, rows in tables.items():
                if rows.num_rows:
                    previous = added[-1].sha256 if added else self.head
                    added.append(self._write(len(links) + len(added) + 1, table, rows, previous))
            if added:
                text = "".join(json.dumps(asdict(link)) + "\n" for link in (*links, *added))
                pending = self.folder / f".{CHAIN_FILE}.pending"
                _write_whole(self.folder / CHAIN_FILE, text.encode(), pending)
                self._name_pending(added)
        return added

    def _write(self, seq: int, table: str, rows: pa.Table, previous: str) -> Link:
        name = f"{seq:06d}-{table}.parquet"
        metadata = {_PREVIOUS: previous.encode(), _SEQUENCE: str(seq).encode()}
        sink = pa.BufferOutputStream()
        pq.write_table(rows.replace_schema_metadata(metadata), sink, compression="zstd")
        content = sink.getvalue().to_pybytes()
        _write_synced(self.folder / f".{name}.pending", content)
        digest = hashlib.sha256(content).hexdigest()
        return Link(seq, table, name, rows.num_rows, digest, previous)

    def _name_pending(self, links: list[Link]) -> None:
        """Finish an append whose list was written: what it counts gets its name."""
        for link in links:
            path, pending = self.folder / link.file, self.folder / f".{link.file}.pending"
            if not path.exists() and pending.is_file() and _digest(pending) == link.sha256:
                pending.replace(path)
        _sync_folder(self.folder)

    def problems(self) -> list[str]:
        """A sentence for every file that is not what was written; empty when the chain verifies."""
        try:
            links = self.links
        except LedgerError as error:
            return [str(error)]
        if not self.folder.is_dir():
            return []
        self._name_pending(links)
        if not (self.folder / CHAIN_FILE).exists() and any(self.folder.glob("*.parquet")):
            return [f"{self.folder / CHAIN_FILE} is missing."]
        return list(self._faults(links))

    def _faults(self, links: list[Link]) -> Iterator[str]:
        previous = GENESIS
        for place, link in enumerate(links, start=1):
            path = self.folder / link.file
            if link.seq != place or link.previous != previous:
                yield f"{self.folder / CHAIN_FILE} line {place} does not follow the line before it."
            if not path.is_file():
                yield f"{path} is missing."
            elif _digest(path) != link.sha256:
                yield f"{path} was changed after it was written."
            elif _recorded(path) != (link.seq, previous):
                before = links[place - 2].file if place > 1 else "the beginning"
                yield f"{path} was written behind another file than {before}."
            previous = link.sha256
        counted = {link.file for link in links}
        for path in sorted(self.folder.glob("*.parquet")):
            if path.name not in counted:
                yield f"{path} is not in the list {CHAIN_FILE}."

    def verify(self) -> None:
        """Prove the whole chain.

        Raises:
            LedgerError: naming the files that are not what was written.
        """
        problems = self.problems()
        if problems:
            raise LedgerError(
                f"The ledger does not verify: {' '.join(problems)} Restore {self.folder} from a backup; "
                "until then no month can be closed."
            )


def _recorded(path: Path) -> tuple[int, str] | None:
    """Place and predecessor that a file itself names."""
    metadata = pq.read_schema(path).metadata or {}
    if _SEQUENCE not in metadata or _PREVIOUS not in metadata:
        return None
    return int(metadata[_SEQUENCE]), metadata[_PREVIOUS].decode()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _write_whole(path: Path, content: bytes, pending: Path) -> None:
    """Write a file in one step: whole and on disk, or not at all."""
    _write_synced(pending, content)
    pending.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
