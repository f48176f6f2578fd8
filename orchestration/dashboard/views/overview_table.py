"""Every governed KPI by group: status, value with interval, target, thirteen months, who answers for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    Column,
    Safe,
    anchor,
    has,
    interval,
    joined,
    mark,
    number,
    signed,
    sparkline,
    table,
    tag,
)
from orchestration.dashboard.words import GROUPS, N_
from orchestration.presenting.words import ROLES

_COMPARED = (
    (N_("To last month: {change}"), "mom_delta", "mom_reason"),
    (N_("To last year: {change}"), "yoy_delta", "yoy_reason"),
)
"""What a number is compared with: its sentence, the difference, and why there is none."""
_SPEED_GROUP = "A"
_BESIDE_SPEED = ("closed_without_reply_rate", "csat")


def kpi_name(context: Context, row: Any) -> Safe:
    """Name of the KPI, a link to its card and rows."""
    name = context.kpi(row.kpi_id)
    scope_type, scope_id = context.filters.narrowest
    layer = row.layer if row.layer != "none" else ""
    variant = row.variant if row.variant != "none" else ""
    address = context.why(row.kpi_id, scope_type, scope_id, layer=layer)
    more = " · ".join(context.word(part) for part in (layer, variant) if part)
    label = context.say("Why is {name} so? Its card and rows", name=name)
    return joined(anchor(address, name, label), tag("span", more, of="sub") if more else "")


def numbers_table(context: Context, rows: pd.DataFrame, is_first: bool = False) -> Safe:
    """KPIs by group, each group with its counts; the first is open where ``is_first``."""
    say = context.say
    columns = [
        Column(say("KPI")),
        Column(say("Status")),
        Column(say("Value, 95 % interval"), True),
        Column(say("Target"), True),
        Column(say("13 months")),
        Column(say("Answers for it")),
    ]
    common = _common(rows)
    parts: list[Safe] = [
        tag("p", context.say(title, change=context.own.sentence(common[column])), of="muted small")
        for title, _, column in _COMPARED
        if column in common
    ]
    groups: list[Safe] = []
    for group, found in rows.groupby("kpi_group", sort=True):
        name = context.word(group, GROUPS)
        cells = [_cells(context, row, common) for row in found.itertuples()]
        is_open = " open" if is_first and not groups else ""
        summary = tag("summary", _group(context, str(group), found, rows))
        groups.append(
            Safe(
                f'<details class="group"{is_open}>{summary}{table(columns, cells, name)}</details>'
            )
        )
    return joined(*parts, *groups)


def _common(rows: pd.DataFrame) -> dict[str, str]:
    """Why most numbers are not compared, by column: said once above them instead of beside each."""
    found = {}
    for _, _, column in _COMPARED:
        reasons = rows[column].dropna().value_counts()
        if len(reasons) and reasons.iloc[0] > len(rows) / 2:
            found[column] = str(reasons.index[0])
    return found


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
    unknown = context.say("not known")
    said = [
        f"{context.kpi(row.kpi_id)} "
        f"{context.own.figure(number(row.value), row.unit, row.stat) or unknown}"
        for row in beside.itertuples()
    ]
    return joined(
        name, tag("span", context.say("Beside speed: {figures}", figures=", ".join(said)), of="sub")
    )


def _cells(context: Context, row: Any, common: Mapping[str, str]) -> list[object]:
    own = context.own
    unit, stat = row.unit, row.stat
    value = own.figure(number(row.value), unit, stat)
    text = context.told(row.value_text)
    target = own.figure(number(row.target), unit, stat)
    upper = own.figure(number(row.target_high), unit, stat)
    # a masked array; its gaps become None. The month that is shown stands beside its own line.
    series = [*row.values_before.tolist()[:-1], number(row.value)]
    said = context.say(
        "{name} over {count} months", name=context.kpi(row.kpi_id), count=len(series)
    )
    actions = number(row.open_action_count) or 0
    owed = bool(row.comment_required) and not isinstance(row.comment_id, str) and not actions
    sure = interval(own, number(row.ci_low), number(row.ci_high), unit, stat)
    count = context.say("n {n}", n=own.number(number(row.n))) if has(row.n) else ""
    trend = context.word(row.trend_3m) if row.trend_3m != "insufficient" else ""
    return [
        kpi_name(context, row),
        mark(own, row.status, row.status_reason),
        joined(
            tag("b", " · ".join(part for part in (value, text) if part) or "–"),
            tag("span", " · ".join(part for part in (sure, count) if part), of="sub"),
        ),
        f"{target} – {upper}" if upper else target,
        joined(
            sparkline(series, number(row.target), said),
            tag("span", trend, of="sub"),
            *_changes(context, row, common),
        ),
        joined(
            context.word(row.accountable_role, ROLES),
            tag("span", _done(context, actions, owed), of="sub"),
        ),
    ]


def _changes(context: Context, row: Any, common: Mapping[str, str]) -> list[Safe]:
    """To the month before and the year before: the difference, or why there is none."""
    if not has(row.value):
        return []
    found = []
    for title, delta, column in _COMPARED:
        difference = context.own.change(number(getattr(row, delta)), row.unit, row.stat)
        reason = getattr(row, column)
        is_own = isinstance(reason, str) and reason != common.get(column)
        change = difference or context.own.sentence(reason if is_own else None)
        if change:
            found.append(tag("span", context.say(title, change=change), of="sub"))
    return found


def _done(context: Context, actions: float, owed: bool) -> str:
    """Open actions on the number, else the comment that is owed."""
    if actions:
        return context.say("{count} open actions", count=context.own.number(actions))
    return context.say("comment owed") if owed else ""
