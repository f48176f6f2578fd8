"""How far the numbers can be trusted: how old, how complete, what failed, what was refused, what nobody can know."""

from __future__ import annotations

import pandas as pd

from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import Download
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
    table,
    tag,
    tiles,
)
from orchestration.dashboard.queries import data
from orchestration.dashboard.words import FLAGS, N_, RULES

USES = ("month",)
_FRESH = {"green": N_("fresh"), "amber": N_("getting old"), "red": N_("too old")}
_LEVELS = {
    "full": ("green", N_("full")),
    "partial": ("amber", N_("in part")),
    "none": ("grey", N_("not delivered")),
}


def title(context: Context) -> str:
    """The question that the page answers."""
    return context.say("Can I trust the numbers, and what can nobody know?")


def render(context: Context) -> None:
    """Draw the page."""
    fresh = context.ask_with(context.filters.only(()), data.freshness)
    checks = context.ask_with(context.filters.only(()), data.checks)
    refused = context.ask_with(context.filters.only(()), data.quarantined)
    unmeasured = context.ask(data.unmeasured)
    _counts(context, fresh, checks, refused, unmeasured)
    _failed(context, checks)
    _quality(context)
    _freshness(context, fresh)
    _quarantine(context, refused)
    _unmeasured(context, unmeasured)
    _silent(context)
    _capabilities(context)


def downloads(context: Context) -> list[Download]:
    """Rows behind the page."""
    return [
        Download("data_quality.check_results_daily", has_month=True),
        Download("data_quality.source_freshness"),
        Download("data_quality.source_capabilities", has_tenant=False),
    ]


def _counts(
    context: Context,
    fresh: pd.DataFrame,
    checks: pd.DataFrame,
    refused: pd.DataFrame,
    unmeasured: pd.DataFrame,
) -> None:
    own = context.own
    old = int((fresh.freshness_status == "red").sum())
    failed = checks[checks.status != "passed"]
    critical = int((failed.severity == "critical").sum())
    rows = int(refused["rows"].sum()) if len(refused) else 0
    kpis = sum(len(row) for row in unmeasured.kpis)
    show(
        tiles(
            [
                Tile(
                    context.say("tables too old"),
                    own.number(old),
                    context.say("of {count}", count=len(fresh)),
                    "red" if old else "green",
                ),
                Tile(
                    context.say("failed checks"),
                    own.number(len(failed)),
                    context.say(
                        "{critical} critical, of {count}",
                        critical=critical,
                        count=own.number(len(checks)),
                    ),
                    "red" if critical else "amber" if len(failed) else "green",
                ),
                Tile(
                    context.say("refused rows"),
                    own.number(rows),
                    context.say("in quarantine, with reasons"),
                    "amber" if rows else "green",
                ),
                Tile(
                    context.say("KPIs nobody can measure"),
                    own.number(kpis),
                    context.say("their source delivers too little"),
                    "grey",
                ),
            ]
        )
    )


def _failed(context: Context, checks: pd.DataFrame) -> None:
    failed = checks[checks.status != "passed"]
    show(tag("h2", context.say("Checks that failed")))
    if failed.empty:
        show(
            box(
                context.say(
                    "Every check of the newest day passed ({count}).",
                    count=context.own.number(len(checks)),
                )
            )
        )
        return
    columns = [
        Column(context.say("Check")),
        Column(context.say("Severity")),
        Column(context.say("Seen"), True),
        Column(context.say("Limit"), True),
        Column(context.say("Why it matters")),
        Column(context.say("What to do")),
    ]
    rows = [
        [
            joined(
                context.word(row.check_name, {}),
                tag("span", f"{row.table_name} · {row.source_system}", of="sub"),
            ),
            signed("red" if row.severity == "critical" else "amber", context.word(row.severity)),
            context.own.percent(number(row.value))
            or (row.observed_value if has(row.observed_value) else ""),
            context.own.percent(number(row.limit_value)),
            row.why,
            joined(row.action, tag("span", row.owner, of="sub")),
        ]
        for row in failed.itertuples()
    ]
    show(long_table(context.own, columns, rows, context.say("Checks that failed"), 12))


def _quality(context: Context) -> None:
    own = context.own
    rows = context.ask(data.quality)
    if not rows:
        show(
            empty(
                context.say("No quality numbers in this month"),
                context.say("Choose another month."),
            )
        )
        return
    shown = []
    for row in rows:
        layer = f" · {context.word(row['layer'])}" if row["layer"] != "none" else ""
        name = joined(anchor(context.why(row["kpi_id"]), context.kpi(row["kpi_id"])), layer)
        value = own.figure(number(row["value"]), row["unit"], row["stat"])
        target = own.figure(number(row["target"]), row["unit"], row["stat"]) or "–"
        note = context.say(
            "target {target}, n {n}", target=target, n=own.number(number(row["n"])) or "–"
        )
        shown.append(
            Tile(
                name,
                value,
                note,
                colour_of(row["status"]),
                mark(own, row["status"], row["status_reason"]),
            )
        )
    show(tag("h2", context.say("Quality of the month's data")), tiles(shown))


def _freshness(context: Context, fresh: pd.DataFrame) -> None:
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
            joined(row.source_system, tag("span", f"{row.table_name} · {row.connector}", of="sub")),
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


def _quarantine(context: Context, refused: pd.DataFrame) -> None:
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
            joined(row.file_name, tag("span", f"{row.source_system} · {row.table_name}", of="sub")),
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


def _unmeasured(context: Context, found: pd.DataFrame) -> None:
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


def _silent(context: Context) -> None:
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


def _capabilities(context: Context) -> None:
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
    rows = []
    for row in known.itertuples():
        colour, said = _LEVELS.get(row.level, ("grey", str(row.level)))
        guess = f" ({context.say('inferred')})" if has(row.is_inferred) and row.is_inferred else ""
        rows.append(
            [
                row.source_system,
                context.word(row.subject, {}),
                signed(colour, context.say(said) + guess),
                row.note,
            ]
        )
    summary = tag(
        "summary", context.say("What each source delivers ({count} statements)", count=len(rows))
    )
    show(
        Safe(
            f"<details>{summary}"
            f"{long_table(context.own, columns, rows, context.say('What each source delivers'), 60)}</details>"
        )
    )
