"""Reads the three files of a pack back, as a reader's own programs would."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pypdf

SECONDS = 86400


def plain(text: str) -> str:
    """A text without the spaces that keep figures together or break lines."""
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u202f", " ")).strip()


class _Rows(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.section = ""
        self.rows: dict[str, list[list[str]]] = {}
        self.addresses: list[str] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.addresses += [found[name] or "" for name in ("href", "src") if name in found]
        if tag == "section":
            self.section = found["id"] or ""
        elif tag == "tr":
            self.rows.setdefault(self.section, []).append([])
        elif tag == "td":
            self._cell = []
        elif tag in ("small", "code", "br") and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "td" and self._cell is not None:
            self.rows[self.section][-1].append("".join(self._cell))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


def html_rows(content: bytes) -> dict[str, list[list[list[str]]]]:
    """Rows of cells by section; a cell is its lines."""
    parser = _Rows()
    parser.feed(content.decode())
    return {
        section: [
            [[plain(line) for line in cell.split("\n")] for cell in row] for row in rows if row
        ]
        for section, rows in parser.rows.items()
    }


def html_addresses(content: bytes) -> list[str]:
    """Everything that a browser would follow or fetch."""
    parser = _Rows()
    parser.feed(content.decode())
    return parser.addresses


def pdf_pages(content: bytes) -> list[str]:
    """The text of each page."""
    return [plain(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def workbook(content: bytes) -> openpyxl.Workbook:
    """The workbook as a spreadsheet program reads it."""
    return openpyxl.load_workbook(io.BytesIO(content))


def records(sheet: Any) -> list[dict[str, Any]]:
    """Rows of a table's sheet by column title."""
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    titles = [str(title) for title in rows[0] if title is not None]
    return [
        dict(zip(titles, row, strict=False))
        for row in rows[1:]
        if sum(value is not None for value in row) > 1
    ]
