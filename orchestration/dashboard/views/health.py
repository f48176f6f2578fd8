"""How far each marketplace account is from its limits, in defects that may still happen."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard import charts
from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import Download, narrowed_by
from orchestration.dashboard.figures import (
    Column,
    Safe,
    Tile,
    anchor,
    box,
    colour_of,
    empty,
    has,
    joined,
    long_table,
    mark,
    number,
    show,
    signed,
    tag,
    tiles,
)
from orchestration.dashboard.queries import health

USES = ("platform", "account")
_CLOSE = 2
_ESTIMATED = "amz_late_response_rate"


def title(context: Context) -> str:
    """The question that the page answers."""
    return context.say("How close are the accounts to their limits?")


def render(context: Context) -> None:
    """Draw the page."""
    found = context.ask(health.standing)
    if found.empty:
        text = context.say(
            "No source publishes account health for this choice: connect a marketplace, or bring "
            "account_health_snapshots."
        )
        show(empty(context.say("No marketplace metrics"), text))
        return
    limited = found[found.target_value.notna()]
    _counts(context, limited)
    close = limited[(limited.status == "red") | (limited.headroom.fillna(99) <= _CLOSE)]
    show(tag("h2", context.say("Over the limit, or at most {count} defects away", count=_CLOSE)))
    show(
        _table(context, close)
        if len(close)
        else box(context.say("No metric is over its limit or within two defects of it."))
    )
    rest = limited.drop(close.index)
    if len(rest):
        show(tag("h2", context.say("Every other metric with a limit")), _table(context, rest))
    _estimate(context)
    _without(context, found[found.target_value.isna()])
    _rules(context)


def downloads(context: Context) -> list[Download]:
    """Rows behind the page."""
    return [
        Download(
            "marketplace_health.account_health_daily", narrowed_by(context, platform="platform")
        ),
        Download("marketplace_health.marketplace_rules", has_tenant=False),
    ]


def _counts(context: Context, limited: pd.DataFrame) -> None:
    own = context.own
    counts = limited.status.value_counts()
    close = int((limited.headroom.fillna(99) <= _CLOSE).sum())
    stale = int((limited.days_since_capture.fillna(0) > 14).sum())
    show(
        tiles(
            [
                Tile(
                    context.say("over the limit"),
                    own.number(counts.get("red", 0)),
                    context.say("of {count} metrics with a limit", count=len(limited)),
                    "red",
                ),
                Tile(
                    context.say("at most {count} defects left", count=_CLOSE),
                    own.number(close),
                    context.say("headroom"),
                    "amber",
                ),
                Tile(
                    context.say("inside the limit"), own.number(counts.get("green", 0)), "", "green"
                ),
                Tile(
                    context.say("older than two weeks"),
                    own.number(stale),
                    context.say("captured by the platform or by hand"),
                    "grey",
                ),
            ]
        )
    )


def _figure(context: Context, row: Any, name: str) -> str:
    """A value as share, or as a plain number where its limit is none."""
    value = number(getattr(row, name))
    if value is None:
        return ""
    return (
        context.own.percent(value, 2 if abs(value) < 0.1 else 1)
        if abs(value) <= 1.5
        else context.own.number(value, 1)
    )


def _metric(context: Context, row: Any) -> Safe:
    name = context.kpi(row.metric) if row.metric in context.kpis else context.word(row.metric, {})
    more = [row.account, row.window_length, row.fulfilment, row.program, row.evaluation]
    said = " · ".join(str(part) for part in more if has(part))
    return joined(name, tag("span", said, of="sub"))


def _table(context: Context, found: pd.DataFrame) -> Safe:
    own = context.own
    columns = [
        Column(context.say("Metric")),
        Column(context.say("Status")),
        Column(context.say("Published"), True),
        Column(context.say("Limit"), True),
        Column(context.say("Defects of cases"), True),
        Column(context.say("Headroom"), True),
        Column(context.say("Captured"), True),
    ]
    rows = []
    for row in found.itertuples():
        counts = (
            f"{own.number(number(row.numerator))} / {own.number(number(row.denominator))}"
            if has(row.denominator)
            else ""
        )
        gap = (
            f"{context.say('our count')} {_figure(context, row, 'count_ratio')}"
            if has(row.count_ratio)
            else ""
        )
        rows.append(
            [
                _metric(context, row),
                mark(own, row.status),
                joined(_figure(context, row, "published_value") or "–", tag("span", gap, of="sub")),
                _figure(context, row, "target_value"),
                counts,
                _headroom(context, row),
                _captured(context, row),
            ]
        )
    return long_table(own, columns, rows, context.say("Metrics against their limits"), 14)


def _captured(context: Context, row: Any) -> str:
    """How long ago the platform's figure was captured."""
    days = number(row.days_since_capture)
    if days is None:
        return ""
    return (
        context.say("{days} days ago", days=context.own.number(days))
        if days
        else context.say("today")
    )


def _headroom(context: Context, row: Any) -> Safe:
    if not has(row.headroom):
        return joined("")
    ahead = (
        context.say("projected {count}", count=_count(context, row.projected_headroom))
        if has(row.projected_headroom)
        else ""
    )
    return joined(
        signed(colour_of(row.headroom_status), _count(context, row.headroom)),
        tag("span", ahead, of="sub"),
    )


def _count(context: Context, value: Any) -> str:
    """Defects left; a minus as people write it where there are none."""
    return context.own.number(number(value)).replace("-", "−")


def _estimate(context: Context) -> None:
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
        window=window,
    )
    show(tag("p", text, of="muted small"), charts.series_key(list(dict.fromkeys(frame.part))))
    axis = context.say("late answers")
    charts.draw(text, lambda: charts.lines(frame, axis, percent=True))


def _without(context: Context, found: pd.DataFrame) -> None:
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
                _metric(context, row),
                tag("span", row.dimension_value if has(row.dimension_value) else "", of="sub"),
            ),
            _figure(context, row, "published_value"),
            row.published_status,
            _captured(context, row),
        ]
        for row in found.itertuples()
    ]
    summary = tag(
        "summary", context.say("{count} published figures without a limit", count=len(rows))
    )
    show(
        Safe(
            f"<details>{summary}"
            f"{long_table(own, columns, rows, context.say('Published figures without a limit'), 30)}</details>"
        )
    )


def _rules(context: Context) -> None:
    rows = context.ask_with(context.filters.only(("platform",)), health.rules)
    show(tag("h2", context.say("Rule watch: limits that nobody has verified for 180 days")))
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
                _source(row),
                tag(
                    "span",
                    " · ".join(
                        str(part) for part in (row["platform"], row["site"], row["clock"]) if part
                    ),
                    of="sub",
                ),
            ),
            own.percent(number(row["limit_value"])),
            row["consequence"],
            joined(own.day(row["last_verified_on"]), " ", row["verified_by"])
            if row["last_verified_on"]
            else signed("amber", context.say("never")),
        ]
        for row in rows
    ]
    show(long_table(own, columns, cells, context.say("Rules of the marketplaces"), 8))


def _source(row: dict[str, Any]) -> Safe:
    address = str(row["source_url"] or "")
    return (
        anchor(joined(Safe(address.replace('"', "%22"))), row["rule"])
        if address.startswith("https://")
        else joined(row["rule"])
    )
