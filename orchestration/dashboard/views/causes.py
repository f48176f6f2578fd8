"""Macros, the published defect rates beside the reasons, and causes with their fixes."""

from __future__ import annotations

from typing import Any

from orchestration.dashboard.applying import beyond
from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    Column,
    Safe,
    Tile,
    anchor,
    box,
    empty,
    interval,
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
from orchestration.dashboard.queries import reasons
from orchestration.dashboard.questions import heading
from orchestration.dashboard.vocabulary import DEFECTS
from orchestration.dashboard.words import FIX_STATUS, N_, PLATFORMS
from orchestration.presenting.words import ROLES

_EFFECTS = {
    "running: 8 weeks after going live are not over": (
        "grey",
        N_("running: 8 weeks after going live are not over"),
    ),
    "effective": ("green", N_("effective")),
    "worse than before": ("red", N_("worse than before")),
    "not proven": ("grey", N_("not proven")),
}


def draw_macros(context: Context) -> None:
    """Draw macros by use with what they resolve."""
    found = context.ask_with(context.filters.only(("platform",)), reasons.macros)
    show(heading(context, 14), beyond(context, "platform"))
    if found.empty:
        show(tag("p", context.say("No source tells which macros were used."), of="muted"))
        return
    own = context.own
    columns = [
        Column(context.say("Macro")),
        Column(context.say("Uses"), True),
        Column(context.say("Resolved"), True),
        Column(context.say("First contact"), True),
        Column(context.say("Handling against without"), True),
    ]
    rows = [
        [
            joined(row.macro_name, tag("span", row.reason_name, of="sub")),
            own.number(row.uses),
            _share(context, row.resolved, row.judged),
            _share(context, row.first_contact, row.issues),
            own.duration(number(row.handle_delta_s)),
        ]
        for row in found.itertuples()
    ]
    show(
        tag("p", own.month(found.month.iloc[0]), of="muted"),
        long_table(own, columns, rows, context.say("Macros by use"), 8),
    )


def _share(context: Context, part: Any, whole: Any) -> Safe:
    count = number(whole)
    if not count:
        return joined("")
    met = number(part) or 0
    return joined(
        context.own.percent(met / count), tag("span", f"{met:.0f} / {count:.0f}", of="sub")
    )


def draw_tracking(context: Context) -> None:
    """A warning sign is not a proof: the published rates stand beside the reasons (catalogue §14, 15)."""
    own = context.own
    show(heading(context, 15), beyond(context, "platform"))
    rows = context.ask_with(context.filters.only(()), reasons.defects)
    shown = [
        Tile(
            anchor(
                context.why(row["kpi_id"], month=f"{row['month']:%Y-%m}"),
                context.kpi(row["kpi_id"]),
            ),
            own.figure(number(row["value"]), row["unit"], row["stat"]),
            context.say(
                "limit {limit}, n {n}, {month}",
                limit=own.figure(number(row["target"]), row["unit"], row["stat"]) or "–",
                n=own.number(number(row["n"])),
                month=own.month(row["month"], short=True),
            ),
            {"green": "green", "amber": "amber", "red": "red"}.get(row["status"], "grey"),
            mark(own, row["status"], row["status_reason"]),
        )
        for row in rows
    ]
    answers = [row for row in context.ask(reasons.causes) if row["risk_answer"]]
    said = [
        tag("li", tag("b", row["reason_name"]), ": ", own.sentence(row["risk_answer"]))
        for row in answers
    ]
    verdict = context.say(
        "A warning sign, not a proof: only the rate that the marketplace publishes says whether it is defective."
    )
    show(box(verdict), tiles(shown), Safe(f"<ul>{''.join(said)}</ul>") if said else "")


def draw_causes(context: Context) -> None:
    """Draw root causes with their defects, fixes and measured effects."""
    rows = context.ask(reasons.causes)
    show(
        tag("h2", context.say("From reason to cause, defect and fix")), beyond(context, "platform")
    )
    if not rows:
        show(
            empty(
                context.say("No cause is written down"),
                context.say("The data owner keeps the list of root causes (root_cause_map)."),
            )
        )
        return
    own = context.own
    columns = [
        Column(context.say("Reason")),
        Column(context.say("Root cause")),
        Column(context.say("Fix")),
        Column(context.say("Contacts per 100 orders"), True),
        Column(context.say("Measured effect")),
    ]
    cells = []
    for row in rows:
        status = context.word(row["fix_status"], FIX_STATUS)
        since = own.day(row["fix_live_on"]) if row["fix_live_on"] else ""
        owner = context.word(row["fix_owner"], ROLES)
        cells.append(
            [
                joined(
                    row["reason_name"],
                    tag(
                        "span",
                        context.word(row["platform"], PLATFORMS) or context.say("all platforms"),
                        of="sub",
                    ),
                ),
                joined(
                    row["root_cause"],
                    tag("span", context.word(row["operational_defect"], DEFECTS), of="sub"),
                ),
                joined(
                    row["planned_fix"],
                    tag(
                        "span",
                        " · ".join(part for part in (owner, status, since) if part),
                        of="sub",
                    ),
                ),
                own.number(number(row["contacts_per_100_orders_30d"]), 2),
                _effect(context, row),
            ]
        )
    show(table(columns, cells, context.say("Causes and fixes")))


def _effect(context: Context, row: dict[str, Any]) -> Safe:
    if not row["effect_verdict"]:
        return joined("")
    verdict, _, weak = str(row["effect_verdict"]).partition(", ")
    colour, said = _EFFECTS.get(verdict, ("grey", context.own.sentence(verdict)))
    low_high = interval(
        context.own, number(row["effect_low"]), number(row["effect_high"]), "", "mean"
    )
    text = f"{context.own.number(number(row['effect']), 2)} ({low_high})" if low_high else ""
    doubt = context.say("weak: nothing comparable was left untouched") if weak else ""
    return joined(
        signed(colour, context.say(said)), *(tag("span", part, of="sub") for part in (text, doubt))
    )
