"""A document as PDF by Typst; fonts are those inside the compiler, so it looks the same on every machine."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from orchestration.pack.document import Cell, Column, Document, Table
from orchestration.pack.drawing import bar, sign, sparkline

TEMPLATE = Path(__file__).parent / "templates" / "pack.typ"


def pdf_of(document: Document) -> bytes:
    """The file's content; its date is the instant of the data, so the same data make the same bytes."""
    compiler = typst.Compiler(
        TEMPLATE.read_bytes(),
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps(_plain(document), ensure_ascii=False)},
    )
    made = compiler.compile(format="pdf", timestamp=datetime.fromisoformat(document.created))
    if not isinstance(made, bytes):
        raise TypeError("the compiler made no single file")
    return made


def _plain(document: Document) -> dict[str, Any]:
    """The document as Typst reads it: tables with paper rows only, pictures drawn."""
    content = asdict(document) | {
        "sections": [
            {
                "title": section.title,
                "lead": section.lead,
                "own_page": section.has_own_page,
                "tables": [_table(table) for table in section.tables],
            }
            for section in document.sections
        ],
        "signs": {tone: sign(tone) for tone in ("green", "amber", "red", "grey")},
    }
    day = datetime.fromisoformat(document.created)
    return content | {"day": [day.year, day.month, day.day]}


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "note": table.note,
        "empty": table.empty,
        "more": table.rest,
        "columns": [_column(column) for column in table.columns],
        "groups": [
            {"title": group.title, "rows": [[_cell(cell) for cell in row] for row in group.rows]}
            for group in table.paper_groups
        ],
    }


def _column(column: Column) -> dict[str, Any]:
    return {"title": column.title, "weight": column.weight, "align": column.align}


def _cell(cell: Cell) -> dict[str, Any]:
    drawn = ""
    if cell.spark is not None:
        drawn = sparkline(cell.spark)
    elif cell.bar is not None:
        drawn = bar(cell.bar, cell.tone)
    return {
        "text": cell.text,
        "tone": cell.tone,
        "icon": cell.icon,
        "note": cell.note,
        "code": cell.code,
        "drawn": drawn,
        "strong": cell.is_strong,
    }
