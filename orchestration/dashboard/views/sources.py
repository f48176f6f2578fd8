"""How old sources are, what was refused, what cannot be measured, and what each source delivers."""

from __future__ import annotations

import pandas as pd

from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    Column,
    anchor,
    box,
    has,
    joined,
    long_table,
    number,
    show,
    signed,
    table,
    tag,
)
from orchestration.dashboard.queries import data
from orchestration.dashboard.words import FLAGS, N_
from orchestration.presenting.words import RULES

_FRESH = {"green": N_("fresh"), "amber": N_("getting old"), "red": N_("too old")}
_LEVELS = {
    "full": ("green", N_("full")),
    "partial": ("amber", N_("in part")),
    "none": ("grey", N_("not delivered")),
}


def draw_freshness(context: Context, fresh: pd.DataFrame) -> None:
    """Draw how old each table of each source is."""
    own = context.own
    show(tag("h2", context.say("How old each source is")))
    if fresh.empty:
        show(tag("p", context.say("No source was loaded yet."), of="muted"))
        return
    columns = [
        Column(context.say("Source")),
        Column(context.say("State")),
        Column(context.say("Newest fact")),
        Column(context.say("Last looked at")),
        Column(context.say("Quiet for"), True),
        Column(context.say("Usual quiet"), True),
        Column(context.say("Rows"), True),
    ]
    rows = [
        [
            joined(
                context.word(row.source_system),
                tag(
                    "span", tag("code", row.table_name), " · ", tag("code", row.connector), of="sub"
                ),
            ),
            signed(
                row.freshness_status if row.freshness_status in _FRESH else "grey",
                context.say(_FRESH.get(row.freshness_status, "not known")),
            ),
            own.instant(row.latest_occurred_at) if has(row.latest_occurred_at) else "",
            own.instant(row.last_looked_at) if has(row.last_looked_at) else "",
            own.duration(number(row.lag_cal_s)),
            own.duration(number(row.expected_quiet_s)),
            own.number(number(row.row_count)),
        ]
        for row in fresh.itertuples()
    ]
    show(long_table(own, columns, rows, context.say("How old each source is"), 10))


def draw_quarantine(context: Context, refused: pd.DataFrame) -> None:
    """Draw refused rows by file, column and reason."""
    own = context.own
    show(tag("h2", context.say("Refused rows")))
    if refused.empty:
        show(box(context.say("No row was refused.")))
        return
    columns = [
        Column(context.say("File")),
        Column(context.say("Column")),
        Column(context.say("Reason")),
        Column(context.say("Rows"), True),
        Column(context.say("First line"), True),
        Column(context.say("Found")),
    ]
    rows = [
        [
            joined(
                row.file_name,
                tag(
                    "span",
                    context.word(row.source_system),
                    " · ",
                    tag("code", row.table_name),
                    of="sub",
                ),
            ),
            row.column_name,
            own.sentence(row.reason if has(row.reason) else ""),
            own.number(number(row.rows)),
            own.number(number(row.first_line)),
            own.instant(row.detected_at) if has(row.detected_at) else "",
        ]
        for row in refused.itertuples()
    ]
    note = context.say(
        "Contents are not shown here: they lie in the folder quarantine of the home, with file and line."
    )
    show(
        tag("p", note, of="muted"), long_table(own, columns, rows, context.say("Refused rows"), 12)
    )


def draw_unmeasured(context: Context, found: pd.DataFrame) -> None:
    """Draw what cannot be measured, by reason."""
    show(tag("h2", context.say("What cannot be measured, and why")))
    if found.empty:
        show(box(context.say("Everything can be measured in this month.")))
        return
    columns = [Column(context.say("Because")), Column(context.say("KPIs"))]
    rows = [
        [
            context.own.sentence(row.reason),
            joined(*(anchor(context.why(kpi), context.kpi(kpi)) for kpi in row.kpis), mark=", "),
        ]
        for row in found.itertuples()
    ]
    show(table(columns, rows, context.say("What cannot be measured")))


def draw_silent(context: Context) -> None:
    """Draw alerts and flags that cannot fire."""
    rows = context.ask_with(context.filters.only(()), data.silent)
    if not rows:
        return
    columns = [Column(context.say("Cannot fire")), Column(context.say("Because"))]
    cells = [
        [
            context.word(row["rule_id"], RULES if row["kind"] == "alert" else FLAGS),
            context.own.sentence(row["reason"]),
        ]
        for row in rows
    ]
    show(
        tag("h2", context.say("Alerts and flags that stay silent")),
        table(columns, cells, context.say("Alerts and flags that stay silent")),
    )


def draw_capabilities(context: Context) -> None:
    """Draw what each source delivers."""
    found = context.ask_with(context.filters.only(()), data.capabilities)
    known = found[found.subject_type == "capability"]
    if known.empty:
        return
    columns = [
        Column(context.say("Source")),
        Column(context.say("Delivers")),
        Column(context.say("How far")),
        Column(context.say("Note")),
    ]
    own = context.own
    rows = []
    for row in known.itertuples():
        colour, said = _LEVELS.get(row.level, ("grey", str(row.level)))
        inferred = context.say("inferred")
        guess = f" ({inferred})" if has(row.is_inferred) and row.is_inferred else ""
        rows.append(
            [
                context.word(row.source_system),
                own.coded(row.subject),
                signed(colour, context.say(said) + guess),
                own.sentence(row.note) if has(row.note) else "",
            ]
        )
    summary = tag(
        "summary", context.say("What each source delivers ({count} statements)", count=len(rows))
    )
    listed = long_table(context.own, columns, rows, context.say("What each source delivers"), 60)
    show(tag("details", summary, listed))
