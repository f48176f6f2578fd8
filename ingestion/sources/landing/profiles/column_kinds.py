"""What a column of an unknown export holds, by its cells and its heading; words only where they can be no names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ingestion.sources.landing.cells import Cell, Unreadable, stripped
from ingestion.sources.landing.instants import BadValueError, Dialect, read_instant
from ingestion.sources.landing.profiles.evaluating import seconds
from ingestion.sources.landing.profiles.words import is_filled, plain_word

_FEW_WORDS = 20
_MOST_WORDS = 200
_LONG_WORD = 30
DATED = re.compile(r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4}|\d{2})\b")
_WHOLE = re.compile(r"^[+-]?\d+$")
DECIMAL = re.compile(r"^[+-]?\d+([.,])\d+$")
_MAIL = re.compile(r"^\S+@\S+\.\S+$")
_PHONE = re.compile(r"^\+?[\d\s()/.\-]{7,20}$")
_NAMES = re.compile(r"^\w+[.'’-]?(?: \w+[.'’-]?){1,3}$")
_PERSONAL = re.compile(
    r"name|agent|operator|user|author|customer|client|buyer|caller|requester|assignee|owner|email|e.mail|phone|number|"
    r"kunde|bearbeiter|benutzer|cliente|operatore|utente|агент|оператор|клиент|автор|address|from|to$",
    re.IGNORECASE,
)
_VOCABULARY = re.compile(
    r"status|state|type|kind|channel|action|result|outcome|priority|direction|network|queue|group|platform|tag|reason|"
    r"category|event|stato|tipo|canale|kanal|aktion|статус|тип|канал|действие",
    re.IGNORECASE,
)
_TEXTS = re.compile(r"text|subject|body|comment$|message$|note|remark|description", re.IGNORECASE)


@dataclass
class ColumnLook:
    """One column: what its cells are, how many are filled and different, and its words where they may be shown."""

    name: str
    kind: str
    filled: int
    different: int
    words: dict[str, int] = field(default_factory=dict)
    is_personal: bool = False


def filled_texts(cells: Sequence[Cell]) -> list[str]:
    """Texts of the cells that say anything."""
    return [stripped(cell) for cell in cells if isinstance(cell, str) and is_filled(cell)]


def column_look(
    name: str, cells: Sequence[Cell], dialect: Dialect, is_shown: bool = False
) -> ColumnLook:
    """One column; with ``is_shown`` somebody who knows it asked for its words."""
    texts = filled_texts(cells)
    counts = Counter(texts)
    kind = _kind(name, texts, counts, dialect)
    found = ColumnLook(name, kind, len(texts), len(counts))
    found.is_personal = kind in ("e-mail addresses", "phone numbers", "names") or (
        bool(_PERSONAL.search(name)) and kind in ("ids", "words", "texts")
    )
    # First names under a heading that nobody knows look like any other words.
    is_vocabulary = bool(_VOCABULARY.search(name)) and not _PERSONAL.search(name)
    if kind == "words" and (is_vocabulary or (is_shown and not found.is_personal)):
        found.words = dict(Counter(plain_word(text) for text in texts).most_common(_MOST_WORDS))
    if any(isinstance(cell, Unreadable) for cell in cells):
        found.kind += ", some unreadable"
    return found


def _kind(name: str, texts: Sequence[str], counts: Counter[str], dialect: Dialect) -> str:
    if not texts:
        return "empty"
    sample = list(counts)[:1_000]

    def mostly(test: Callable[[str], object]) -> bool:
        return sum(bool(test(text)) for text in sample) >= 0.8 * len(sample)

    for kind, test in (
        ("e-mail addresses", _MAIL.match),
        ("instants", lambda text: _is_instant(text, dialect)),
        ("durations", lambda text: ":" in text and not isinstance(seconds(text), Unreadable)),
        ("decimal numbers", DECIMAL.match),
        (
            "true or false",
            lambda text: text.lower() in ("true", "false", "yes", "no", "ja", "nein"),
        ),
    ):
        if mostly(test):
            return kind
    if mostly(_WHOLE.match):
        return (
            "ids"
            if (len(counts) > 0.9 * len(texts) and len(texts) > 1) or name.endswith("id")
            else "whole numbers"
        )
    if mostly(_PHONE.match) and any(text.startswith(("+", "0")) for text in sample):
        return "phone numbers"
    if _TEXTS.search(name) and not _VOCABULARY.search(name):
        return "texts"
    if (
        not _VOCABULARY.search(name)
        and sum(bool(_NAMES.match(t)) and t.istitle() for t in sample) > len(sample) / 2
    ):
        return "names"
    is_coded = sum(any(sign.isdigit() for sign in text) for text in sample) > len(sample) / 2
    is_short = all(len(text) <= _LONG_WORD for text in sample)
    if (
        is_short
        and not is_coded
        and len(counts) <= _FEW_WORDS
        and (len(texts) >= 2 * len(counts) or _VOCABULARY.search(name))
    ):
        return "words"
    return "ids" if is_short and all(" " not in text for text in sample) else "texts"


def _is_instant(text: str, dialect: Dialect) -> bool:
    if _WHOLE.match(text) and len(text) not in (10, 13, 16):
        return False
    try:
        read_instant(text, dialect)
    except BadValueError as error:
        # An hour that the clock skips is a time all the same; abbreviations of zones too.
        return "hour" in str(error)
    return True
