"""Native charts of the workbook: how many KPIs are in which status, and the reasons as a Pareto chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xlsxwriter

from orchestration.pack.document import Tile
from orchestration.pack.drawing import COLOURS

_BARS = 15


def insert_statuses(
    book: xlsxwriter.Workbook, sheet: Any, first_row: int, tiles: Sequence[Tile], at_row: int
) -> None:
    """A bar for each status of the cover's figures, in its colour, with its number."""
    coloured = [place for place, tile in enumerate(tiles) if tile.tone]
    chart = book.add_chart({"type": "bar"})
    first, last = first_row + coloured[0], first_row + coloured[-1]
    chart.add_series(
        {
            "categories": [sheet.get_name(), first, 0, last, 0],
            "values": [sheet.get_name(), first, 1, last, 1],
            "points": [{"fill": {"color": COLOURS[tiles[place].tone]}} for place in coloured],
            "data_labels": {"value": True},
            "gap": 60,
        }
    )
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "line": {"none": True}, "major_tick_mark": "none"})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_size({"width": 620, "height": 230})
    sheet.insert_chart(at_row, 0, chart)


def insert_pareto(
    book: xlsxwriter.Workbook, sheet: Any, head_row: int, last_row: int, width: int
) -> None:
    """Tickets as columns and the cumulative share as a line, right of the table; the commonest fifteen."""
    name, first, last = sheet.get_name(), head_row + 1, min(last_row, head_row + _BARS)
    columns = book.add_chart({"type": "column"})
    columns.add_series(
        {
            "name": [name, head_row, 1],
            "categories": [name, first, 0, last, 0],
            "values": [name, first, 1, last, 1],
            "fill": {"color": COLOURS[""]},
            "gap": 40,
        }
    )
    line = book.add_chart({"type": "line"})
    line.add_series(
        {
            "name": [name, head_row, 3],
            "categories": [name, first, 0, last, 0],
            "values": [name, first, 3, last, 3],
            "y2_axis": True,
            "line": {"color": COLOURS["amber"], "width": 2},
            "marker": {"type": "circle", "size": 5, "fill": {"color": COLOURS["amber"]}},
        }
    )
    columns.combine(line)
    columns.set_legend({"position": "bottom"})
    columns.set_x_axis({"num_font": {"rotation": -45}})
    columns.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": "#d8dde5"}}})
    line.set_y2_axis({"min": 0, "max": 1, "num_format": "0%"})
    columns.set_size({"width": 900, "height": 420})
    sheet.insert_chart(head_row, width + 1, columns)
