"""Speed, load and hours by day, over one another."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from orchestration.dashboard.charts import (
    BLUE,
    GREEN,
    GREY,
    ON_DAY,
    ORANGE,
    Picture,
    hover,
    status_colour,
)

_DAYS = alt.X("day:T", title=None, axis=alt.Axis(format="%d %b", tickCount=8))
_INDENT = 48
"""Pixels left of the axis, the same in charts that stand over one another."""


def _events(base: alt.Chart) -> Picture:
    filtered = base.transform_filter("datum.is_event")
    return filtered.mark_rule(strokeWidth=5, opacity=0.13, color=GREY).encode(x=_DAYS)


def control(frame: pd.DataFrame, words: Sequence[tuple[str, str]], title: str) -> Picture:
    """Speed by day with its limits as a band and its expectation dashed.

    Args:
        frame: ``day``, ``speed``, ``speed_low``, ``speed_expected``, ``speed_high`` (minutes), ``status``, ``said`` and
            ``is_event``.
        words: colour and word of each verdict.
        title: of the axis.
    """
    colour, shape = status_colour(words)
    base = hover(alt.Chart(frame), ON_DAY, "said", "status")
    log = alt.Scale(type="log", nice=False)
    axis = alt.Axis(minExtent=_INDENT)
    speed = alt.Y("speed:Q", title=title, scale=log, axis=axis)
    return alt.layer(
        _events(base),
        base.mark_area(opacity=0.14, color=BLUE).encode(
            x=_DAYS, y=alt.Y("speed_low:Q", scale=log, title=title, axis=axis), y2="speed_high:Q"
        ),
        base.mark_line(strokeDash=[4, 4], color=GREY).encode(
            x=_DAYS, y=alt.Y("speed_expected:Q", scale=log, title=title, axis=axis)
        ),
        base.mark_line(color=BLUE, strokeWidth=1, opacity=0.6).encode(x=_DAYS, y=speed),
        base.mark_point(filled=True, size=55, opacity=1).encode(
            x=_DAYS, y=speed, color=colour, shape=shape, tooltip="tip:N"
        ),
    ).properties(height=290)


def load(frame: pd.DataFrame, title: str) -> Picture:
    """Load by day with its limits as a band: ``load``, ``load_low``, ``load_high``."""
    base, axis = alt.Chart(frame), alt.Axis(minExtent=_INDENT)
    return alt.layer(
        _events(base),
        base.mark_area(opacity=0.14, color=ORANGE).encode(
            x=_DAYS, y=alt.Y("load_low:Q", title=title, axis=axis), y2="load_high:Q"
        ),
        base.mark_line(color=ORANGE, point=alt.OverlayMarkDef(color=ORANGE)).encode(
            x=_DAYS, y=alt.Y("load:Q", title=title, axis=axis)
        ),
    ).properties(height=150)


def hours(frame: pd.DataFrame, title: str) -> Picture:
    """Staffed hours by day as bars with the plan as ticks: ``staffed``, ``planned``."""
    base, axis = alt.Chart(frame), alt.Axis(minExtent=_INDENT)
    return alt.layer(
        base.mark_bar(color=GREEN, opacity=0.7).encode(
            x=_DAYS, y=alt.Y("staffed:Q", title=title, axis=axis)
        ),
        base.mark_tick(color=GREY, thickness=2).encode(
            x=_DAYS, y=alt.Y("planned:Q", title=title, axis=axis)
        ),
    ).properties(height=130)
