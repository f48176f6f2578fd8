"""Who keeps the promises, as fair bands with their uncertainty, never as a league table."""

from __future__ import annotations

import pandas as pd

from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import Download, narrowed_by
from orchestration.dashboard.figures import (
    Column,
    Safe,
    Tile,
    box,
    empty,
    has,
    interval,
    joined,
    long_table,
    number,
    show,
    tag,
    tiles,
)
from orchestration.dashboard.queries import agents
from orchestration.dashboard.views import person
from orchestration.dashboard.views.agent_help import draw_coaching, draw_fast
from orchestration.dashboard.views.agent_intervals import draw_intervals
from orchestration.dashboard.views.agent_parts import (
    GATES,
    band,
    below,
    gates,
    linked,
    other_period,
)
from orchestration.dashboard.views.agent_places import draw_by_platform, draw_consistent

USES = ("days", "layer", "platform", "team", "agent", "clock")
ONE_OF = ("layer",)
QUIET = ("id",)
WINDOWS = ("28", "7", "90")


def title(context: Context) -> str:
    """The question that the page answers."""
    return context.say("Who keeps the promises, and who needs help?")


def render(context: Context) -> None:
    """Draw the page."""
    if context.filters.agent:
        person.render(context)
        return
    cards = context.ask(agents.scorecards)
    context.look([*context.people.index, *cards.agent_key], len(context.people))
    if cards.empty:
        _nobody(context)
    else:
        _bands(context, cards)
    draw_by_platform(context)
    draw_consistent(context)
    draw_coaching(context)
    draw_fast(context)


def downloads(context: Context) -> list[Download]:
    """Rows behind the page."""
    period = agents.period_of(context.filters)
    where = (
        ("period_type", period),
        ("layer", context.filters.layer),
        *narrowed_by(context, platform="platform"),
    )
    return [Download("agent_sla.agent_scorecards", where), Download("agent_sla.coaching_flags")]


def _nobody(context: Context) -> None:
    text = context.say(
        "Nobody owed a reply here in this period, or views of single agents are switched off for everybody."
    )
    show(empty(context.say("No agents to show"), text))


def _bands(context: Context, cards: pd.DataFrame) -> None:
    own = context.own
    judged = cards[cards.is_eligible]
    counts = judged.band.value_counts()
    gated = judged[judged[list(GATES)].any(axis=1)]
    show(
        tiles(
            [
                Tile(
                    context.say("above goal"),
                    own.number(counts.get("above", 0)),
                    context.say("whole interval above the goal"),
                    "green",
                ),
                Tile(
                    context.say("in range"),
                    own.number(counts.get("in_range", 0)),
                    context.say("goal or team mean inside the interval, or held back by a gate"),
                    "blue",
                ),
                Tile(
                    context.say("below goal"),
                    own.number(counts.get("below", 0)),
                    context.say("whole interval below the goal, team mean outside it"),
                    "red",
                ),
                Tile(
                    context.say("not judged"),
                    own.number(len(cards) - len(judged)),
                    context.say("too few cases, or another reason"),
                    "grey",
                ),
                Tile(
                    context.say("held back by a gate"),
                    own.number(len(gated)),
                    context.say("evidence in the table"),
                ),
            ]
        )
    )
    if judged.empty:
        show(box(context.say("Nobody has enough cases in this period: choose a longer one.")))
    else:
        draw_intervals(context, judged)
        show(_apart(context, judged))
    show(_table(context, judged))
    rest = cards[~cards.is_eligible]
    if len(rest):
        summary = context.say("{count} who cannot be judged, and why", count=len(rest))
        show(Safe(f"<details>{tag('summary', summary)}{_table(context, rest)}</details>"))


def _apart(context: Context, judged: pd.DataFrame) -> Safe:
    """That places cannot be told apart, said as one sentence."""
    first, last = judged.place_from.min(), judged.place_to.max()
    one = judged[judged.place_from == judged.place_to]
    wide = judged[(judged.place_to - judged.place_from) >= 1]
    if wide.empty:
        return box(context.say("Every place is clearly apart from the next."))
    return box(
        context.say(
            "No ranking: of {count} agents, {wide} have intervals that overlap with others; "
            "places between {first} and {last} cannot "
            "be told apart for them. Inside a band the order is alphabetical.",
            count=len(judged),
            wide=len(judged) - len(one),
            first=int(first),
            last=int(last),
        )
    )


def _table(context: Context, cards: pd.DataFrame) -> Safe:
    own = context.own
    columns = [
        Column(context.say("Agent")),
        Column(context.say("Band")),
        Column(context.say("Adjusted, 95 % interval"), True),
        Column(context.say("Kept of judged"), True),
        Column(context.say("Places"), True),
        Column(context.say("Gates")),
    ]
    rows = []
    for row in cards.itertuples():
        sure = interval(own, number(row.adjusted_low), number(row.adjusted_high), "%", "ratio")
        places = f"{int(row.place_from)}–{int(row.place_to)}" if has(row.place_from) else ""
        period = other_period(context, row)
        counted = interval(own, number(row.ci_low), number(row.ci_high), "%", "ratio")
        raw = joined(
            f"{own.number(number(row.n_met))} / {own.number(number(row.n))}",
            below(own.percent(number(row.raw_rate)), counted, period),
        )
        rows.append(
            [
                linked(context, row.agent_key),
                band(context, row),
                joined(own.percent(number(row.adjusted_rate)) or "–", below(sure, period)),
                raw,
                places,
                gates(context, row),
            ]
        )
    return long_table(context.own, columns, rows, context.say("Agents and their bands"))
