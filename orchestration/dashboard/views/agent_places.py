"""Persons on each marketplace, under eBay's promise, and week after week."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard.applying import beyond
from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    Column,
    Safe,
    interval,
    joined,
    long_table,
    mark,
    number,
    show,
    signed,
    tag,
)
from orchestration.dashboard.queries import agents
from orchestration.dashboard.questions import heading
from orchestration.dashboard.views.agent_parts import below, linked, other_period
from orchestration.dashboard.words import BAND_COLOURS, PLATFORMS


def draw_by_platform(context: Context) -> None:
    """Draw how agents perform on each marketplace, and who meets eBay's promise."""
    found = context.ask_with(context.filters.but(agent=""), agents.by_platform)
    show(heading(context, 2))
    if found.empty:
        show(tag("p", context.say("No platform has judged cases in this period."), of="muted"))
        return
    layer = context.filters.layer
    ebay = found[(found.platform == "ebay") & (found.layer == "marketplace")]
    chosen = context.filters.platform or found.platform
    show(_grid(context, found[(found.layer == layer) & (found.platform == chosen)]))
    show(heading(context, 1), beyond(context, "team", "agent"))
    _ebay(context, ebay)


def _grid(context: Context, found: pd.DataFrame) -> Safe:
    """Agents by platform: adjusted share with band and n."""
    platforms = sorted(found.platform.unique())
    columns = [
        Column(context.say("Agent")),
        *(Column(context.word(platform, PLATFORMS), True) for platform in platforms),
    ]
    rows = []
    for key, cards in found.groupby("agent_key", sort=False):
        by = {row.platform: row for row in cards.itertuples()}
        cells = [_cell(context, by.get(platform)) for platform in platforms]
        rows.append([linked(context, key), *cells])
    return long_table(context.own, columns, rows, context.say("Agents by marketplace"))


def _cell(context: Context, row: Any) -> Safe:
    if row is None:
        return joined("")
    value = row.adjusted_rate if row.band != "insufficient" else row.raw_rate
    sign = signed(BAND_COLOURS[row.band], context.own.percent(number(value)))
    return joined(sign, below(f"{row.n_met} / {row.n}", other_period(context, row)))


def _ebay(context: Context, found: pd.DataFrame) -> None:
    if found.empty:
        show(
            tag(
                "p",
                context.say("Nobody answered a case under an eBay promise in this period."),
                of="muted",
            )
        )
        return
    judged = found[found.band != "insufficient"]
    meets = judged[judged.band.isin(["above", "in_range"])]
    show(
        tag(
            "p",
            context.say(
                "{judged} of {count} agents have enough cases to be judged; {meets} of them meet the "
                "promise (in range or above).",
                judged=len(judged),
                count=len(found),
                meets=len(meets),
            ),
        )
    )
    columns = [
        Column(context.say("Agent")),
        Column(context.say("Band")),
        Column(context.say("Kept"), True),
        Column(context.say("Broken"), True),
        Column(context.say("Share, 95 % interval"), True),
        Column(context.say("Goal"), True),
    ]
    own = context.own
    rows = [
        [
            linked(context, row.agent_key),
            signed(BAND_COLOURS[row.band], context.word(row.band)),
            own.number(row.n_met),
            own.number(row.n_breached),
            joined(
                own.percent(number(row.raw_rate)),
                below(
                    interval(own, number(row.ci_low), number(row.ci_high), "%", "ratio"),
                    other_period(context, row),
                ),
            ),
            own.percent(number(row.goal), 0),
        ]
        for row in found.itertuples()
    ]
    show(long_table(context.own, columns, rows, context.say("Agents under the eBay promise")))


def draw_consistent(context: Context) -> None:
    """Draw weeks on target and the bands of the last two months."""
    month = context.ask_with(context.filters.only(()), agents.consistency_month)
    show(heading(context, 3), beyond(context, "agent"))
    found = (
        context.ask_with(
            context.filters.only(("layer",)).but(month=month or ""), agents.consistency
        )
        if month
        else None
    )
    if found is None or found.empty:
        show(tag("p", context.say("Nobody has four judged weeks in a month."), of="muted"))
        return
    own = context.own
    columns = [
        Column(context.say("Agent")),
        Column(context.say("Weeks on target"), True),
        Column(context.say("Status")),
        Column(context.say("Band in the last two months")),
    ]
    rows = []
    for row in found.itertuples():
        bands = (
            []
            if row.last_bands is None or isinstance(row.last_bands, float)
            else list(row.last_bands)
        )
        said = " · ".join(context.word(code) for code in bands)
        cell = (
            signed("green", context.say("above goal twice running"))
            if row.is_above_twice
            else joined(said)
        )
        weeks = f"{own.number(number(row.numerator))} / {own.number(number(row.denominator))}"
        rows.append(
            [linked(context, row.agent_key), weeks, mark(own, row.status, row.status_reason), cell]
        )
    show(tag("p", own.month(context.filters.but(month=month or "").first_day), of="muted"))
    show(long_table(context.own, columns, rows, context.say("Weeks on target")))
