"""Small pictures as SVG without text, the same in HTML and PDF: lines of months, signs of a status, bars."""

from __future__ import annotations

from orchestration.pack.document import Spark

COLOURS = {
    "green": "#1b7f4d",
    "amber": "#b35c00",
    "red": "#b3261e",
    "grey": "#667085",
    "": "#1f3a5f",
}
"""Told apart by most colour-blind readers, and never alone: a sign and a word stand beside."""
_INK, _FAINT = "#344054", "#98a2b3"
_WIDTH, _HEIGHT, _EDGE = 104, 22, 3
_SIGNS = {
    "green": '<circle cx="8" cy="8" r="7" fill="{0}"/>'
    '<path d="M4.6 8.3l2.3 2.3 4.4-4.8" fill="none" stroke="#fff" stroke-width="1.8"/>',
    "amber": '<path d="M8 1l7.2 13.4H.8z" fill="{0}"/>'
    '<path d="M8 5.6v4.2M8 11.2v1.6" stroke="#fff" stroke-width="1.7"/>',
    "red": '<path d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z" fill="{0}"/>'
    '<path d="M5.2 5.2l5.6 5.6M10.8 5.2l-5.6 5.6" stroke="#fff" stroke-width="1.8"/>',
    "grey": '<circle cx="8" cy="8" r="6.2" fill="none" stroke="{0}" stroke-width="1.5"/>'
    '<path d="M5 8h6" stroke="{0}" stroke-width="1.6"/>',
}


def sign(status_tone: str) -> str:
    """The sign of a status: tick, triangle, cross or dash, each with its own outline."""
    inner = _SIGNS[status_tone].format(COLOURS[status_tone])
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="12" height="12" '
        f'aria-hidden="true">{inner}</svg>'
    )


def sparkline(spark: Spark) -> str:
    """A line of months with the target as a dashed line and the last month as a dot."""
    known = [value for value in spark.values if value is not None]
    if not known:
        return ""
    marks = [*known, *([] if spark.target is None else [spark.target])]
    low, high = min(marks), max(marks)
    step = (_WIDTH - 2 * _EDGE) / max(1, len(spark.values) - 1)

    def at(place: int, value: float) -> str:
        return f"{_EDGE + place * step:.1f},{_level(value, low, high):.1f}"

    runs: list[list[str]] = [[]]
    for place, value in enumerate(spark.values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(at(place, value))
    drawn = ""
    if spark.target is not None:
        level = f"{_level(spark.target, low, high):.1f}"
        drawn += (
            f'<path d="M{_EDGE} {level}H{_WIDTH - _EDGE}" stroke="{_FAINT}" stroke-width="1" '
            'stroke-dasharray="3 2.5"/>'
        )
    for run in runs:
        if len(run) > 1:
            drawn += f'<polyline points="{" ".join(run)}" fill="none" stroke="{_INK}" stroke-width="1.4"/>'
        elif run:
            x, y = run[0].split(",")
            drawn += f'<circle cx="{x}" cy="{y}" r="1.2" fill="{_INK}"/>'
    if spark.values[-1] is not None:
        x, y = at(len(spark.values) - 1, spark.values[-1]).split(",")
        drawn += f'<circle cx="{x}" cy="{y}" r="2.6" fill="{COLOURS[spark.tone]}"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" aria-hidden="true">{drawn}</svg>'
    )


def bar(share: float, status_tone: str) -> str:
    """A horizontal bar for a share of 1."""
    width = max(0.0, min(1.0, share)) * _WIDTH
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} 8" width="{_WIDTH}" height="8" '
        'preserveAspectRatio="none" '
        f'aria-hidden="true"><rect x="0" y="0" width="{_WIDTH}" height="8" fill="#eef1f5"/>'
        f'<rect x="0" y="0" width="{width:.1f}" height="8" fill="{COLOURS[status_tone]}"/></svg>'
    )


def _level(value: float, low: float, high: float) -> float:
    room = _HEIGHT - 2 * _EDGE
    part = 0.5 if high == low else (value - low) / (high - low)
    return _EDGE + room * (1 - part)
