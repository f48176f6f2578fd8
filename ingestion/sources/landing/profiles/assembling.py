"""Batches of one export, put together and thinned out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

from ingestion.canonical import tables
from ingestion.sources.landing.cells import Batch, Cell, Unreadable
from ingestion.sources.landing.folder_settings import FileSettings
from ingestion.sources.landing.profiles.evaluating import Rows


def joined(batches: Sequence[Batch], written: FileSettings) -> Rows:
    """All batches of a file as one; a column that JSON shows late is empty before."""
    names = dict.fromkeys(name for batch in batches for name in batch.columns)
    columns: dict[str, Sequence[Cell]] = {
        name: [cell for batch in batches for cell in batch.columns.get(name) or [None] * len(batch)]
        for name in names
    }
    return Rows([line for batch in batches for line in batch.lines], columns, written)


def texts_of(table: str) -> frozenset[str]:
    """Columns that hold a text of a person until it is hashed."""
    return frozenset(
        name
        for name, column in tables()[table].columns.items()
        if column.personal and column.personal.kind == "text"
    )


def first_of_each(batches: Sequence[Batch], key: Sequence[str]) -> list[Batch]:
    """Reference rows that several rules make count once, as the first of them has them."""
    seen: set[tuple[Cell | str, ...]] = set()
    kept = []
    for batch in batches:
        names = ("tenant_id", "source_system", *key)
        cells = [batch.columns.get(name) or [None] * len(batch) for name in names]
        is_new = []
        for row in zip(*cells, strict=True):
            is_new.append(row not in seen or any(isinstance(cell, Unreadable) for cell in row))
            seen.add(row)
        columns: dict[str, Sequence[Cell]] = {
            name: list(compress(found, is_new)) for name, found in batch.columns.items()
        }
        kept.append(
            Batch(list(compress(batch.lines, is_new)), columns, batch.origins, batch.hidden)
        )
    return kept
