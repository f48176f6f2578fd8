"""Published against estimated, figures without a limit, and the rules that somebody must verify."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard import charts
from orchestration.dashboard.applying import beyond
from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    Column,
    Safe,
    anchor,
    box,
    has,
    joined,
    long_table,
    number,
    show,
    signed,
    tag,
)
from orchestration.dashboard.queries import health
from orchestration.dashboard.views.health_parts import captured, figure, metric, word
from orchestration.dashboard.words import CODES, PLATFORMS

_ESTIMATED = "amz_late_response_rate"


def draw_estimate(context: Context) -> None:
    """What Amazon publishes beside what we count (R11: the published number is never overwritten)."""
    published = context.ask(health.history, _ESTIMATED)
    known = published[published.published.notna()]
    show(tag("h2", context.say("Published against our estimate: Amazon late response rate")))
    if known.empty:
        show(tag("p", context.say("Nothing is published for this choice."), of="muted"))
        return
    window = known.window_length.mode().iloc[0]
    wanted = known[known.window_length == window]
    parts = []
    for column, said in (
        ("published", context.say("published")),
        ("estimate", context.say("our estimate")),
    ):
        means = wanted.groupby("date_day")[column].mean().dropna()
        parts += [
            {
                "day": pd.Timestamp(day),
                "part": said,
                "value": float(value),
                "said": context.own.percent(float(value)),
            }
            for day, value in means.items()
        ]
    frame = pd.DataFrame(parts)
    text = context.say(
        "Mean over accounts, window {window}. The published number counts; ours only says whether to ask why.",
        window=context.own.coded(window),
    )
    show(tag("p", text, of="muted small"), charts.series_key(list(dict.fromkeys(frame.part))))
    axis = context.say("late answers")
    charts.draw(context.own, text, charts.lines(frame, axis, percent=True))


def draw_without(context: Context, found: pd.DataFrame) -> None:
    """Draw published figures that have no limit."""
    if found.empty:
        return
    own = context.own
    columns = [
        Column(context.say("Metric")),
        Column(context.say("Published"), True),
        Column(context.say("Platform says")),
        Column(context.say("Captured"), True),
    ]
    rows = [
        [
            joined(
                metric(context, row),
                tag("span", _dimension(context, row), of="sub"),
            ),
            figure(context, row, "published_value"),
            word(context, row.published_status),
            captured(context, row),
        ]
        for row in found.itertuples()
    ]
    summary = tag(
        "summary", context.say("{count} published figures without a limit", count=len(rows))
    )
    listed = long_table(own, columns, rows, context.say("Published figures without a limit"), 30)
    show(tag("details", summary, listed))


def _dimension(context: Context, row: Any) -> str:
    """What a figure is cut by; a platform's own name that no code has stands as it is."""
    if not has(row.dimension_value):
        return ""
    value = str(row.dimension_value)
    said = context.word(value)
    return f"{word(context, row.dimension_key)}: {said}" if has(row.dimension_key) else said


def draw_rules(context: Context) -> None:
    """Draw the rules in force, those that nobody verified for long first."""
    rows = context.ask_with(context.filters.only(("platform",)), health.rules)
    show(
        tag("h2", context.say("Rule watch: limits that nobody has verified for 180 days")),
        beyond(context, "platform"),
    )
    own = context.own
    old = [
        row
        for row in rows
        if row["days_since"] is None or row["days_since"] > health.STALE_RULE_DAYS
    ]
    if old:
        show(
            box(
                context.say(
                    "{count} of {all} rules are unverified for 180 days or more: read them at the source "
                    "and note the day in marketplace_rules.",
                    count=len(old),
                    all=len(rows),
                ),
                is_warning=True,
            )
        )
    columns = [
        Column(context.say("Rule")),
        Column(context.say("Limit"), True),
        Column(context.say("What it costs")),
        Column(context.say("Verified")),
    ]
    cells = [
        [
            joined(
                _source(context, row),
                tag(
                    "span",
                    " · ".join(
                        str(part)
                        for part in (
                            context.word(row["platform"], PLATFORMS),
                            row["site"],
                            _told(context, row["clock"]),
                        )
                        if part
                    ),
                    of="sub",
                ),
            ),
            own.percent(number(row["limit_value"])),
            _told(context, row["consequence"]),
            joined(own.day(row["last_verified_on"]), " ", row["verified_by"])
            if row["last_verified_on"]
            else signed("amber", context.say("never")),
        ]
        for row in rows
    ]
    show(long_table(own, columns, cells, context.say("Rules of the marketplaces"), 8))


def _source(context: Context, row: dict[str, Any]) -> Safe:
    address = str(row["source_url"] or "")
    rule = _told(context, row["rule"])
    return (
        anchor(joined(Safe(address.replace('"', "%22"))), rule)
        if address.startswith("https://")
        else joined(rule)
    )


def _told(context: Context, text: str | None) -> str:
    """A text of a rule in the reader's language; rules of somebody's own stay as they are written."""
    return context.word(text) if text in CODES else context.own.sentence(text)
