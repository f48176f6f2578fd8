"""Figures as HTML: a status with sign and word, tiles, tables that become cards on a telephone, sparklines.

Everything that comes from data is escaped here; nobody else writes HTML around it.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from orchestration.dashboard.recording import Step, take
from orchestration.dashboard.words import STATUSES
from orchestration.presenting.languages import Language

NOTHING = "–"
_FIGURE_CHARACTERS = 12
_INK = "#4d84b8"
"""Of sparklines: at least 3 to 1 against the light and the dark ground."""


class Safe(str):
    """HTML that was made here, as against text that must be escaped."""

    __slots__ = ()


def has(value: Any) -> bool:
    """Whether a value of a frame is one: neither None nor what pandas puts for null."""
    return value is not None and value is not pd.NA and value is not pd.NaT and value == value


def safe(value: object) -> Safe:
    """A value as HTML: escaped unless it was made here; nothing for null."""
    if isinstance(value, Safe):
        return value
    if not has(value):
        return Safe("")
    return Safe(html.escape(str(value)))


def joined(*parts: object, mark: str = "") -> Safe:
    """Parts one after the other, each escaped."""
    return Safe(mark.join(safe(part) for part in parts if part not in (None, "")))


def show(*parts: object) -> None:
    """Draw HTML as one element."""
    take(Step("html", f'<div class="dh">{joined(*parts)}</div>'))


def tag(name: str, *parts: object, of: str = "") -> Safe:
    """An element with a class."""
    kind = f' class="{html.escape(of)}"' if of else ""
    return Safe(f"<{name}{kind}>{joined(*parts)}</{name}>")


def anchor(address: str, text: object, label: str = "") -> Safe:
    """A link; ``address`` is escaped already, ``label`` says more to those who hear the page."""
    seen = html.unescape(safe(text))
    # what is heard begins with what is seen, so that both can speak of the same link
    heard = label if seen in label else f"{seen}: {label}"
    spoken = f' aria-label="{html.escape(heard)}"' if label else ""
    return Safe(f'<a href="{address}" target="_self"{spoken}>{safe(text)}</a>')


def mark(own: Language, status: object, reason: object = None) -> Safe:
    """A status as sign and word, in its colour; a grey one with its reason."""
    colour, sign, said = STATUSES.get(str(status), ("grey", NOTHING, str(status)))
    why = own.sentence(str(reason)) if has(reason) else ""
    more = tag("span", why, of="sub") if why else ""
    return Safe(
        f'<span class="mark {colour}"><i aria-hidden="true">{sign}</i>{safe(own.text(said))}</span>{more}'
    )


def colour_of(status: object) -> str:
    """Class of a status."""
    return STATUSES.get(str(status), ("grey",))[0]


SIGNS = {colour: sign for colour, sign, _ in STATUSES.values()} | {"blue": "◆"}
"""Sign of each colour; blue is for what is as it should be and is no target met."""


def signed(colour: str, text: object) -> Safe:
    """A word in a colour with the sign of that colour."""
    sign = SIGNS.get(colour, NOTHING)
    return Safe(f'<span class="mark {colour}"><i aria-hidden="true">{sign}</i>{safe(text)}</span>')


@dataclass(frozen=True)
class Tile:
    """One figure: what it is, how much, and below it what makes it sure (n, interval, target)."""

    label: object
    value: object
    note: object = ""
    colour: str = ""
    status: object = ""


def tiles(shown: Iterable[Tile]) -> Safe:
    """Tiles side by side."""
    parts = [
        f'<div class="tile {tile.colour}"><div class="label">{safe(tile.label)}</div>'
        f'<div class="value{_size(tile.value)}">{safe(tile.value) or NOTHING}</div>'
        f"{f'<div>{safe(tile.status)}</div>' if tile.status else ''}"
        f'<div class="note">{safe(tile.note)}</div></div>'
        for tile in shown
    ]
    return Safe(f'<div class="tiles">{"".join(parts)}</div>')


def _size(value: object) -> str:
    """Class of a value that is a name and no figure: set smaller, so that it is not broken inside a word."""
    return " name" if len(str(value)) > _FIGURE_CHARACTERS else ""


@dataclass(frozen=True)
class Column:
    """Heading of a column; numbers stand on the right."""

    heading: str
    is_number: bool = False


def table(columns: Sequence[Column], rows: Iterable[Sequence[object]], caption: str) -> Safe:
    """A table that becomes a card for each row on a narrow screen.

    Args:
        columns: headings.
        rows: cells; a row of one cell is a heading between the rows.
        caption: what the table is, for those who hear the page.
    """
    head = "".join(
        f'<th scope="col"{_number(column)}>{html.escape(column.heading)}</th>' for column in columns
    )
    body = "".join(_row(columns, row) for row in rows)
    name = html.escape(caption, quote=True)
    return Safe(
        f'<div class="scroll" tabindex="0" role="region" aria-label="{name}"><table class="stack" aria-label="{name}">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def long_table(
    own: Language,
    columns: Sequence[Column],
    rows: Sequence[Sequence[object]],
    caption: str,
    shown: int = 12,
) -> Safe:
    """A table of which the first rows are seen at once and the rest on demand."""
    first = table(columns, rows[:shown], caption)
    if len(rows) <= shown:
        return first
    summary = tag("summary", own.text("and {count} more", count=own.number(len(rows) - shown)))
    return joined(
        first, Safe(f"<details>{summary}{table(columns, rows[shown:], caption)}</details>")
    )


def _row(columns: Sequence[Column], row: Sequence[object]) -> str:
    if len(row) == 1 < len(columns):
        return f'<tr class="group"><td colspan="{len(columns)}">{safe(row[0])}</td></tr>'
    cells = "".join(
        f'<td{_number(column)} data-label="{html.escape(column.heading)}">{_cell(value)}</td>'
        for column, value in zip(columns, row, strict=True)
    )
    return f"<tr>{cells}</tr>"


def _cell(value: object) -> str:
    """What stands in a cell, as one thing beside its label where the table becomes cards; an empty cell stays empty."""
    said = safe(value)
    return f"<div>{said}</div>" if said else ""


def _number(column: Column) -> str:
    return ' class="num"' if column.is_number else ""


def sparkline(values: Sequence[float | None], target: float | None, said: str) -> Safe:
    """A line of a series with its target dashed; a gap where there is no value. ``said`` tells it in words."""
    width, height = 110, 26
    known = [float(value or 0) for value in values if has(value)]
    if len(known) < 2:
        return Safe("")
    bounds = [*known, *([float(target or 0)] if has(target) else [])]
    low, high = min(bounds), max(bounds)
    span = (high - low) or 1.0
    step = width / max(1, len(values) - 1)

    def down(value: float) -> float:
        return round(height - 3 - (value - low) / span * (height - 6), 1)

    pieces: list[list[str]] = [[]]
    last = (0.0, 0.0)
    for place, value in enumerate(values):
        if not has(value):
            pieces.append([])
            continue
        last = (round(place * step, 1), down(float(value or 0)))
        pieces[-1].append(f"{last[0]},{last[1]}")
    lines = "".join(
        f'<polyline points="{" ".join(piece)}" fill="none" stroke="{_INK}" stroke-width="1.6"/>'
        for piece in pieces
        if piece
    )
    goal = ""
    if has(target):
        goal = (
            f'<line x1="0" x2="{width}" y1="{down(float(target or 0))}" y2="{down(float(target or 0))}" '
            f'stroke="{_INK}" stroke-dasharray="3 3" stroke-opacity=".7"/>'
        )
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'{goal}{lines}<circle cx="{last[0]}" cy="{last[1]}" r="2.6" fill="{_INK}"/></svg>'
    )
    # Streamlit takes drawings out of HTML and leaves pictures; as a picture it has one colour for light and dark
    source = base64.b64encode(drawn.encode()).decode()
    name = html.escape(said, quote=True)
    return Safe(
        f'<img class="spark" src="data:image/svg+xml;base64,{source}" alt="{name}" '
        f'width="{width}" height="{height}">'
    )


def bar(share: float | None, widest: float = 1.0) -> Safe:
    """A bar for a share, beside the number that says it."""
    if not has(share) or widest <= 0:
        return Safe("")
    width = max(0.0, min(1.0, (share or 0) / widest)) * 5
    return Safe(f'<span class="bar" aria-hidden="true" style="width:{width:.2f}em"></span>')


def empty(title: str, text: str) -> Safe:
    """What stands where there is nothing: that it is so, and why or what to do."""
    return Safe(f'<div class="empty"><b>{html.escape(title)}</b>{html.escape(text)}</div>')


def box(*parts: object, is_warning: bool = False) -> Safe:
    """A sentence that a reader must not miss."""
    return tag("div", *parts, of="note-box warn" if is_warning else "note-box")


def interval(
    own: Language, low: float | None, high: float | None, unit: str | None, stat: str
) -> str:
    """A 95 % interval in words; empty where there is none."""
    bounds = [own.figure(value, unit, stat) for value in (low, high)]
    return f"{bounds[0]} – {bounds[1]}" if all(bounds) else ""


def number(value: Any) -> float | None:
    """A number of a frame as Python has it; None for null."""
    return float(value) if has(value) else None
