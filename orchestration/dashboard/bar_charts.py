"""Bars: parts of a whole by name, and the Pareto chart of reasons."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from orchestration.dashboard.charts import AROUND, BLUE, GREY, ORANGE, SERIES, Picture, hover

PARETO = {"top": BLUE, "other": "#9cc3dc", "untagged": GREY}


def stacked(frame: pd.DataFrame, order: Sequence[str], axis: str) -> Picture:
    """Bars of ``name`` made of ``part`` by ``value`` (a share or hours)."""
    scale = alt.Scale(domain=list(order), range=SERIES[: len(order)])
    return (
        hover(alt.Chart(frame), "name", "part", "said")
        .mark_bar()
        .encode(
            y=alt.Y(
                "name:N",
                sort=list(dict.fromkeys(frame.name)),
                title=None,
                axis=alt.Axis(labelLimit=190),
            ),
            x=alt.X("value:Q", title=axis, stack="zero"),
            color=alt.Color(
                "part:N",
                scale=scale,
                legend=None,
            ),
            order=alt.Order("place:Q"),
            tooltip="tip:N",
        )
        .properties(height=AROUND + 26 * frame.name.nunique())
    )


def pareto(frame: pd.DataFrame, count: str, share: str) -> Picture:
    """Bars of ``name`` by ``tickets``, hatched grey where untagged, and the cumulative share as a line."""
    order = list(frame.name)
    x = alt.X(
        "name:N",
        sort=order,
        title=None,
        axis=alt.Axis(labelAngle=-40, labelLimit=150, labelOverlap=False),
    )
    base = hover(alt.Chart(frame), "name", "format(datum.tickets, ',')", "said")
    bars = base.mark_bar().encode(
        x=x,
        y=alt.Y("tickets:Q", title=count),
        color=alt.Color(
            "kind:N",
            scale=alt.Scale(domain=list(dict.fromkeys(frame.kind)), range=_kind_colours(frame)),
            legend=None,
        ),
        tooltip="tip:N",
    )
    line = (
        base.transform_filter("isValid(datum.cumulative)")
        .mark_line(point=alt.OverlayMarkDef(color=ORANGE), color=ORANGE)
        .encode(
            x=x,
            y=alt.Y(
                "cumulative:Q",
                title=share,
                axis=alt.Axis(format=".0%"),
                scale=alt.Scale(domain=[0, 1]),
            ),
        )
    )
    return alt.layer(bars, line).resolve_scale(y="independent").properties(height=340)


def _kind_colours(frame: pd.DataFrame) -> list[str]:
    return [PARETO[code] for code in dict.fromkeys(frame.code)]
