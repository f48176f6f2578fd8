"""The chart of adjusted shares: a point and an interval for each person, with a sign where the period is another."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard import charts
from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import number, show, tag
from orchestration.dashboard.views.agent_parts import OTHER_PERIOD, note_of_periods, other_period
from orchestration.dashboard.words import BAND_COLOURS


def draw_intervals(context: Context, judged: pd.DataFrame) -> None:
    """Draw the adjusted share of each judged person with its interval, and how it is read."""
    own = context.own
    words = [(BAND_COLOURS[code], context.word(code)) for code in ("above", "in_range", "below")]
    frame = pd.DataFrame(
        {
            "name": [_marked(context, row) for row in judged.itertuples()],
            "value": judged.adjusted_rate.astype(float),
            "low": judged.adjusted_low.astype(float),
            "high": judged.adjusted_high.astype(float),
            "status": [context.word(code) for code in judged.band],
            "said": [
                ", ".join(filter(None, (_sure(context, row), other_period(context, row))))
                for row in judged.itertuples()
            ],
        }
    )
    goal = number(judged.goal.iloc[0])
    mean = number(judged.overall_rate.iloc[0])
    said = context.say(
        "Promises kept, adjusted for the mix of cases, with 95 % interval: {count} agents, "
        "goal {goal}, all together {mean}.",
        count=len(judged),
        goal=own.percent(goal),
        mean=own.percent(mean),
    )
    note = context.say("The line is the goal, the dashed line all together.")
    show(
        tag("p", said, " ", note, " ", _read(context, judged), of="muted small"),
        charts.key(words),
    )
    axis = context.say("promises kept, adjusted")
    charts.draw(context.own, said, charts.intervals(frame, words, axis, goal, mean))


def _read(context: Context, judged: pd.DataFrame) -> str:
    """How the two shares of a row and their periods are read."""
    counted = context.say(
        "What was kept of the judged stands as counted, with an interval of its own; it can lie outside "
        "the adjusted one where cases were easier or harder than usual."
    )
    return f"{counted} {note_of_periods(context, judged)}".strip()


def _sure(context: Context, row: Any) -> str:
    """Adjusted share with its interval and the count it rests on."""
    share, low, high = (
        context.own.percent(number(value))
        for value in (row.adjusted_rate, row.adjusted_low, row.adjusted_high)
    )
    return f"{share} ({low} – {high}), n {context.own.number(row.n)}"


def _marked(context: Context, row: Any) -> str:
    """Name of a person, with a sign where the numbers are of another period than the chosen one."""
    name = context.person(row.agent_key)
    return f"{OTHER_PERIOD} {name}" if other_period(context, row) else name
