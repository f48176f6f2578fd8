"""What a workbook's reader does not tell and its XML does: how far the sheets reach, formulas without result."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from html import unescape

from ingestion.sources.landing.cells import FileError
from ingestion.sources.landing.limits import Limits

_SHEET = re.compile(r"^xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
_PLACE = re.compile(rb"""\sr=["']([A-Z]{1,3})(\d{1,7})["']""")
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*>")
_IS_ERROR = re.compile(rb"""\st=["']e["']""")
_IS_TEXT = re.compile(rb"""\st=["']str["']""")
_BARE = re.compile(
    rb"(<(?:\w+:)?c\s[^>]*>)\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
"""A formula without the value that a spreadsheet stores beside it; an empty text is one, and says so (t="str")."""
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(["'])(.*?)\2""", re.DOTALL)
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_CHUNK = 1 << 20
_OVERLAP = 128
"""Longer than the beginning of any cell, so that none is cut in two by the chunks."""
_FORMULA_OVERLAP = 1 << 16
"""Longer than any formula (8,192 characters, escaped)."""
_BYTES_PER_CELL = 32


def check_extent(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Refuse a workbook with a cell far outside its table: laid out in full it would need more memory than there is.

    Raises:
        FileError: a sheet spans more cells than the limits allow.
    """
    for entry in archive.infolist():
        if not _SHEET.match(entry.filename):
            continue
        width, height = _extent(_chunks(archive, entry))
        if width * height > limits.file_bytes // _BYTES_PER_CELL:
            raise FileError(
                f"a cell stands far outside the table (the sheet spans {height:,} rows and {width:,} columns); delete "
                "the rows below and the columns beside the table"
            )


Place = tuple[int, int]
"""Row and column from 0."""


def broken_cells(content: bytes, sheet: str) -> tuple[set[Place], set[Place]]:
    """Cells of a sheet that its reader hands on as nothing: those that show an error, and formulas never computed."""
    errors: set[Place] = set()
    bare: set[Place] = set()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = _part_of(archive, sheet)
        for chunk in _chunks(archive, part, _FORMULA_OVERLAP) if part is not None else ():
            errors |= {place for cell in _CELL.findall(chunk) if (place := _error(cell))}
            bare |= {place for cell, _ in _BARE.findall(chunk) if (place := _uncomputed(cell))}
    return errors, bare


def _error(cell: bytes) -> Place | None:
    return _place(cell) if _IS_ERROR.search(cell) else None


def _uncomputed(cell: bytes) -> Place | None:
    return None if _IS_TEXT.search(cell) else _place(cell)


def _place(cell: bytes) -> Place | None:
    place = _PLACE.search(cell)
    return (int(place[2]) - 1, _number(place[1]) - 1) if place else None


def _part_of(archive: zipfile.ZipFile, sheet: str) -> zipfile.ZipInfo | None:
    """The part that holds a sheet: the workbook names its relation, the relation names the file."""
    parts = {entry.filename.lower(): entry for entry in archive.infolist()}
    if not {_BOOK, _RELATIONS} <= parts.keys():
        return None
    relations = {
        one.get("Id", ""): one.get("Target", "")
        for one in _tags(archive.read(parts[_RELATIONS]), b"Relationship")
    }
    for one in _tags(archive.read(parts[_BOOK]), b"sheet"):
        if one.get("name") == sheet:
            target = relations.get(one.get("id", ""), "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return parts.get(path.lower())
    return None


def _tags(xml: bytes, name: bytes) -> Iterator[dict[str, str]]:
    """Attributes of all tags of a name, without their namespaces."""
    for tag in re.findall(rb"<(?:\w+:)?" + name + rb"\s[^>]*>", xml):
        yield {
            key.decode().rpartition(":")[2]: unescape(value.decode("utf-8", "replace"))
            for key, _, value in _ATTRIBUTE.findall(tag)
        }


def _chunks(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, overlap: int = _OVERLAP
) -> Iterator[bytes]:
    tail = b""
    with archive.open(entry) as handle:
        while chunk := handle.read(_CHUNK):
            yield tail + chunk
            tail = chunk[-overlap:]


def _extent(chunks: Iterator[bytes]) -> tuple[int, int]:
    columns: set[bytes] = set()
    height = 0
    for chunk in chunks:
        found = set(_PLACE.findall(chunk))
        columns.update(column for column, _ in found)
        height = max([height, *(int(row) for _, row in found)])
    return max((_number(column) for column in columns), default=0), height


def _number(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number
