"""How far the numbers can be trusted: how old, how complete, what failed, what was refused, what nobody can know."""

from __future__ import annotations

import pandas as pd

from orchestration.dashboard import check_figures
from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import Download
from orchestration.dashboard.figures import (
    Column,
    Tile,
    anchor,
    box,
    colour_of,
    empty,
    joined,
    long_table,
    mark,
    number,
    show,
    signed,
    tag,
    tiles,
)
from orchestration.dashboard.queries import data
from orchestration.dashboard.views.deliveries import draw_deliveries
from orchestration.dashboard.views.sources import (
    draw_capabilities,
    draw_freshness,
    draw_quarantine,
    draw_silent,
    draw_unmeasured,
)
from orchestration.dashboard.vocabulary import CHECKS
from orchestration.presenting.words import ROLES

USES = ("month",)
HAS_CONTROLS = True
"""No control, but a part that is read anew each time."""


def title(context: Context) -> str:
    """The question that the page answers."""
    return context.say("Can I trust the numbers, and what can nobody know?")


def render(context: Context) -> None:
    """Draw the page: what is published, and how messages stand now."""
    context.segment("published", _published)
    draw_deliveries(context)
    context.segment("sources", _sources)


def _published(context: Context) -> None:
    fresh = context.ask_with(context.filters.only(()), data.freshness)
    checks = context.ask_with(context.filters.only(()), data.checks)
    refused = context.ask_with(context.filters.only(()), data.quarantined)
    unmeasured = context.ask(data.unmeasured)
    _counts(context, fresh, checks, refused, unmeasured)
    _failed(context, checks)
    _quality(context)
    draw_freshness(context, fresh)
    draw_quarantine(context, refused)


def _sources(context: Context) -> None:
    draw_unmeasured(context, context.ask(data.unmeasured))
    draw_silent(context)
    draw_capabilities(context)


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
                context.word(row.check_name, CHECKS),
                tag(
                    "span",
                    tag("code", row.table_name),
                    " · ",
                    context.word(row.source_system),
                    of="sub",
                ),
            ),
            signed("red" if row.severity == "critical" else "amber", context.word(row.severity)),
            check_figures.seen(context.own, row),
            check_figures.limit(context.own, row),
            context.own.sentence(row.why),
            joined(
                context.own.sentence(row.action),
                tag("span", context.word(row.owner, ROLES), of="sub"),
            ),
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
