"""Catalogs of translated texts (PO files) by domain and language, with the forms of texts that count."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

CATALOGS = Path(__file__).parent / "catalogs"


def catalog(domain: str, code: str) -> dict[str, str]:
    """Translations of one domain by English text; empty where the file is missing.

    Of a text that counts, the singular is found by the English singular and the last form by the English plural.
    """
    found: dict[str, str] = {}
    for english, said in _entries(domain, code):
        found |= {english[0]: said[0], english[-1]: said[-1]} if all(said) else {}
    return found


def counted_forms(domain: str, code: str) -> dict[str, tuple[str, ...]]:
    """Every form of the texts of one domain that count, by the English singular and by the English plural."""
    return {
        key: said
        for english, said in _entries(domain, code)
        if len(english) > 1 and all(said)
        for key in english
    }


@cache
def _entries(domain: str, code: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """English forms (one, or singular and plural) with the translated ones."""
    path = CATALOGS / f"{domain}.{code}.po"
    if not path.exists():
        return []
    with path.open("rb") as file:
        entries = read_po(file, locale=code)
    return [(_all(entry.id), _all(entry.string)) for entry in entries if entry.id]


def _all(forms: str | Sequence[str] | None) -> tuple[str, ...]:
    return (forms or "",) if forms is None or isinstance(forms, str) else tuple(forms)
