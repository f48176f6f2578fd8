"""Whether slower reaction is explained by more work: the control chart with load and staffing under it."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from orchestration.dashboard import charts, control_charts
from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import Download
from orchestration.dashboard.figures import (
    Column,
    Tile,
    box,
    empty,
    has,
    interval,
    joined,
    long_table,
    number,
    show,
    signed,
    tag,
    tiles,
)
from orchestration.dashboard.queries import speed
from orchestration.dashboard.questions import heading
from orchestration.dashboard.words import N_, VERDICTS

USES = ("grain", "days", "channel", "team")
WINDOWS = ("60", "28", "90", "365")


def title(context: Context) -> str:
    """The question that the page answers."""
    return context.say("Are we slower, and does the amount of work explain it?")


def render(context: Context) -> None:
    """Draw the page."""
    found = context.ask(speed.series)
    show(heading(context, 10))
    if found.empty:
        text = context.say(
            "Nobody answered here in this period, or the team does not work this channel."
        )
        show(empty(context.say("No series for this choice"), text))
        return
    last = found[found.n_reactions > 0].tail(1)
    if len(last):
        _verdict(context, next(last.itertuples()))
    _chart(context, found)
    _notable(context)


def downloads(context: Context) -> list[Download]:
    """Rows behind the page."""
    where = (("grain", speed.grain(context.filters)), ("scope_type", speed.scope(context.filters)))
    return [Download("agent_sla.speed_volume", where)]


def _is_weekly(context: Context) -> bool:
    return speed.grain(context.filters) == "week"


def _period(context: Context, first: Any) -> str:
    """A day, or the week that begins with it."""
    day = context.own.day(first)
    return context.say("Week of {day}", day=day) if _is_weekly(context) else day


def _sentence(context: Context, said: str) -> str:
    """What a verdict says; few periods are few weeks where weeks are shown."""
    is_few = said == VERDICTS["insufficient"][2]
    return N_("Too few weeks to compare with.") if is_few and _is_weekly(context) else said


def _verdict(context: Context, row: Any) -> None:
    own = context.own
    colour, _, said = VERDICTS[row.verdict]
    reason = own.sentence(row.verdict_reason) if isinstance(row.verdict_reason, str) else ""
    low_high = interval(own, number(row.speed_low_s), number(row.speed_high_s), "s", "median")
    loads = interval(own, number(row.load_low), number(row.load_high), "", "mean")
    show(
        tag(
            "p",
            _period(context, row.period_start),
            ": ",
            signed(colour, context.say(_sentence(context, said))),
            " ",
            reason,
            of="lead",
        ),
        tiles(
            [
                Tile(
                    context.say("median reaction"),
                    own.duration(number(row.reaction_median_s)),
                    context.say(
                        "limits {limits}, n {n}",
                        limits=low_high or "–",
                        n=own.number(row.n_reactions),
                    ),
                    colour,
                ),
                Tile(
                    context.say("load, turns per staffed hour"),
                    own.number(number(row.load), 2),
                    context.say(
                        "limits {limits}, {n} turns", limits=loads or "–", n=own.number(row.turns)
                    ),
                ),
                Tile(
                    context.say("staffed hours"),
                    own.number(number(row.staffed_hours), 1),
                    context.say("planned {hours}", hours=own.number(number(row.planned_hours), 1)),
                ),
                *_beside(context),
            ]
        ),
    )


def _beside(context: Context) -> list[Tile]:
    """Speed is never shown alone (catalogue R12)."""
    own = context.own
    return [
        Tile(
            context.kpi(row["kpi_id"]),
            own.figure(number(row["value"]), row["unit"], row["stat"]),
            f"{own.month(row['month'], short=True)}, n {own.number(number(row['n']))}",
        )
        for row in context.ask_with(context.filters.only(()), speed.beside)
    ]


def _chart(context: Context, found: pd.DataFrame) -> None:
    own = context.own
    verdicts = dict.fromkeys(VERDICTS[code][:2] for code in found.verdict.unique())
    words = [(colour, context.say(short)) for colour, short in verdicts]
    minutes = {
        name: found[f"{source}"].astype(float) / 60
        for name, source in (
            ("speed", "reaction_median_s"),
            ("speed_low", "speed_low_s"),
            ("speed_expected", "speed_expected_s"),
            ("speed_high", "speed_high_s"),
        )
    }
    frame = pd.DataFrame(
        {
            "day": pd.to_datetime(found.period_start),
            **{name: values.where(values > 0) for name, values in minutes.items()},
            **{
                name: found[source].astype(float)
                for name, source in (
                    ("load", "load"),
                    ("load_low", "load_low"),
                    ("load_high", "load_high"),
                    ("staffed", "staffed_hours"),
                    ("planned", "planned_hours"),
                )
            },
            "is_event": found.is_event_day.fillna(False).astype(bool),
            "status": [context.say(VERDICTS[code][1]) for code in found.verdict],
            "said": [own.duration(number(value)) for value in found.reaction_median_s],
        }
    )
    titles = (
        context.say("median reaction, min (log)"),
        context.say("turns per hour"),
        context.say("hours"),
    )
    said = context.say(
        "Reaction with its limits (band) and expectation (dashed), load with its limits, "
        "staffed hours with the plan as ticks; event days shaded."
    )
    show(tag("p", said, of="muted small"), charts.key(words))
    charts.draw(context.own, said, control_charts.control(frame, words, titles[0]))
    charts.draw(context.own, said, control_charts.load(frame, titles[1]))
    charts.draw(context.own, said, control_charts.hours(frame, titles[2]))


def _people(row: dict[str, Any]) -> list[str]:
    """Persons slower than their own limits in that period."""
    return [str(key) for key in json.loads(row["review_agents"] or "[]")]


def _notable(context: Context) -> None:
    rows = context.ask(speed.notable)
    is_weekly = _is_weekly(context)
    head = (
        N_("Weeks in which a channel was slower than its own limits")
        if is_weekly
        else N_("Days at which a channel was slower than its own limits")
    )
    show(tag("h2", context.say(head)))
    if not rows:
        show(box(context.say("None in this period: every channel was inside its own limits.")))
        return
    own = context.own
    keys = {key for row in rows for key in _people(row)}
    context.look(keys, len(rows))
    columns = [
        Column(context.say("Week") if is_weekly else context.say("Day")),
        Column(context.say("Channel")),
        Column(context.say("Verdict")),
        Column(context.say("Median reaction"), True),
        Column(context.say("Load"), True),
        Column(context.say("Staffed of plan"), True),
        *([Column(context.say("Look at"))] if keys else []),
    ]
    cells = []
    for row in rows:
        colour, short, _ = VERDICTS[row["verdict"]]
        event = (
            tag(
                "span",
                context.say("holds an event day") if is_weekly else context.say("event day"),
                of="sub",
            )
            if row["is_event_day"]
            else ""
        )
        reason = own.sentence(row["verdict_reason"])
        expected = (
            context.say("expected {value}", value=own.duration(number(row["speed_expected_s"])))
            if has(row["speed_expected_s"])
            else ""
        )
        usual = (
            context.say("expected {value}", value=own.number(number(row["load_expected"]), 2))
            if has(row["load_expected"])
            else ""
        )
        names = [context.person(key) for key in _people(row)]
        cells.append(
            [
                joined(_period(context, row["period_start"]), event),
                context.place("channel", row["channel_id"]),
                joined(signed(colour, context.say(short)), tag("span", reason, of="sub")),
                joined(
                    own.duration(number(row["reaction_median_s"])), tag("span", expected, of="sub")
                ),
                joined(own.number(number(row["load"]), 2), tag("span", usual, of="sub")),
                own.percent(number(row["staff_ratio"]), 0),
                *([", ".join(names)] if keys else []),
            ]
        )
    name = context.say("Slower weeks") if is_weekly else context.say("Slower days")
    show(long_table(own, columns, cells, name, 10))
