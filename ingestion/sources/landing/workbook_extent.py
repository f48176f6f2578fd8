"""What a workbook's reader does not tell and its XML does: how far the sheets reach, where formulas ended in errors."""

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
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(["'])(.*?)\2""", re.DOTALL)
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_CHUNK = 1 << 20
_OVERLAP = 128
"""Longer than the beginning of any cell, so that none is cut in two by the chunks."""
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


def error_cells(content: bytes, sheet: str) -> list[tuple[int, int]]:
    """Row and column, from 0, of the cells of a sheet that show an error, which its reader hands on as nothing."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = _part_of(archive, sheet)
        found: set[tuple[bytes, bytes]] = set()
        if part is not None:
            for chunk in _chunks(archive, part):
                for cell in _CELL.findall(chunk):
                    place = _PLACE.search(cell)
                    if place is not None and _IS_ERROR.search(cell):
                        found.add((place[2], place[1]))
    return sorted((int(row) - 1, _number(column) - 1) for row, column in found)


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


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    tail = b""
    with archive.open(entry) as handle:
        while chunk := handle.read(_CHUNK):
            yield tail + chunk
            tail = chunk[-_OVERLAP:]


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
