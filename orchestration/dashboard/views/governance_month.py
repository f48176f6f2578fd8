"""The month's table of the meeting, who is accountable, and how the forums keep their word."""

from __future__ import annotations

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
    long_table,
    mark,
    number,
    show,
    signed,
    table,
    tag,
)
from orchestration.dashboard.queries import governance
from orchestration.dashboard.questions import heading
from orchestration.presenting.words import FORUMS, ROLES


def draw_table(context: Context) -> None:
    """Draw the month's table, then how the forums keep their word."""
    rows = context.ask(governance.month)
    context.look(list(rows.accountable_person.dropna()), len(rows))
    show(
        tag("h2", context.say("The month's table: presented against what is known now")),
        _month(context, rows),
    )
    _forums(context)


def _month(context: Context, rows: pd.DataFrame) -> Safe:
    own = context.own
    columns = [
        Column(context.say("KPI")),
        Column(context.say("Status")),
        Column(context.say("Presented"), True),
        Column(context.say("Known now"), True),
        Column(context.say("Target"), True),
        Column(context.say("Answers for it")),
        Column(context.say("In the meeting")),
    ]
    scope_type, scope_id = context.filters.narrowest
    cells = []
    for row in rows.itertuples():
        layer = row.layer if row.layer != "none" else ""
        variant = row.variant if row.variant != "none" else ""
        name = anchor(
            context.why(row.kpi_id, scope_type, scope_id, layer=layer), context.kpi(row.kpi_id)
        )
        more = " · ".join(context.word(part) for part in (layer, variant) if part)
        presented = own.figure(number(row.value_presented), row.unit, row.stat)
        sure = interval(own, number(row.ci_low), number(row.ci_high), row.unit, row.stat)
        count = context.say("n {n}", n=own.number(number(row.n))) if has(row.n) else ""
        person = context.person(row.accountable_person) if has(row.accountable_person) else ""
        cells.append(
            [
                joined(name, tag("span", more, of="sub")),
                mark(own, row.status, row.status_reason),
                presented or context.say("not closed"),
                joined(
                    tag(
                        "b",
                        own.figure(number(row.value), row.unit, row.stat)
                        or (row.value_text if has(row.value_text) else "–"),
                    ),
                    tag("span", " · ".join(part for part in (sure, count) if part), of="sub"),
                ),
                own.figure(number(row.target), row.unit, row.stat),
                joined(context.word(row.accountable_role, ROLES), tag("span", person, of="sub")),
                _due(context, row),
            ]
        )
    return long_table(own, columns, cells, context.say("The month's table"), 25)


def _due(context: Context, row: Any) -> Safe:
    """What the row asks of the meeting: a restatement to explain, a comment owed, an action under way."""
    parts = []
    if has(row.restated_delta):
        parts.append(signed("amber", context.say("restated")))
    actions = number(row.open_action_count) or 0
    if actions:
        parts.append(joined(context.say("{count} open actions", count=context.own.number(actions))))
    elif has(row.comment_required) and row.comment_required and not has(row.comment_id):
        parts.append(signed("amber", context.say("comment owed")))
    if has(row.off_target_streak) and row.off_target_streak > 1:
        parts.append(
            tag(
                "span",
                context.say(
                    "near or off target for {count} months", count=int(row.off_target_streak)
                ),
                of="sub",
            )
        )
    return joined(*parts, mark=" ")


def draw_accountable(context: Context) -> None:
    """Draw who is accountable for what."""
    show(heading(context, 16))
    found = context.ask_with(context.filters.only(("month", "role")), governance.accountability)
    own = context.own
    columns = [
        Column(context.say("KPI")),
        Column(context.say("Place")),
        Column(context.say("Accountable")),
        Column(context.say("Does the work")),
        Column(context.say("Sees")),
        Column(context.say("Reviewed in")),
    ]
    cells = []
    # one walk through all rows: a frame for each of hundreds of groups costs more than the page
    by: dict[tuple[str, str], dict[str, Any]] = {}
    for row in found.itertuples():
        by.setdefault((row.kpi_id, row.scope_type), {"forum": row.forum_id})[row.kind] = row.roles
    for (kpi_id, scope_type), kinds in sorted(by.items()):
        said = [
            ", ".join(context.word(role, ROLES) for role in kinds.get(kind, ()))
            for kind in ("A", "R", "V")
        ]
        forum = context.word(kinds["forum"], FORUMS)
        cells.append([context.kpi(kpi_id), context.word(scope_type), *said, forum])
    summary = tag(
        "summary",
        context.say("Who is accountable for what ({count} rows)", count=own.number(len(cells))),
    )
    show(
        tag("details", summary, long_table(own, columns, cells, context.say("Accountability"), 400))
    )


def _forums(context: Context) -> None:
    rows = context.ask_with(context.filters.only(("month",)), governance.results)
    if not rows:
        return
    own = context.own
    columns = [
        Column(context.say("Forum")),
        Column(context.say("Done on time"), True),
        Column(context.say("Off target with an action"), True),
        Column(context.say("Days from off target to action"), True),
        Column(context.say("Outcomes achieved"), True),
    ]
    cells = [
        [
            context.word(row["forum_id"], FORUMS),
            f"{own.number(row['on_time_count'])} / {own.number(row['due_count'])}",
            f"{own.number(row['red_with_action_count'])} / {own.number(row['red_count'])}",
            own.number(number(row["median_days_to_action"])),
            f"{own.number(row['achieved_count'])} / {own.number(row['judged_count'])}",
        ]
        for row in rows
    ]
    show(
        tag("h2", context.say("How the forums keep their own word")),
        table(columns, cells, context.say("Forums")),
    )
