"""How far the sheets of a workbook reach, told from its XML before a reader lays out every cell between."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

from ingestion.sources.landing.cells import FileError
from ingestion.sources.landing.limits import Limits

_SHEET = re.compile(r"^xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
_PLACE = re.compile(rb"""\sr=["']([A-Z]{1,3})(\d{1,7})["']""")
_CHUNK = 1 << 20
_OVERLAP = 32
"""Longer than any place, so that none is cut in two by the chunks."""
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
