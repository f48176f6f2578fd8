"""Words of an export: which are the same, and which mean nothing."""

from __future__ import annotations

from ingestion.sources.landing.cells import Cell, Unreadable, stripped
from ingestion.sources.landing.values import NULL_WORDS

OTHERS = "*"
"""In a map of words: every word that is not named."""


def plain_word(text: str) -> str:
    """A word without case and with single blanks, as it is compared."""
    return " ".join(stripped(text).casefold().split())


def is_filled(cell: Cell) -> bool:
    """Whether a cell says anything; one that cannot be read does, though not what."""
    if isinstance(cell, Unreadable):
        return True
    return cell is not None and stripped(cell).lower() not in NULL_WORDS
