"""Hours of the week as coloured cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import altair as alt
import pandas as pd

from orchestration.dashboard.charts import Picture, hover

_NARROWEST = 30
"""Pixels of a cell that hold a number of four signs with space around it."""
_SIZE = 10
"""Pixels of a number."""


def heat(
    frame: pd.DataFrame,
    days: Sequence[str],
    hours: Sequence[int],
    axis: str,
    form: str,
    scheme: Literal["blues", "tealblues"] = "blues",
) -> Picture:
    """Hours of the week: ``day`` by ``hour``, ``value`` as colour and, where cells are wide enough, as number.

    Args:
        frame: ``day``, ``hour``, ``value``, ``said`` (for the hover).
        days: rows in their order, those without a value too.
        hours: columns in their order, those without a value too, so that maps below each other line up.
        axis: what the hours are.
        form: how a value stands in its cell.
        scheme: colours of the values.
    """
    columns = alt.Scale(domain=list(hours))
    base = hover(alt.Chart(frame), "day", "format(datum.hour, 'd')", "said").encode(
        x=alt.X(
            "hour:O", title=axis, scale=columns, axis=alt.Axis(labelAngle=0, labelOverlap=True)
        ),
        y=alt.Y("day:N", title=None, scale=alt.Scale(domain=list(days))),
        tooltip="tip:N",
    )
    boxes = base.mark_rect(cornerRadius=2).encode(
        color=alt.Color("value:Q", scale=alt.Scale(scheme=scheme), legend=None),
    )
    # The browser knows the width: numbers that would run into each other are left to the hover. Size 0 and not
    # opacity 0, because a text that reaches beyond the last column makes the whole map narrower, seen or not.
    fits = alt.ExprRef(f"width >= {_NARROWEST * max(len(hours), 1)} ? {_SIZE} : 0")
    numbers = base.mark_text(fontSize=fits).encode(
        text=alt.Text("value:Q", format=form),
        color=alt.condition(
            f"datum.value > {_dark_from(frame)}", alt.value("#ffffff"), alt.value("#16202a")
        ),
    )
    return alt.layer(boxes, numbers).properties(height=60 + 26 * len(days))


def _dark_from(frame: pd.DataFrame) -> float:
    low, high = frame.value.min(), frame.value.max()
    return float(low + (high - low) * 0.55) if len(frame) else 0.0
