"""The grammar of ``GET_SELLER_FEEDBACK_DATA``: fields split by tabs, nothing quoted, a row ends at a line feed.

A quotation mark is a character like any other, and a carriage return, or another mark that some readers take for the
end of a line, may stand inside a comment. A line feed inside a comment is survived where its two halves make one whole
row. What cannot be read is refused alone; comment, response and e-mail address are dropped here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingestion.sources.amazon.site_dates import DateTable, NoSuchDateError
from ingestion.unchanged import Row

DATE, RATING, ORDER_ID = "Date", "Rating", "Order ID"
NEEDED = (DATE, RATING, ORDER_ID)
HEADER_LINE = 1

_LOOKS_LIKE_A_DATE = re.compile(r"\s*\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\s*", re.ASCII)
_ORDER_ID = re.compile(r"(?=.*\d)[A-Z0-9]+(-[A-Z0-9]+)*", re.ASCII | re.IGNORECASE)
_RATING = re.compile(r"[1-5]", re.ASCII)


@dataclass(frozen=True)
class RefusedLine:
    """A fault of one line: which column (None = the row as such) and why; ``text`` is never shown or kept."""

    line: int
    column: str | None
    reason: str
    text: str


@dataclass
class Reading:
    """What one report says.

    Attributes:
        rows: readable feedback, one row an order.
        refused: faults, one a column.
        named: orders of all rows whose order number could be read, refused ones included.
        is_whole: every row at least said which order it is about, so an order that is not named is not in the report.
    """

    rows: list[Row] = field(default_factory=list)
    refused: list[RefusedLine] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    is_whole: bool = True


def read_report(text: str, marketplace: str, dates: DateTable) -> Reading:
    """Read a report of one site; never fails, what is wrong is in ``refused``."""
    reading = Reading()
    lines = _lines(text)
    while lines and not lines[0][1].strip():
        lines.pop(0)
    header = [name.strip().casefold() for name in lines[0][1].split("\t")] if lines else []
    missing = [name for name in NEEDED if header.count(name.casefold()) != 1]
    if missing:
        reading.is_whole = False
        line = lines[0][0] if lines else HEADER_LINE
        reason = f"the header does not name {', '.join(missing)} once each; nothing of the report was loaded"
        reading.refused.append(RefusedLine(line, missing[0], reason, ""))
        return reading
    places = {name: header.index(name.casefold()) for name in NEEDED}
    found: dict[str, tuple[int, Row]] = {}
    for line, cells in _records(lines[1:], len(header), places[DATE]):
        if len(cells) != len(header):
            reason = f"the row has {len(cells)} fields, the header {len(header)}"
            reading.refused.append(RefusedLine(line, None, reason, "\t".join(cells)))
            reading.is_whole = False
            continue
        values = {name: cells[place].strip() for name, place in places.items()}
        row = _row(line, values, marketplace, dates, reading)
        if row is not None:
            _keep(found, line, row, reading)
    reading.rows = [row for _, row in found.values()]
    return reading


def _lines(text: str) -> list[tuple[int, str]]:
    """Lines with their numbers; a file without any line feed ends its lines with carriage returns."""
    text = text.removeprefix("\ufeff")
    separator = "\n" if "\n" in text else "\r"
    return [
        (number, line.removesuffix("\r"))
        for number, line in enumerate(text.split(separator), start=1)
    ]


def _records(
    lines: list[tuple[int, str]], width: int, date_place: int
) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line they begin in; lines that are no whole row come alone."""
    place = 0
    while place < len(lines):
        number, text = lines[place]
        place += 1
        if not text.strip():
            continue
        cells = _cells(text, width)
        end = place
        while len(cells) < width and end < len(lines) and not _begins(lines[end][1], date_place):
            text = f"{text}\n{lines[end][1]}"
            end += 1
            joined = _cells(text, width)
            if len(joined) >= width:
                if len(joined) == width:
                    cells, place = joined, end
                break
        yield number, cells


def _cells(text: str, width: int) -> list[str]:
    cells = text.split("\t")
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    return cells


def _begins(text: str, date_place: int) -> bool:
    """Whether a line is the begin of a row of its own rather than the rest of a comment."""
    cells = text.split("\t")
    return len(cells) > date_place and _LOOKS_LIKE_A_DATE.fullmatch(cells[date_place]) is not None


def _row(
    line: int, values: dict[str, str], marketplace: str, dates: DateTable, reading: Reading
) -> Row | None:
    faults: list[tuple[str, str]] = []
    order_id = values[ORDER_ID]
    if _ORDER_ID.fullmatch(order_id):
        reading.named.add(order_id)
    else:
        reading.is_whole = False
        faults.append((ORDER_ID, "there is no order number"))
    day = None
    try:
        day = dates.read(values[DATE]).isoformat()
    except NoSuchDateError as error:
        faults.append((DATE, str(error)))
    if not _RATING.fullmatch(values[RATING]):
        faults.append((RATING, "the rating is no whole number from 1 to 5"))
    for column, reason in faults:
        reading.refused.append(RefusedLine(line, column, reason, "\t".join(values.values())))
    if faults:
        return None
    return {
        "marketplace_id": marketplace,
        "order_id": order_id,
        "feedback_date": day,
        "rating": int(values[RATING]),
        "removed_at": None,
    }


def _keep(found: dict[str, tuple[int, Row]], line: int, row: Row, reading: Reading) -> None:
    """One feedback an order: of two that differ the later day counts, on one day the lower line; the other is named."""
    order_id = row["order_id"]
    earlier = found.get(order_id)
    if earlier is None:
        found[order_id] = (line, row)
        return
    if earlier[1] == row:
        return
    other = (line, row)
    kept, left = (
        (other, earlier)
        if row["feedback_date"] >= earlier[1]["feedback_date"]
        else (earlier, other)
    )
    found[order_id] = kept
    reason = f"the order has another feedback in line {kept[0]}, which is newer or further down and counts"
    reading.refused.append(RefusedLine(left[0], ORDER_ID, reason, f"{order_id}\t{left[1]}"))
