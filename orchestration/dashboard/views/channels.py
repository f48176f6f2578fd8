"""Where promises break and where the time goes, by channel, platform and account."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from orchestration.dashboard import bar_charts, charts
from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import Download, narrowed_by
from orchestration.dashboard.figures import (
    Column,
    Safe,
    Tile,
    anchor,
    bar,
    empty,
    has,
    interval,
    joined,
    number,
    show,
    table,
    tag,
    tiles,
)
from orchestration.dashboard.queries import channels
from orchestration.dashboard.questions import BOTTLENECKS, heading
from orchestration.dashboard.views.clocks import draw_clocks, draw_marketplaces, draw_missed
from orchestration.dashboard.words import HOLDERS

USES = (
    *("month", "layer", "platform", "account", "channel"),
    *("team", "agent", "customer", "region", "clock"),
)
ONE_OF = ("layer",)


def title(context: Context) -> str:
    """The question that the page answers."""
    return context.say("Where do promises break, and where does the time go?")


def render(context: Context) -> None:
    """Draw the page."""
    # the filter beside the page names everybody
    context.look(context.people.index, len(context.people))
    whole = context.ask(channels.judged)
    row = next(whole.itertuples(), None)
    show(heading(context, 5))
    if row is None or not number(row.judged):
        text = context.say(
            "No promise was judged here in this month: choose another month, promise or place."
        )
        show(empty(context.say("Nothing judged"), text))
        return
    _share(context, row)
    _places(context)
    _held(context)
    draw_marketplaces(context)
    draw_clocks(context)
    draw_missed(context)


def downloads(context: Context) -> list[Download]:
    """Rows behind the page."""
    where = (
        ("layer", context.filters.layer),
        *narrowed_by(
            context,
            platform="platform",
            agent="agent_key",
            customer="customer_type",
            region="region",
        ),
    )
    return [Download("agent_sla.agent_sla_daily", where, has_month=True)]


def _share(context: Context, row: Any) -> None:
    own = context.own
    target = context.ask_with(context.filters.only(("month", "layer")), channels.goal)
    colour = "" if target is None else ("green" if row.share >= target else "red")
    sure = interval(own, number(row.low), number(row.high), "%", "ratio")
    why = context.why("sla_compliance", *context.filters.narrowest, layer=context.filters.layer)
    show(
        tiles(
            [
                Tile(
                    anchor(
                        why,
                        context.say("promises kept"),
                        context.say("Why? Card and rows of SLA compliance"),
                    ),
                    own.percent(number(row.share)),
                    f"95 % {sure}",
                    colour,
                ),
                Tile(
                    context.say("kept of judged"),
                    f"{own.number(row.met)} / {own.number(row.judged)}",
                    context.say("goal {goal}", goal=own.percent(target, 0))
                    if target
                    else context.say("no goal"),
                ),
                Tile(
                    context.say("broken"),
                    own.number(row.broken),
                    context.say("each with one owner"),
                ),
                Tile(
                    context.say("not judged"),
                    own.number(row.without_target + row.excluded + row.waived),
                    context.say(
                        "{none} without a target, {excluded} excluded, {waived} needing no reply",
                        none=own.number(row.without_target),
                        excluded=own.number(row.excluded),
                        waived=own.number(row.waived),
                    ),
                ),
            ]
        )
    )


def _places(context: Context) -> None:
    own = context.own
    target = context.ask_with(context.filters.only(("month", "layer")), channels.goal)
    for place, caption in (
        ("channel", context.say("By channel, the worst first")),
        ("account", context.say("By marketplace account, the worst first")),
    ):
        found = context.ask(channels.judged_by, place)
        if found.empty:
            continue
        words = [
            ("green", context.say("goal met")),
            ("amber", context.say("goal inside the interval")),
            ("red", context.say("whole interval below the goal")),
        ]
        found = found.assign(name=found.name.map(partial(context.place, place)))
        frame = found.assign(
            value=found.share.astype(float),
            status=[_standing(words, target, row) for row in found.itertuples()],
            said=[
                f"{own.percent(row.share)}, {row.met:.0f} / {row.judged:.0f}"
                for row in found.itertuples()
            ],
        )[["name", "value", "low", "high", "status", "said"]]
        note = context.say("Points with 95 % interval; the line is the goal.")
        show(tag("h3", caption), tag("p", note, of="muted small"), charts.key(words))
        axis = context.say("promises kept")
        charts.draw(
            context.own,
            caption,
            charts.intervals(frame, words, axis, target),
        )
        columns = [
            Column(context.say("Place")),
            Column(context.say("Kept"), True),
            Column(context.say("95 % interval"), True),
            Column(context.say("n"), True),
            Column(context.say("Broken"), True),
        ]
        rows = [
            [
                row.name,
                own.percent(number(row.share)),
                interval(own, number(row.low), number(row.high), "%", "ratio"),
                own.number(row.judged),
                own.number(row.broken),
            ]
            for row in found.itertuples(index=False)
        ]
        summary = tag("summary", context.say("The same as a table"))
        show(Safe(f"<details>{summary}{table(columns, rows, caption)}</details>"))


def _standing(words: list[tuple[str, str]], target: float | None, row: Any) -> str:
    if target is None or row.share >= target:
        return words[0][1]
    return words[1][1] if has(row.high) and row.high >= target else words[2][1]


def _held(context: Context) -> None:
    found = context.ask(channels.held)
    show(tag("h2", context.say(BOTTLENECKS)))
    if found.empty:
        return
    own = context.own
    parts = []
    for row in found.itertuples(index=False):
        for place, holder in enumerate(channels.HELD):
            hours = (number(getattr(row, holder)) or 0) / 3600 / float(row.judged)
            said = own.duration(hours * 3600)
            parts.append(
                {
                    "name": row.name,
                    "part": context.word(holder, HOLDERS),
                    "value": hours,
                    "place": place,
                    "said": said,
                }
            )
    frame = pd.DataFrame(parts)
    order = [context.word(holder, HOLDERS) for holder in channels.HELD]
    axis = context.say("hours per answer owed")
    said = context.say(
        "Mean hours per answer owed, by who held the case while the customer waited."
    )
    show(tag("p", said, of="muted"), charts.series_key(order))
    charts.draw(context.own, said, bar_charts.stacked(frame, order, axis))
    show(_held_table(context, found))


def _held_table(context: Context, found: pd.DataFrame) -> Safe:
    own = context.own
    waits = context.ask_with(context.filters.only(("month",)), channels.waits)
    # medians are known of whole channels alone
    is_whole = not any(
        getattr(context.filters, name) for name in ("team", "agent", "customer", "region")
    )
    medians = {(row.channel_id, row.kpi_id): number(row.value) for row in waits.itertuples()}
    waiting = ("on_hold_time", "customer_wait_time") if is_whole else ()
    columns = [
        Column(context.say("Channel")),
        Column(context.say("Bottleneck")),
        Column(context.say("Share of the time"), True),
        *([Column(context.say("Third party, median"), True)] if is_whole else []),
        *([Column(context.say("Customer, median"), True)] if is_whole else []),
        Column(context.say("Answers"), True),
    ]
    rows = []
    for row in found.itertuples(index=False):
        seconds = {holder: number(getattr(row, holder)) or 0.0 for holder in channels.HELD}
        total = sum(seconds.values())
        worst = max(seconds, key=lambda holder: seconds[holder])
        share = seconds[worst] / total if total else None
        rows.append(
            [
                row.name,
                context.word(worst, HOLDERS) if total else "",
                joined(bar(share), " ", own.percent(share, 0)),
                *(own.duration(medians.get((row.channel_id, kpi))) for kpi in waiting),
                own.number(row.judged),
            ]
        )
    return table(columns, rows, context.say("Bottleneck of each channel"))
