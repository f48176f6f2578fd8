"""Charts in one palette that colour-blind readers can tell apart, each with shapes or words beside the colour.

A chart becomes a Vega-Lite specification; the browser draws it in its own light or dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import altair as alt
import pandas as pd

from orchestration.dashboard.chart_locale import chart_locale
from orchestration.dashboard.figures import SIGNS, Safe, safe, tag
from orchestration.dashboard.recording import Step, take
from orchestration.presenting.languages import Language

BLUE, ORANGE, GREEN, PURPLE, GREY, RED = (
    *("#2b83ba", "#d1761f", "#1d9a78", "#a866b8", "#7d8894", "#c8385f"),
)
SERIES = [BLUE, ORANGE, GREEN, PURPLE, GREY]
COLOURS = {"green": GREEN, "amber": ORANGE, "red": RED, "grey": GREY, "blue": BLUE}
SHAPES = {
    "green": "circle",
    "amber": "triangle-up",
    "red": "square",
    "grey": "cross",
    "blue": "diamond",
}
Picture: TypeAlias = Any
"""A chart of Altair, whose operators are typed too loosely to say which kind."""
ON_DAY = "timeFormat(datum.day, '%d %b %Y')"
"""A day on hovering, in the reader's language."""
_ROW = 20
AROUND = 62
"""Pixels of the axis, which count towards the height of a chart that fits its place."""


def draw(own: Language, alt_text: str, picture: Picture) -> None:
    """Draw a chart.

    Args:
        own: language of the reader; axes and what is said on hovering follow its locale.
        alt_text: what it shows, for those who hear the page.
        picture: the chart.
    """
    with alt.data_transformers.enable("default", max_rows=None):
        spec: dict[str, Any] = picture.to_dict()
    spec.pop("$schema", None)
    config = spec.setdefault("config", {})
    config.pop("view", None)
    config["locale"] = chart_locale(own)
    # else Streamlit shows the columns of every mark, names and all
    config["mark"] = {"tooltip": None}
    take(Step("chart", spec, alt_text))


def key(words: Sequence[tuple[str, str]]) -> Safe:
    """Legend of a chart: pairs of a colour (of a status, or of a series) and its word, which wrap on a narrow
    screen.
    """
    marks = {colour: SIGNS.get(colour, "■") for colour, _ in words}
    parts = [
        Safe(
            f'<span><i aria-hidden="true" style="color:{COLOURS.get(colour, colour)}">{marks[colour]}</i> '
            f"{safe(word)}</span>"
        )
        for colour, word in words
    ]
    return tag("div", *parts, of="key")


def series_key(words: Sequence[str]) -> Safe:
    """Legend of lines or parts in the order of the palette."""
    return key(list(zip(SERIES, words, strict=False)))


def hover(chart: Picture, *parts: str) -> Picture:
    """The chart with a column ``tip``: what is said on hovering, in one line without names of columns.

    Args:
        chart: whose rows are spoken of.
        parts: columns of words, or expressions of Vega such as :data:`ON_DAY`.
    """
    said = [part if "(" in part else f"datum.{part}" for part in parts]
    return chart.transform_calculate(tip=" + ' · ' + ".join(said))


def status_colour(words: Sequence[tuple[str, str]]) -> tuple[alt.Color, alt.Shape]:
    """Colour and shape by status in words (pairs of colour and word); :func:`key` is their legend, which can wrap."""
    said = [word for _, word in words]
    colours = [COLOURS[colour] for colour, _ in words]
    shapes = [SHAPES[colour] for colour, _ in words]
    return (
        alt.Color("status:N", scale=alt.Scale(domain=said, range=colours), legend=None),
        alt.Shape("status:N", scale=alt.Scale(domain=said, range=shapes), legend=None),
    )


def intervals(
    frame: pd.DataFrame,
    words: Sequence[tuple[str, str]],
    axis: str,
    goal: float | None = None,
    mean: float | None = None,
    domain: tuple[float, float] | None = None,
) -> Picture:
    """A row for each name: its value as a point, its interval as a line, the goal across.

    Args:
        frame: ``name``, ``value``, ``low``, ``high``, ``status`` (in words), ``n``.
        words: colour and word of each status.
        axis: what the values are.
        goal: drawn as a line.
        mean: drawn dashed.
        domain: ends of the axis, default what the intervals need.
    """
    colour, shape = status_colour(words)
    order = list(frame.name)
    y = alt.Y(
        "name:N",
        sort=order,
        title=None,
        axis=alt.Axis(
            labelLimit=190, domain=False, ticks=False, labelOverlap=False, labelFlush=False
        ),
    )
    scale = alt.Scale(domain=list(domain)) if domain else alt.Scale(zero=False)
    x = alt.X("value:Q", title=axis, axis=alt.Axis(format=".0%"), scale=scale)
    base = hover(alt.Chart(frame), "name", "said", "status")
    layers: list[Any] = [
        base.mark_rule(strokeWidth=3, opacity=0.45, clip=True).encode(
            y=y, x=alt.X("low:Q", title=axis, scale=scale), x2="high:Q", color=colour
        ),
        base.mark_point(filled=True, size=70, opacity=1, clip=True).encode(
            y=y, x=x, color=colour, shape=shape, tooltip="tip:N"
        ),
    ]
    if goal is not None:
        layers.append(_across(goal, []))
    if mean is not None:
        layers.append(_across(mean, [4, 4]))
    return alt.layer(*layers).properties(height=AROUND + _ROW * len(frame))


def _across(value: float, dash: list[int]) -> Picture:
    return (
        alt.Chart(pd.DataFrame({"at": [value]}))
        .mark_rule(color=GREY, strokeDash=dash, strokeWidth=1.6)
        .encode(x=alt.X("at:Q"))
    )


def lines(frame: pd.DataFrame, axis: str, percent: bool = False) -> Picture:
    """``value`` over ``day`` for each ``part``, told apart by colour and dash."""
    parts = list(dict.fromkeys(frame.part))
    dashes = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]]
    return (
        hover(alt.Chart(frame), ON_DAY, "part", "said")
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("day:T", title=None, axis=alt.Axis(format="%d %b", tickCount=8)),
            y=alt.Y("value:Q", title=axis, axis=alt.Axis(format=".1%") if percent else alt.Axis()),
            color=alt.Color(
                "part:N",
                scale=alt.Scale(domain=parts, range=SERIES),
                legend=None,
            ),
            strokeDash=alt.StrokeDash("part:N", scale=alt.Scale(domain=parts, range=dashes)),
            tooltip="tip:N",
        )
        .properties(height=230)
    )


def scatter(frame: pd.DataFrame, words: Sequence[tuple[str, str]], across: str, up: str) -> Picture:
    """``x`` (minutes, logarithmic) against ``y`` (a share), told apart by colour and shape, sized by ``n``."""
    colour, shape = status_colour(words)
    return (
        hover(alt.Chart(frame), "name", "said", "status")
        .mark_point(filled=True, opacity=0.85)
        .encode(
            x=alt.X("x:Q", title=across, scale=alt.Scale(type="log", nice=False)),
            y=alt.Y("y:Q", title=up, axis=alt.Axis(format=".0%")),
            size=alt.Size("n:Q", legend=None, scale=alt.Scale(range=[40, 320])),
            color=colour,
            shape=shape,
            tooltip="tip:N",
        )
        .properties(height=300)
    )
