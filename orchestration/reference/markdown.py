"""Pieces of Markdown as GitHub renders it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

GENERATED = "<!-- Made by `python -m orchestration.reference`; edits are overwritten. -->"
"""First line of every generated page."""

_NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading, without the number it adds to later headings of the same text."""
    return _NOT_IN_ANCHORS.sub("", heading.strip().lower()).replace(" ", "-")


def cell(text: object) -> str:
    """Text in one cell of a table: on one line, bars escaped."""
    return " ".join(str(text).split()).replace("|", "\\|")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Lines of a table."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    return lines


def codes(names: Iterable[str]) -> str:
    """Names as code, separated by commas; a dash for none."""
    return ", ".join(f"`{name}`" for name in names if name) or "–"


def page(title: str, lines: Iterable[str]) -> str:
    """A whole page with the note that it is generated."""
    return "\n".join([GENERATED, "", f"# {title}", "", *lines]).rstrip() + "\n"
