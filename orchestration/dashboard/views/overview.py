"""What went off target, and what is about to: every governed KPI with how sure it is, who answers for it and what
is done.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard.applying import beside_one_place
from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import Download
from orchestration.dashboard.figures import (
    Column,
    Safe,
    Tile,
    box,
    empty,
    has,
    interval,
    mark,
    number,
    show,
    table,
    tag,
    tiles,
)
from orchestration.dashboard.queries import overview
from orchestration.dashboard.views.overview_table import kpi_name, numbers_table
from orchestration.presenting.words import RULES

USES = ("month", "platform", "account", "channel", "team", "layer", "clock")
_LISTED = 12


def title(context: Context) -> str:
    """The question that the page answers."""
    return context.say("What went off target, and what is about to?")


def render(context: Context) -> None:
    """Draw the page."""
    rows = context.ask(overview.numbers)
    show(beside_one_place(context))
    if rows.empty:
        show(
            empty(
                context.say("No numbers for this place and month"),
                context.say("Choose another month or a wider place in the filters."),
            )
        )
        return
    _counts(context, rows)
    _turned(context, rows)
    _alerts(context)
    governed = rows[~rows.status.isin(["grey_no_target"])]
    show(
        tag("h2", context.say("All KPIs with a target")),
        numbers_table(context, governed, is_first=True),
    )
    without = rows[rows.status == "grey_no_target"]
    if not without.empty:
        summary = context.say("{count} KPIs without a target", count=len(without))
        show(Safe(f"<details>{tag('summary', summary)}{numbers_table(context, without)}</details>"))


def downloads(context: Context) -> list[Download]:
    """Rows behind the page."""
    scope_type, scope_id = context.filters.narrowest
    where = (("scope_type", scope_type), ("scope_id", scope_id), ("is_governed", "true"))
    return [Download("governance_review.kpi_monthly", where, has_month=True)]


def _counts(context: Context, rows: pd.DataFrame) -> None:
    own = context.own
    has_target = rows[rows.status != "grey_no_target"]
    counts = has_target.status.value_counts()
    newly = len(_newly_red(rows))
    greys = int(
        counts.get("grey_small_n", 0)
        + counts.get("grey_not_measurable", 0)
        + counts.get("grey_stale", 0)
    )
    of_all = context.say("of {count} with a target", count=len(has_target))
    shown = [
        Tile(
            context.say("off target"),
            own.number(counts.get("red", 0)),
            context.say("{count} of them new this month", count=newly),
            "red",
        ),
        Tile(context.say("near target"), own.number(counts.get("amber", 0)), of_all, "amber"),
        Tile(context.say("on target"), own.number(counts.get("green", 0)), of_all, "green"),
        Tile(
            context.say("cannot be judged"),
            own.number(greys),
            context.say("too few cases or not measurable"),
            "grey",
        ),
    ]
    show(tiles(shown))


def _newly_red(rows: pd.DataFrame) -> pd.DataFrame:
    before = rows.status_before
    return rows[(rows.status == "red") & before.notna() & (before != "red")]


def _about_to(rows: pd.DataFrame) -> pd.DataFrame:
    """Not red yet, but getting worse, with a bad signal, amber for two months, or with an interval beyond the
    target.
    """
    is_open = rows.status.isin(["amber", "green"])
    beyond = ((rows.direction == "higher") & (rows.ci_low < rows.target)) | (
        (rows.direction == "lower") & (rows.ci_high > rows.target)
    )
    bad = rows.signal.isin(["shift_bad", "outlier_bad"]) | (rows.trend_3m == "worsening")
    near = (rows.status == "amber") & ((rows.off_target_streak >= 2) | beyond)
    return rows[is_open & (bad | near)]


def _turned(context: Context, rows: pd.DataFrame) -> None:
    newly, about = _newly_red(rows), _about_to(rows)
    parts = []
    for heading, found, nothing in (
        (
            context.say("Off target since this month"),
            newly,
            context.say("Nothing went off target this month."),
        ),
        (context.say("About to"), about, context.say("Nothing on target is getting worse.")),
    ):
        cards = [_card(context, row) for row in found.head(_LISTED).itertuples()]
        listed = tag("div", *cards, of="cards") if cards else tag("p", nothing, of="muted")
        more = len(found) - _LISTED
        rest = (
            tag("p", context.say("and {count} more below", count=more), of="muted")
            if more > 0
            else ""
        )
        parts.append(tag("section", tag("h2", heading), listed, rest))
    show(*parts)


def _card(context: Context, row: Any) -> Safe:
    own = context.own
    value = own.figure(number(row.value), row.unit, row.stat)
    target = own.figure(number(row.target), row.unit, row.stat)
    sure = interval(own, number(row.ci_low), number(row.ci_high), row.unit, row.stat)
    why = [context.word(row.trend_3m) if row.trend_3m in ("worsening", "improving") else ""]
    why += [context.word(row.signal) if row.signal not in (None, "none") else ""]
    said = context.say("{value}, target {target}", value=value, target=target)
    sub = [
        context.say("95 % interval {interval}", interval=sure) if sure else "",
        context.say("n {n}", n=own.number(number(row.n))) if has(row.n) else "",
        *why,
    ]
    return tag(
        "div",
        kpi_name(context, row),
        tag("div", mark(own, row.status), " ", tag("b", said)),
        tag("div", " · ".join(part for part in sub if part), of="small muted"),
        of="card",
    )


def _alerts(context: Context) -> None:
    """Open alerts by rule: how many and since when; the cases are on the pages that answer them."""
    found = context.ask_with(context.filters.only(()), overview.open_alerts)
    stale = context.ask_with(context.filters.only(()), overview.freshness)
    if stale:
        names = ", ".join(sorted({row["source_system"] for row in stale}))
        show(
            box(
                context.say(
                    "Data of {sources} are too old; numbers that need them may be wrong.",
                    sources=names,
                ),
                is_warning=True,
            )
        )
    if found.empty:
        show(
            tag("h2", context.say("Open alerts")),
            tag("p", context.say("No alert is open."), of="muted"),
        )
        return
    columns = [
        Column(context.say("Alert")),
        Column(context.say("Severity")),
        Column(context.say("Open"), True),
        Column(context.say("Oldest since"), True),
    ]
    colours = {"critical": "red", "high": "amber"}
    cells = [
        [
            context.word(row.rule_id, RULES),
            tag("span", context.word(row.severity), of=colours.get(row.severity, "grey")),
            context.own.number(row.episodes),
            context.own.instant(row.since),
        ]
        for row in found.itertuples()
    ]
    show(
        tag("h2", context.say("Open alerts, whole company, now")),
        table(columns, cells, context.say("Open alerts")),
    )
