"""Handling time, macros and first contact of the top five, and the top five of each channel."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard.applying import beyond
from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    Column,
    has,
    joined,
    long_table,
    number,
    show,
    signed,
    table,
    tag,
)
from orchestration.dashboard.queries import reasons
from orchestration.dashboard.questions import heading


def draw_slow(context: Context, found: pd.DataFrame) -> None:
    """Draw handling time, macros and first contact of the top five."""
    own = context.own
    show(heading(context, 13))
    cover = context.ask_with(context.filters.only(()), reasons.coverage)
    covered = context.ask_with(context.filters.only(()), reasons.macro_cover)
    top = found[found.is_top5.fillna(False).astype(bool)]
    if cover is not None:
        value = own.number(number(cover["value"])) or own.sentence(cover["status_reason"])
        show(
            tag(
                "p",
                context.say(
                    "{value} of the company's top five have a locked macro ({month}).",
                    value=value,
                    month=own.month(cover["month"]),
                ),
            )
        )
    columns = [
        Column(context.say("Reason")),
        Column(context.say("Handling, median"), True),
        Column(context.say("Mean"), True),
        Column(context.say("Timed tickets"), True),
        Column(context.say("Compared")),
        Column(context.say("Locked macro")),
        Column(context.say("Solved at first contact"), True),
        Column(context.say("Replies with macro"), True),
    ]
    rows = [
        [
            row.reason_name,
            own.duration(number(row.handle_median_s)),
            own.duration(number(row.handle_mean_s)),
            own.number(number(row.tickets_timed)),
            signed("red", context.say("slow"))
            if has(row.is_slow_top_reason) and row.is_slow_top_reason
            else context.say("as others"),
            context.say("yes")
            if str(row.reason_name).lower() in covered
            else signed("amber", context.say("missing")),
            own.percent(number(row.first_contact_resolution)),
            own.percent(number(row.macro_usage)),
        ]
        for row in top.itertuples()
    ]
    show(table(columns, rows, context.say("Handling of the top five")))
    gaps = {
        str(row.not_measurable_reason) for row in top.itertuples() if has(row.not_measurable_reason)
    }
    if gaps:
        show(tag("p", "; ".join(_gap(context, gap) for gap in sorted(gaps)), of="muted small"))


def _gap(context: Context, text: str) -> str:
    """Which KPIs cannot be measured, and why."""
    parts = [part.partition(": ") for part in text.split("; ")]
    return "; ".join(
        f"{context.kpi(kpi)}: {context.own.sentence(why)}" if why else context.own.sentence(kpi)
        for kpi, _, why in parts
    )


def draw_by_channel(context: Context) -> None:
    """Draw the top five of each channel."""
    found = context.ask_with(
        context.filters.only(("days", "platform", "channel")), reasons.top_by_channel
    )
    if found.empty:
        return
    own = context.own
    columns = [Column(context.say("Channel")), *(Column(f"{rank}.") for rank in range(1, 6))]
    rows = []
    named = [
        (context.place("channel", channel_id), part)
        for channel_id, part in found.groupby("channel_id")
    ]
    for channel, part in sorted(named, key=lambda one: one[0]):
        cells = [
            joined(row.reason_name, tag("span", _note(context, row), of="sub"))
            for row in part.drop_duplicates("rank").head(5).itertuples()
        ]
        rows.append([channel, *cells, *[""] * (5 - len(cells))])
    show(
        tag("h2", context.say("Top five of each channel")),
        beyond(context, "platform", "channel"),
        long_table(own, columns, rows, context.say("Top five of each channel"), 8),
    )


def _note(context: Context, row: Any) -> str:
    parts = [context.own.number(row.tickets), context.own.percent(number(row.share_tagged), 0)]
    if not (has(row.was_top5) and row.was_top5):
        parts.append(context.say("new in the top five"))
    return " · ".join(parts)
