"""What turned red, and what is about to: every governed KPI with how sure it is, who answers for it and what
is done.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import Download
from orchestration.dashboard.figures import (
    Column,
    Safe,
    Tile,
    anchor,
    box,
    empty,
    has,
    interval,
    joined,
    mark,
    number,
    show,
    signed,
    sparkline,
    table,
    tag,
    tiles,
)
from orchestration.dashboard.queries import overview
from orchestration.dashboard.words import GROUPS, N_, ROLES, RULES

USES = ("month", "platform", "account", "channel", "team")
_SPEED_GROUP = "A"
_BESIDE_SPEED = ("closed_without_reply_rate", "csat")
_LISTED = 12


def title(context: Context) -> str:
    """The question that the page answers."""
    return context.say("What turned red, and what is about to?")


def render(context: Context) -> None:
    """Draw the page."""
    rows = context.ask(overview.numbers)
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
        tag("h2", context.say("All KPIs with a target")), _numbers(context, governed, is_first=True)
    )
    without = rows[rows.status == "grey_no_target"]
    if not without.empty:
        summary = context.say("{count} KPIs without a target", count=len(without))
        show(Safe(f"<details>{tag('summary', summary)}{_numbers(context, without)}</details>"))


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
            context.say("Turned red this month"),
            newly,
            context.say("Nothing turned red this month."),
        ),
        (context.say("About to"), about, context.say("Nothing on target is getting worse.")),
    ):
        listed = (
            Safe("").join(_card(context, row) for row in found.head(_LISTED).itertuples())
            if len(found)
            else tag("p", nothing, of="muted")
        )
        more = len(found) - _LISTED
        rest = (
            tag("p", context.say("and {count} more below", count=more), of="muted")
            if more > 0
            else ""
        )
        parts.append(tag("section", tag("h2", heading), Safe(listed), rest))
    show(tag("div", *parts, of="cols"))


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
        _name(context, row),
        tag("div", mark(own, row.status), " ", tag("b", said)),
        tag("div", " · ".join(part for part in sub if part), of="small muted"),
        of="card",
    )


def _name(context: Context, row: Any) -> Safe:
    """Name of the KPI, a link to its card and rows."""
    name = context.kpi(row.kpi_id)
    scope_type, scope_id = context.filters.narrowest
    layer = row.layer if row.layer != "none" else ""
    variant = row.variant if row.variant != "none" else ""
    address = context.why(row.kpi_id, scope_type, scope_id, layer=layer)
    more = " · ".join(context.word(part) for part in (layer, variant) if part)
    label = context.say("Why is {name} so? Its card and rows", name=name)
    return joined(anchor(address, name, label), tag("span", more, of="sub") if more else "")


def _numbers(context: Context, rows: pd.DataFrame, is_first: bool = False) -> Safe:
    say = context.say
    columns = [
        Column(say("KPI")),
        Column(say("Status")),
        Column(say("Value, 95 % interval"), True),
        Column(say("Target"), True),
        Column(say("13 months")),
        Column(say("Answers for it")),
    ]
    parts = []
    for group, found in rows.groupby("kpi_group", sort=True):
        name = context.word(group, GROUPS)
        cells = [_cells(context, row) for row in found.itertuples()]
        is_open = " open" if is_first and not parts else ""
        summary = tag("summary", _group(context, str(group), found, rows))
        parts.append(
            Safe(
                f'<details class="group"{is_open}>{summary}{table(columns, cells, name)}</details>'
            )
        )
    return joined(*parts)


def _group(context: Context, group: str, found: pd.DataFrame, rows: pd.DataFrame) -> Safe:
    """Heading of a group with its counts; speed is never shown without what it may have cost (catalogue R12)."""
    counts = found.status.value_counts()
    shown = [
        signed(colour, f"{counts[colour]} {context.say(said)}")
        for colour, said in (
            ("red", N_("off target")),
            ("amber", N_("near target")),
            ("green", N_("on target")),
        )
        if colour in counts
    ]
    name = joined(context.word(group, GROUPS), *shown)
    beside = rows[rows.kpi_id.isin(_BESIDE_SPEED)].drop_duplicates("kpi_id")
    if group != _SPEED_GROUP or beside.empty:
        return name
    said = [
        f"{context.kpi(row.kpi_id)} "
        f"{context.own.figure(number(row.value), row.unit, row.stat) or context.say('not known')}"
        for row in beside.itertuples()
    ]
    return joined(
        name, tag("span", context.say("Beside speed: {figures}", figures=", ".join(said)), of="sub")
    )


def _cells(context: Context, row: Any) -> list[object]:
    own = context.own
    unit, stat = row.unit, row.stat
    value = own.figure(number(row.value), unit, stat)
    text = row.value_text if isinstance(row.value_text, str) else ""
    target = own.figure(number(row.target), unit, stat)
    upper = own.figure(number(row.target_high), unit, stat)
    series = row.values_before.tolist()  # a masked array; its gaps become None
    said = context.say(
        "{name} over {count} months", name=context.kpi(row.kpi_id), count=len(series)
    )
    actions = number(row.open_action_count) or 0
    owed = bool(row.comment_required) and not isinstance(row.comment_id, str) and not actions
    sure = interval(own, number(row.ci_low), number(row.ci_high), unit, stat)
    count = context.say("n {n}", n=own.number(number(row.n))) if has(row.n) else ""
    trend = context.word(row.trend_3m) if row.trend_3m != "insufficient" else ""
    return [
        _name(context, row),
        mark(own, row.status, row.status_reason),
        joined(
            tag("b", " · ".join(part for part in (value, text) if part) or "–"),
            tag("span", " · ".join(part for part in (sure, count) if part), of="sub"),
        ),
        f"{target} – {upper}" if upper else target,
        joined(sparkline(series, number(row.target), said), tag("span", trend, of="sub")),
        joined(
            context.word(row.accountable_role, ROLES),
            tag("span", _done(context, actions, owed), of="sub"),
        ),
    ]


def _done(context: Context, actions: float, owed: bool) -> str:
    """Open actions on the number, else the comment that is owed."""
    if actions:
        return context.say("{count} open actions", count=context.own.number(actions))
    return context.say("comment owed") if owed else ""


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
