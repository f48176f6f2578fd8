"""Numbers as people and spreadsheets write them: which mark parts thousands and which the decimals.

``1.234`` is one and a bit or more than a thousand. It is read where the file says which (``decimal`` in
``landing.yml``) or its other numbers do; else it is refused, because no check behind could tell a number that is wrong
by a thousand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from ingestion.sources.landing.cells import Cell, shape, stripped
from ingestion.sources.landing.instants import BadValueError

Mark = Literal[".", ","]

_NUMBER = re.compile(r"^[+-]?(?:\d{1,18}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,2})?$")
_SPACED = re.compile(r"^[+-]?\d{1,3}(?:[ \u00a0\u2009\u202f'\u2019]\d{3})+(?:[.,]\d*)?$")
"""Thousands parted by a blank or an apostrophe, which is never a decimal."""
_SPACES = re.compile(r"[ \u00a0\u2009\u202f'\u2019]")
_GROUPED = {
    ".": re.compile(r"^[+-]?[1-9]\d{0,2}(?:\.\d{3})+$"),
    ",": re.compile(r"^[+-]?[1-9]\d{0,2}(?:,\d{3})+$"),
}
"""What may be thousands, by the mark between them."""
_BOTH = {
    ",": re.compile(r"^[+-]?\d{1,3}(?:\.\d{3})+,\d+$"),
    ".": re.compile(r"^[+-]?\d{1,3}(?:,\d{3})+\.\d+$"),
}
"""Thousands and decimals in one number, by the decimal: only one reading is left."""
_WHOLE = re.compile(r"^[+-]?\d{1,19}(?:\.0{1,6})?$")
_WHOLE_COMMA = re.compile(r"^[+-]?\d{1,19},0{1,6}$")
_EITHER = re.compile(r"^[+-]?\d{1,3}[.,]000$")
"""A thousand, or a one that a tool wrote with three decimals."""
_TELLS = {
    ",": re.compile(
        r"^[+-]?\d{1,3}(?:\.\d{3})*,(?:\d{1,2}|\d{4,})$|^[+-]?0,\d+$|^[+-]?\d{4,},\d+$"
    ),
    ".": re.compile(
        r"^[+-]?\d{1,3}(?:,\d{3})*\.(?:\d{1,2}|\d{4,})$|^[+-]?0?\.\d+$|^[+-]?\d{4,}\.\d+$"
    ),
}
"""Numbers that show by themselves which mark is the decimal of their file."""


def decimal_shown(columns: Iterable[Iterable[Cell]], separator: str | None) -> Mark | None:
    """The decimal that the numbers of a file show; the comma where any does, since a file has one.

    Args:
        columns: cells of its columns of numbers.
        separator: how its cells are parted (``Content.separator``). Spreadsheets part them by a semicolon where the
            comma is the decimal, so a file of them that shows nothing may be either: null.
    """
    texts = {stripped(cell) for cells in columns for cell in set(cells) if isinstance(cell, str)}
    if any(_TELLS[","].match(text) for text in texts):
        return ","
    if separator != "semicolon" or any(_TELLS["."].match(text) for text in texts):
        return "."
    return None


def read_number(text: str, decimal: Mark | None, shown: Mark | None) -> Decimal:
    """A number with its decimals.

    Args:
        text: the cell without blanks around it.
        decimal: the mark that the settings of the file name, if any.
        shown: the mark that its numbers show.

    Raises:
        BadValueError: it is no number, or it could be two.
    """
    text = _together(text)
    if text.endswith("%"):
        raise BadValueError("a percentage; write the fraction, such as 0.95 for 95 %")
    chosen = decimal or "."
    if _GROUPED["."].match(text) and (chosen == "," or (decimal is None and shown != ".")):
        raise BadValueError(_thousands(decimal))
    if _BOTH[chosen].match(text):
        text = text.replace("," if chosen == "." else ".", "")
    if chosen == "," and "." not in text:
        text = text.replace(",", ".", 1)
    if "," in text:
        raise BadValueError(
            'a number with a comma; write 0.95, or set decimal: "," for this file in landing.yml'
            if chosen == "."
            else "a number in which the comma cannot be the decimal, as landing.yml has it; write it like 1234,5"
        )
    if not _NUMBER.match(text):
        raise BadValueError(f"{shape(text)} is no number")
    return Decimal(text)


def _together(text: str) -> str:
    return _SPACES.sub("", text) if _SPACED.match(text) else text


def _thousands(decimal: Mark | None) -> str:
    if decimal == ",":
        return "a number with points in a file whose decimal is the comma could be thousands; write it without points"
    return (
        'a number with a point before three digits could be thousands; set decimal: "," (or ".") for this file in '
        "landing.yml"
    )


def read_whole(text: str, decimal: Mark | None) -> int:
    """A whole number of 64 bits.

    Raises:
        BadValueError: it is none, or it could be a thousand.
    """
    text = _together(text)
    if _EITHER.match(text) and not text.lstrip("+-").startswith("0"):
        raise BadValueError(
            "a whole number with a mark before three zeros could be thousands; write digits alone"
        )
    if decimal == "," and _WHOLE_COMMA.match(text):
        text = text.replace(",", ".")
    number = int(text.partition(".")[0]) if _WHOLE.match(text) else None
    if number is None or not -(2**63) <= number < 2**63:
        raise BadValueError(f"{shape(text)} is no whole number; write digits alone, without unit")
    return number


_INTEGRAL_FLOAT = re.compile(r"^(-?\d{1,15})[.,]0{1,6}$")


def whole_id(text: str) -> str:
    """An id without the decimals that a float column with gaps gives it: ``501.0`` and ``501,0`` are 501.

    Raises:
        BadValueError: it may be one number or a thousand of them.
    """
    if _EITHER.match(text) or _GROUPED[","].match(text):
        raise BadValueError(
            "the id has a mark before three digits, as a spreadsheet shows thousands; format the column as text and "
            "export it again"
        )
    integral = _INTEGRAL_FLOAT.match(text)
    return integral[1] if integral else text
