"""Files of the ledger: Parquet that names its place and its predecessor in its own metadata."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.ledger.files import write_synced
from orchestration.ledger.link import Link

_PREVIOUS = b"deskhouse.previous"
_SEQUENCE = b"deskhouse.seq"


def write_pending(folder: Path, seq: int, table: str, rows: pa.Table, previous: str) -> Link:
    """Write rows under a name that does not count yet; returns the unsigned line that will count it."""
    name = f"{seq:06d}-{table}.parquet"
    metadata = {_PREVIOUS: previous.encode(), _SEQUENCE: str(seq).encode()}
    sink = pa.BufferOutputStream()
    pq.write_table(rows.replace_schema_metadata(metadata), sink, compression="zstd")
    content = sink.getvalue().to_pybytes()
    write_synced(folder / f".{name}.pending", content)
    return Link(seq, table, name, rows.num_rows, hashlib.sha256(content).hexdigest(), previous)


def recorded(path: Path) -> tuple[int, str] | None:
    """Place and predecessor that a file itself names."""
    metadata = pq.read_schema(path).metadata or {}
    if _SEQUENCE not in metadata or _PREVIOUS not in metadata:
        return None
    return int(metadata[_SEQUENCE]), metadata[_PREVIOUS].decode()
