"""The one place that turns a file's cell into the contract's type; README.md tables what is null, read and refused.

Reasons describe a refused cell (kind of text, length, nearest allowed word) and never quote it: cells can hold names,
addresses or whole messages, and reasons are published.
"""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson

from ingestion.canonical import Column
from ingestion.sources.landing.cells import Cell, Unreadable, shape, stripped
from ingestion.sources.landing.instants import (
    BadValueError,
    Dialect,
    quick_instant,
    read_clock,
    read_date,
    read_instant,
)
from ingestion.sources.landing.numerals import Mark, read_number, read_whole, whole_id
from ingestion.time_zones import zone_named

NULL_WORDS = frozenset(
    {
        "",
        "null",
        "(null)",
        "[null]",
        "<null>",
        "none",
        "nan",
        "nat",
        "<na>",
        "\\n",
        "n/a",
        "nil",
        "undefined",
    }
    | {"(blank)", ".", "-", "--", "\u2013", "\u2014"}
)
"""What tools write for nothing (any case); not where the vocabulary of the column has the word."""
_NAME_NULLS = frozenset({"", "null", "(null)", "<na>", "\\n"})
"""In names of people and things fewer words mean nothing: Nan and None are names."""
_NAMES = frozenset({"display_name", "name", "label", "note"})
_REGIONS = frozenset(
    {
        "tenant_id",
        "source_id",
        "channel_id",
        "team_id",
        "parent_team_id",
        "marketplace_account_id",
        "scope_id",
    }
    | {"from_value", "to_value"}
)
"""Ids of things that may be called NA, for North America; elsewhere it is R's word for nothing."""
_FORMULA_ERRORS = frozenset(
    {"#n/a", "#ref!", "#value!", "#div/0!", "#name?", "#num!", "#null!", "#spill!"}
)
_TRUE = frozenset(
    {"true", "t", "1", "1.0", "yes", "y", "on"}
    | {"wahr", "ja", "vero", "s\u00ec", "si", "vrai", "oui", "verdadero", "s\u00ed"}
    | {"adev\u0103rat", "adevarat", "da", "\u0438\u0441\u0442\u0438\u043d\u0430", "\u0434\u0430"}
)
_FALSE = frozenset(
    {"false", "f", "0", "0.0", "no", "n", "off"}
    | {"falsch", "nein", "falso", "faux", "non", "fals", "nu"}
    | {"\u043b\u043e\u0436\u044c", "\u043d\u0435\u0442"}
)
"""Also what German, Italian, French, Spanish, Romanian and Russian spreadsheets and people write."""
_INTEGRAL_SCORE = re.compile(r"(?<=\d)[.,]0{1,6}$")
_ROUNDED_FLOAT = re.compile(
    r"^-?\d+(?:[.,]\d+)?[eE]\+\d{1,3}$|^-?\d+[.,]\d+[eE]\d{1,3}$|^-?\d{16,}\.0+$"
)
_TEXT_MARK = re.compile(r"""^(?:="([^"]*)"|'(?=[\d=+\-@])([^']*))$""")
"""How exports tell a spreadsheet that digits are text: ="0501" or '0501."""
_LONG_DIGITS = re.compile(r"^\d{16,}$")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
    "|(?<=[!-~])[\u200c\u200d]|[\u200c\u200d](?=[!-~])"  # joiners belong to some scripts, never to ours
)
_BROKEN_LINE = re.compile("[\t\n\r\x80-\x9f\u2028\u2029]")
_ODD_BLANK = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_ROUNDED = (
    "the id was rounded by a spreadsheet (it ends in an exponent or zeros); format the column as text and export "
    "it again"
)


@dataclass
class Noticed:
    """What was read by assumption and must be said: rows whose times had no offset, and bare days as instants."""

    without_offset: int = 0
    days: int = 0


@dataclass(frozen=True)
class CellReader:
    """Reads the cells of one file: the decimal that was set for it, the one its numbers show, and what was noticed."""

    decimal: Mark | None = None
    shown: Mark | None = "."
    noticed: Noticed = field(default_factory=Noticed)

    def column(
        self, column: Column, cells: Sequence[Cell], dialects: Sequence[Dialect]
    ) -> tuple[list[Any], dict[int, str]]:
        """Typed values of a column and the reasons of refused cells by place; null stays null.

        Args:
            column: contract of the column.
            cells: the cells, or an empty sequence where the file lacks the column.
            dialects: how times are written, one for all cells or one a cell.
        """
        if column.type in ("ts", "date"):
            return self._times(column, cells, dialects)
        read = self._reader(column)
        # A column has few different cells, or is an id: each is read once.
        known: dict[Cell, Any] = {cell: _read(read, column, cell) for cell in set(cells)}
        values = [known[cell] for cell in cells]
        faults: dict[int, str] = {}
        if any(isinstance(value, BadValueError) for value in known.values()):
            for place, value in enumerate(values):
                if isinstance(value, BadValueError):
                    values[place], faults[place] = None, str(value)
        if column.is_identifier:
            _refuse_rounded(values, faults)
        return values, faults

    def _times(
        self, column: Column, cells: Sequence[Cell], dialects: Sequence[Dialect]
    ) -> tuple[list[Any], dict[int, str]]:
        values: list[Any] = []
        faults: dict[int, str] = {}
        readers = {dialect: self._time(column, dialect) for dialect in set(dialects)}
        is_single = len(dialects) == 1
        read = readers[dialects[0]] if is_single else None
        is_instant = column.type == "ts"
        for place, cell in enumerate(cells):
            if cell is None:
                values.append(None)
                continue
            value = quick_instant(cell) if is_instant else None
            if value is None:
                value = _read(read or readers[dialects[place]], column, cell)
            if isinstance(value, BadValueError):
                faults[place] = str(value)
                value = None
            values.append(value)
        return values, faults

    def _time(self, column: Column, dialect: Dialect) -> Callable[[str], Any]:
        if column.type == "date":
            return lambda text: read_date(text, dialect)

        def instant(text: str) -> Any:
            reading = read_instant(text, dialect)
            if reading.is_day:
                self.noticed.days += 1
            elif not reading.has_offset:
                self.noticed.without_offset += 1
            return reading.instant

        return instant

    def _reader(self, column: Column) -> Callable[[str], Any]:
        if column.form == "zone":
            return _zone
        if column.form == "clock":
            return read_clock
        if column.form == "currency":
            return _currency
        if column.form == "score":
            return _score
        if column.type == "json":
            return {"list": _list, "object": _object}.get(column.form or "", _json)
        if column.type == "text":
            return _text_reader(column)
        return {"int": self._int, "bool": _bool, "numeric": self._numeric}[column.type]

    def _numeric(self, text: str) -> Decimal:
        number = read_number(text, self.decimal, self.shown)
        if abs(number) >= Decimal(10) ** 12:
            raise BadValueError("the number does not fit 18 digits with 6 decimals")
        return number.quantize(Decimal("0.000001"))

    def _int(self, text: str) -> int:
        return read_whole(text, self.decimal)


def _read(read: Callable[[str], Any], column: Column, cell: Cell) -> Any:
    """Typed value of a cell, null, or the error that refuses it."""
    if cell is None:
        return None
    if isinstance(cell, Unreadable):
        return BadValueError(cell.reason)
    text = stripped(cell)
    if is_null(text, column):
        return None
    if not text.isprintable() and _CONTROL.search(text):
        return BadValueError("the cell holds a control character (such as NUL); remove it")
    if text[0] == "#" and text.lower() in _FORMULA_ERRORS:
        return BadValueError("the cell holds a spreadsheet's formula error; correct the formula")
    try:
        return read(text)
    except BadValueError as error:
        return error


def is_null(text: str, column: Column) -> bool:
    """Whether a stripped text means that there is nothing."""
    if not text:
        return True
    if len(text) > 9:
        return False
    words = _NAME_NULLS if column.name in _NAMES else NULL_WORDS
    lowered = text.lower()
    if text == "NA":
        return _is_na_nothing(column)
    if column.type == "json" and lowered == "[null]":
        return (
            False  # a list that holds nothing is a fault of the list; elsewhere it is a tool's word
        )
    return lowered in words and lowered not in column.allowed


def _is_na_nothing(column: Column) -> bool:
    """Whether NA can only be R's word for nothing: not in free text (Namibia, North America) and names of regions."""
    if column.type != "text":
        return True
    if column.allowed:
        return not column.is_open and "NA" not in column.allowed
    return column.is_identifier and column.name not in _REGIONS


def _text_reader(column: Column) -> Callable[[str], Any]:
    if column.allowed:
        allowed = {word.lower(): word for word in column.allowed}

        def word(text: str) -> str:
            found = allowed.get(text.lower()) or allowed.get(re.sub(r"[\s-]+", "_", text.lower()))
            if found is None and not column.is_open:
                near = difflib.get_close_matches(text.lower(), allowed, 1, 0.6)
                meant = f"; did you mean {allowed[near[0]]}?" if near else ""
                raise BadValueError(
                    f"{shape(text)} is not one of {', '.join(column.allowed)}{meant}"
                )
            return found or text

        return word
    if not column.is_identifier:
        return _plain
    return _identifier if column.name in ("from_value", "to_value") else _thing


def _plain(text: str) -> str:
    return text


def _thing(text: str) -> str:
    if text.lower() in ("true", "false"):
        raise BadValueError(
            "a truth value stands where an id belongs; leave the cell empty for nothing"
        )
    return _identifier(text)


def _identifier(text: str) -> str:
    if text.isascii() and text.isalpha():
        return text
    if text[0] in "{[":
        raise BadValueError("a JSON structure stands where an id belongs; write the id alone")
    marked = _TEXT_MARK.match(text)
    if marked:
        text = stripped(marked[1] if marked[1] is not None else marked[2])
    # A star stands for every tenant, channel or entity in rules.
    if text != "*" and text.isascii() and not any(map(str.isalnum, text)):
        raise BadValueError("signs alone are no id; leave the cell empty for nothing")
    text = whole_id(text)
    if _ROUNDED_FLOAT.match(text):
        raise BadValueError(_ROUNDED)
    if _INVISIBLE.search(text):
        raise BadValueError("the id holds invisible direction marks or blanks; remove them")
    if "\ufffd" in text:
        raise BadValueError(
            "the id holds the mark of letters that an earlier export lost; export it again as UTF-8"
        )
    if _BROKEN_LINE.search(text):
        raise BadValueError("the id holds a tab, a line break or a control character; remove it")
    # The same letters composed in two ways, or with another kind of blank between them, would be two ids.
    return text if text.isascii() else unicodedata.normalize("NFC", _ODD_BLANK.sub(" ", text))


def _refuse_rounded(values: list[Any], faults: dict[int, str]) -> None:
    """Long ids that all end in zeros behind the 15th digit were rounded by a spreadsheet, without an exponent."""
    long = {
        value
        for value in values
        if value is not None and len(value) > 15 and _LONG_DIGITS.match(value)
    }
    if len(long) > 1 and all(not value[15:].strip("0") for value in long):
        for place, value in enumerate(values):
            if value in long:
                values[place], faults[place] = None, _ROUNDED


def _bool(text: str) -> bool:
    lowered = text.lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    raise BadValueError(f"{shape(text)} is neither true nor false; write true or false")


def _currency(text: str) -> str:
    if not (len(text) == 3 and text.isascii() and text.isalpha()):
        raise BadValueError(f"{shape(text)} is no currency; write its three letters, such as EUR")
    return text.upper()


def _score(text: str) -> str:
    """A score of a scale, without the decimals that a float column with gaps gives it."""
    return _INTEGRAL_SCORE.sub("", text)


def _zone(text: str) -> str:
    try:
        return zone_named(text)
    except ValueError as error:
        raise BadValueError(f"{shape(text)} {error}") from error


def _loads(text: str, is_exact: bool = False) -> Any:
    try:
        # Numbers of a list are ids: their digits stay as they were written.
        return json.loads(text, parse_int=str, parse_float=str) if is_exact else orjson.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadValueError(f"{shape(text)} is no JSON") from error


def _json(text: str) -> str:
    return orjson.dumps(_loads(text), option=orjson.OPT_SORT_KEYS).decode()


def _object(text: str) -> str:
    value = _loads(text) if text.startswith("{") else None
    if not isinstance(value, dict):
        raise BadValueError('this is no JSON object; write {"platform": ["amazon"]}, or {} for all')
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _list(text: str) -> str:
    value = _loads(text, is_exact=True) if text.startswith("[") else None
    if not isinstance(value, list):
        raise BadValueError('this is no JSON list of texts; write ["a","b"]')
    return orjson.dumps([_list_item(item) for item in value]).decode()


def _list_item(item: Any) -> str:
    if not isinstance(item, str):
        raise BadValueError('the list holds something else than texts; write ["a","b"]')
    text = stripped(item)
    if text.lower() in NULL_WORDS:
        raise BadValueError("the list holds an empty text; remove it")
    if _CONTROL.search(text):
        raise BadValueError("the list holds a control character; remove it")
    return _identifier(text)
