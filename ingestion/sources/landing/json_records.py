"""JSON Lines and JSON lists of objects; numbers keep every digit they were written with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

from ingestion.canonical import tables
from ingestion.sources.landing.cells import (
    BadLine,
    Batch,
    Cell,
    Content,
    FileError,
    Unreadable,
    normal_name,
    too_many_columns,
)
from ingestion.sources.landing.decoding import Text
from ingestion.sources.landing.delimited import BATCH_ROWS, too_many_rows
from ingestion.sources.landing.limits import Limits

_EXACT = re.compile(r"\d{16}|\d\.\d|\d[eE]")
"""A number that the quick parser may round: only such lines take the slow one."""
_GAP = re.compile(r"[\s,]*")
_BETWEEN = re.compile(r"\]\s*(?:\[|$)?")
_BLANKS = " \t\r\ufeff"
_TWICE = "\x00twice"
"""Marks an object that has a key twice, of which a parser keeps the last."""
_TWICE_WRITTEN = "\\u0000twice"
_HALF_LETTER = "the line holds half a letter (an emoji that was cut in two); remove it"
Record = tuple[int, dict[str, Any]]


def read_json(text: Text, limits: Limits) -> Content:
    """Columns and rows of JSON Lines, or of one JSON list of objects.

    Raises:
        FileError: a JSON list that breaks off, or a document that is no list of objects.
    """
    content = Content((), iter(()), encoding=text.encoding)
    first = next((line.lstrip() for line in text.lines if line.strip()), "")
    if first.startswith("["):
        content.notes.append("the file is one JSON list; each of its objects is read as a row")
        records: Iterator[Record] = _items(text, content.bad_lines)
    elif wrapped := _wrapped(text):
        raise FileError(
            f'the rows stand in the list "{wrapped}" inside one object; export or save that list alone'
        )
    elif first in ("{", "{}") and len(text.lines) > 1 and not _is_record(first):
        raise FileError(
            "the file is one JSON object over several lines; write one object a line, or a list of objects"
        )
    else:
        records = _lines(text, content.bad_lines)
    content.batches = _batches(records, content, limits)
    return content


def _batches(records: Iterator[Record], content: Content, limits: Limits) -> Iterator[Batch]:
    """Batches; ``content.columns`` grows with them, since only the last line tells which columns there are."""
    columns: dict[str, None] = {}
    kept: list[Record] = []
    total = 0
    for line, record in records:
        columns.update(dict.fromkeys(record))
        total += 1
        if total > limits.rows:
            raise FileError(too_many_rows(limits), line)
        fault = too_many_columns(columns)
        if fault:
            raise FileError(fault, line)
        longest = max((len(cell) for cell in record.values() if isinstance(cell, str)), default=0)
        if longest > limits.cell_chars:
            reason = f"a value has {longest:,} characters, at most {limits.cell_chars:,} are read"
            content.bad_lines.append(BadLine(line, reason))
            continue
        kept.append((line, record))
        if len(kept) == BATCH_ROWS:
            yield _batch(kept, columns, content)
            kept = []
    yield _batch(kept, columns, content)


def _batch(kept: list[Record], columns: dict[str, None], content: Content) -> Batch:
    content.columns = tuple(columns)
    return Batch(
        [line for line, _ in kept],
        {name: [record.get(name) for _, record in kept] for name in columns},
    )


def _wrapped(text: Text) -> str | None:
    """The key under which the only object of a file holds rows in a list, as answers of an API do."""
    filled = [line for line in text.lines if line.strip(_BLANKS)]
    if not filled or (len(filled) > 1 and _is_record(filled[0].strip(_BLANKS))):
        return None
    try:
        document = orjson.loads("\n".join(filled).lstrip("\ufeff"))
    except orjson.JSONDecodeError:
        return None
    if not isinstance(document, dict):
        return None
    lists = [
        key
        for key, rows in document.items()
        if isinstance(rows, list) and rows and isinstance(rows[0], dict)
    ]
    named = [key for key in lists if normal_name(key) in tables()]
    # Of a list under another name (data, results, value) only an object that is no row itself can be the wrapping.
    is_row = any(normal_name(key) == "tenant_id" for key in document)
    return next(iter(named or ([] if is_row else lists)), None)


def _is_record(line: str) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def _lines(text: Text, bad_lines: list[BadLine]) -> Iterator[Record]:
    names: dict[str, str] = {}
    for line, raw in enumerate(text.lines, start=1):
        raw = raw.strip(_BLANKS)
        if not raw:
            continue
        if line in text.bad_lines:
            bad_lines.append(BadLine(line, text.bad_lines[line]))
            continue
        try:
            record = _loads(raw)
        except (ValueError, RecursionError):
            bad_lines.append(BadLine(line, _line_fault(raw)))
            continue
        if not isinstance(record, dict):
            bad_lines.append(BadLine(line, "the line is no JSON object; write one object a line"))
            continue
        cells = _cells(record, names)
        fault = _record_fault(record, cells, _has_escaped_halves(raw))
        if fault:
            bad_lines.append(BadLine(line, fault))
            continue
        yield line, cells


def _line_fault(raw: str) -> str:
    if _has_escaped_halves(raw):
        try:
            raw.encode().decode("unicode_escape").encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeError:
            return _HALF_LETTER
    try:
        _, end = json.JSONDecoder(parse_constant=_constant).raw_decode(raw.lstrip())
    except (ValueError, RecursionError) as error:
        place = f" (character {error.pos + 1})" if isinstance(error, json.JSONDecodeError) else ""
        return f"the line is no JSON{place}; export it again or correct the line"
    if raw.lstrip()[end:].lstrip().startswith("{"):
        return "two objects stand on one line; a line break is missing between them"
    return "something stands behind the object; write one object a line"


def _items(text: Text, bad_lines: list[BadLine]) -> Iterator[Record]:
    """Objects of a JSON list, or of several one behind the other (pages of an API), with their lines."""
    if text.bad_lines:
        line, reason = next(iter(text.bad_lines.items()))
        raise FileError(reason, line)
    whole = "\n".join(text.lines)
    names: dict[str, str] = {}
    has_halves = _has_escaped_halves(whole)
    decoder = json.JSONDecoder(
        parse_int=str, parse_float=_float, parse_constant=_constant, object_pairs_hook=_pairs
    )
    place, line, counted = whole.index("[") + 1, 1, 0
    while True:
        match = _GAP.match(whole, place)
        place = match.end() if match else place
        line, counted = line + whole.count("\n", counted, place), place
        if whole[place : place + 1] == "]":
            rest = _BETWEEN.match(whole, place)
            place = rest.end() if rest else place
            if place == len(whole):
                return
            continue
        try:
            record, place = decoder.raw_decode(whole, place)
        except (ValueError, RecursionError) as error:
            raise FileError(
                "the JSON list breaks off or is damaged here; export it again", line
            ) from error
        if not isinstance(record, dict):
            raise FileError("the JSON list holds something else than objects", line)
        cells = _cells(record, names)
        fault = _record_fault(record, cells, has_halves)
        if fault:
            bad_lines.append(BadLine(line, fault))
            continue
        yield line, cells


def _loads(raw: str) -> Any:
    if not _EXACT.search(raw):
        try:
            quick = orjson.loads(raw)
        except orjson.JSONDecodeError:
            quick = (
                None  # the slow one knows the words that Python writes (NaN), or says what is wrong
            )
        if isinstance(quick, dict) and raw.count('":') == len(quick):
            return quick  # else a key may be there twice, of which the quick parser keeps the last
    return json.loads(
        raw,
        parse_int=str,
        parse_float=_float,
        parse_constant=_constant,
        object_pairs_hook=_pairs,
    )


def _has_escaped_halves(raw: str) -> bool:
    """Whether letters beyond 16 bits are written in halves; one half alone is no letter."""
    return "\\ud" in raw or "\\uD" in raw


def _float(text: str) -> str:
    """The digits as written, an exponent always with a point, by which ids that were rounded are known."""
    mantissa, e, exponent = text.lower().partition("e")
    return f"{mantissa}.0e{exponent}" if e and "." not in mantissa else text


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        found[_TWICE] = True
    return found


def _record_fault(
    record: dict[str, Any], cells: dict[str, Cell], may_have_halves: bool
) -> str | None:
    """Why an object is no row: a key twice (in any case), or half a letter, as of an emoji that was cut in two."""
    if _TWICE in record or len(cells) < len(record):
        return "a key stands in the object twice; remove one of them"
    if may_have_halves:
        try:
            orjson.dumps(record)
        except TypeError:
            return _HALF_LETTER
    return None


def _constant(name: str) -> str | None:
    """What JSON has no word for and Python writes all the same: no number is nothing, infinity is left to the cell."""
    return None if name == "NaN" else name


def _cells(record: dict[str, Any], names: dict[str, str]) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for key, value in record.items():
        name = names.get(key) or names.setdefault(key, normal_name(key))
        found[name] = json_cell(value)
    return found


def _plain(value: Any) -> str:
    """Values that only Parquet nests; bytes are text or nothing (the error refuses the cell)."""
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def json_cell(value: Any) -> Cell:
    """A JSON value as the text that CSV would hold."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        try:
            text = orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS).decode()
        except (TypeError, RecursionError):
            return Unreadable("a nested value that is no text; write the column as text")
        if _TWICE_WRITTEN in text:
            return Unreadable("a key stands in a nested object twice; remove one of them")
        return text
    return str(value)
