"""How far each marketplace account is from its limits, in defects that may still happen."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import Download, narrowed_by
from orchestration.dashboard.figures import (
    Column,
    Safe,
    Tile,
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
from orchestration.dashboard.views.health_parts import captured, figure, metric
from orchestration.dashboard.views.health_rules import draw_estimate, draw_rules, draw_without
from orchestration.presenting.words import STATUSES

USES = ("platform", "account")
_CLOSE = 2
_FEW = "grey_small_n"


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
    close = limited[_is_over(limited) | _is_close(limited)]
    show(tag("h2", context.say("Over the limit, or at most {count} defects away", count=_CLOSE)))
    show(
        _table(context, close)
        if len(close)
        else box(context.say("No metric is over its limit or within two defects of it."))
    )
    rest = limited.drop(close.index)
    if len(rest):
        show(tag("h2", context.say("Every other metric with a limit")), _table(context, rest))
    draw_estimate(context)
    draw_without(context, found[found.target_value.isna()])
    draw_rules(context)


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
    over = _is_over(limited)
    close = int((~over & _is_close(limited)).sum())
    stale = int((limited.days_since_capture.fillna(0) > 14).sum())
    show(
        tiles(
            [
                Tile(
                    context.say("over the limit"),
                    own.number(int(over.sum())),
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


def _is_over(found: pd.DataFrame) -> pd.Series[bool]:
    """Whether a metric misses its limit, red or only just (amber)."""
    return found.is_on_target.eq(False).fillna(False)


def _is_close(found: pd.DataFrame) -> pd.Series[bool]:
    """Whether few defects are left of a limit that leaves some; of so few cases the number says nothing."""
    is_told = found.headroom_status.fillna("").ne(_FEW)
    return is_told & (found.headroom.fillna(99) <= _CLOSE)


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
    for row, is_over in zip(found.itertuples(), _is_over(found), strict=True):
        counts = ""
        if has(row.denominator):
            parts = [own.number(number(row.numerator)), own.number(number(row.denominator))]
            counts = " / ".join(parts) if parts[0] else context.say("n {n}", n=parts[1])
        counted = context.say("our count {share}", share=figure(context, row, "count_ratio"))
        gap = counted if has(row.count_ratio) else ""
        # near the target on either side is amber; a limit is missed or not
        beyond = context.say("over the limit") if is_over and row.status != "red" else ""
        rows.append(
            [
                metric(context, row),
                joined(mark(own, row.status), tag("span", beyond, of="sub")),
                joined(figure(context, row, "published_value") or "–", tag("span", gap, of="sub")),
                figure(context, row, "target_value"),
                counts,
                _headroom(context, row),
                captured(context, row),
            ]
        )
    return long_table(own, columns, rows, context.say("Metrics against their limits"), 14)


def _headroom(context: Context, row: Any) -> Safe:
    if not has(row.headroom):
        return joined("")
    ahead = (
        context.say("projected {count}", count=_count(context, row.projected_headroom))
        if has(row.projected_headroom)
        else ""
    )
    if row.headroom_status == _FEW:
        ahead = context.word(_FEW, STATUSES)
    return joined(
        signed(colour_of(row.headroom_status), _count(context, row.headroom)),
        tag("span", ahead, of="sub"),
    )


def _count(context: Context, value: Any) -> str:
    """Defects left; a minus as people write it where there are none."""
    return context.own.number(number(value)).replace("-", "−")
