"""Reads a store of texts in a test, and looks for a text in every other byte and row of the home."""

from __future__ import annotations

from pathlib import Path

from ingestion.texts.key import load_key
from ingestion.texts.store import TextStore, has_store
from tests.orchestration.forgetting import standing_in


def kept(home: Path) -> dict[str, tuple[str, str]]:
    """Role and text by message id; empty without a store."""
    if not has_store(home):
        return {}
    with TextStore(home, load_key(home, is_made=False).cipher()) as store:
        rows = store.rows_of("select tenant_id, source_system, message_id, author_role from texts")
        texts = store.texts_of(row[:3] for row in rows)
    return {row[2]: (row[3], texts[row[:3]]) for row in rows}


def places(home: Path, *texts: str) -> dict[str, set[str]]:
    """Where a text stands in the home, readable: in any byte of any file, the store's among them, or in any row."""
    return standing_in(home, *texts)
