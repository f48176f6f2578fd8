"""Why customers write: the few reasons that make most tickets, what moved, what is slow, and what was done about it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard import charts
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
from orchestration.dashboard.words import N_, ROLES

USES = ("days", "platform", "account", "channel")
WINDOWS = ("30", "60", "90")
_SHOWN_BARS = 16
_FIX_STATUS = {"planned": N_("planned"), "live": N_("live"), "stopped": N_("stopped")}
_EFFECTS = {
    "effective": ("green", N_("effective")),
    "worse than before": ("red", N_("worse than before")),
    "not proven": ("grey", N_("not proven")),
}


def title(context: Context) -> str:
    """The question that the page answers."""
    return context.say("Why do customers write, and what would stop it?")


def render(context: Context) -> None:
    """Draw the page."""
    found = context.ask(reasons.windows)
    if found.empty:
        text = context.say(
            "No ticket came in here in this period: choose a longer one or a wider place."
        )
        show(empty(context.say("No tickets"), text))
        return
    _top(context, found)
    _slow(context, found)
    _by_channel(context)
    _macros(context)
    _tracking(context)
    _causes(context)


def downloads(context: Context) -> list[Download]:
    """Rows behind the page."""
    scope_type, scope_id = context.filters.narrowest
    where = (
        *(("window_days", context.filters.days), ("scope_type", scope_type)),
        ("scope_id", scope_id),
    )
    return [Download("tag_volume.tag_volume_windows", where), Download("tag_volume.macro_monthly")]


def _top(context: Context, found: pd.DataFrame) -> None:
    own = context.own
    show(heading(context, 12))
    untagged = found[found.is_untagged]
    lost = int(untagged.tickets.sum())
    total = int(found.scope_tickets.max())
    rankable = found[found.is_rankable & ~found.is_untagged]
    vital = int(rankable.is_vital_few.fillna(False).sum())
    first = found.iloc[0]
    top = rankable[rankable["rank"] <= 5]
    show(
        tag(
            "p",
            context.say(
                "{first} to {last}: {total} tickets, {untagged} of them without a reason ({share}); "
                "{vital} reasons make 80 % of the tagged.",
                first=own.day(first.window_from_date),
                last=own.day(first.window_to_date),
                total=own.number(total),
                untagged=own.number(lost),
                share=own.percent(lost / total if total else None, 0),
                vital=vital,
            ),
        )
    )
    if lost and total and lost / total > 0.1:
        show(
            box(
                context.say(
                    "More than a tenth of the tickets have no reason: ranks may be wrong where agents tag "
                    "some reasons less often."
                ),
                is_warning=True,
            )
        )
    _pareto(context, found)
    show(_ranked(context, top))


def _pareto(context: Context, found: pd.DataFrame) -> None:
    own = context.own
    tagged = found[~found.is_untagged].head(_SHOWN_BARS)
    names = {
        "top": context.say("top five"),
        "other": context.say("other reasons"),
        "untagged": context.say("without a reason"),
    }
    rows = [
        {
            "name": row.reason_name,
            "tickets": int(row.tickets),
            "cumulative": number(row.cumulative_share),
            "code": "top" if has(row.is_top5) and row.is_top5 else "other",
            "said": own.percent(number(row.share_tagged)),
        }
        for row in tagged.itertuples()
    ]
    lost = found[found.is_untagged]
    if len(lost):
        share = own.percent(number(lost.share_all.iloc[0]))
        rows.append(
            {
                "name": names["untagged"],
                "tickets": int(lost.tickets.sum()),
                "cumulative": None,
                "code": "untagged",
                "said": share,
            }
        )
    frame = pd.DataFrame(rows)
    frame["kind"] = [names[code] for code in frame.code]
    said = context.say("Tickets by reason with their cumulative share; the grey bar has no reason.")
    count, share = context.say("tickets"), context.say("cumulative share of the tagged")
    show(charts.key([(charts.PARETO[code], names[code]) for code in dict.fromkeys(frame.code)]))
    charts.draw(said, lambda: charts.pareto(frame, count, share))


def _ranked(context: Context, top: pd.DataFrame) -> Safe:
    own = context.own
    columns = [
        Column(context.say("Reason")),
        Column(context.say("Tickets"), True),
        Column(context.say("Share of tagged"), True),
        Column(context.say("Rank before")),
        Column(context.say("Change of share")),
        Column(context.say("Per 100 orders"), True),
    ]
    rows = []
    for row in top.itertuples():
        probability = number(row.share_change_adjusted_p_value)
        test = _chance(context, probability)
        real = has(row.is_real_move) and bool(row.is_real_move)
        move = (
            signed("amber", context.say("real change"))
            if real
            else joined(context.say("within chance"))
        )
        rows.append(
            [
                f"{int(row.rank)}. {row.reason_name}",
                own.number(row.tickets),
                own.percent(number(row.share_tagged)),
                _moved(context, row),
                joined(move, tag("span", test, of="sub")),
                own.number(number(row.contacts_per_100_orders), 2),
            ]
        )
    return table(columns, rows, context.say("Top five reasons"))


def _chance(context: Context, probability: float | None) -> str:
    """The adjusted p-value of the change in share, never shown as zero."""
    if probability is None:
        return ""
    if probability < 0.01:
        return context.say("p < 0.01, adjusted for the number of reasons")
    return context.say(
        "p = {p}, adjusted for the number of reasons", p=context.own.number(probability, 2)
    )


def _moved(context: Context, row: Any) -> str:
    if not has(row.previous_rank):
        return context.say("new")
    change = number(row.rank_change) or 0
    before = context.say("rank {rank}", rank=int(row.previous_rank))
    if not change:
        return context.say("{before}, same", before=before)
    return f"{before} {'↑' if change > 0 else '↓'}{abs(int(change))}"


def _slow(context: Context, found: pd.DataFrame) -> None:
    own = context.own
    show(heading(context, 13))
    cover = context.ask_with(context.filters.only(()), reasons.coverage)
    covered = context.ask_with(context.filters.only(()), reasons.macro_cover)
    top = found[found.is_top5.fillna(False).astype(bool)]
    if cover is not None:
        value = own.number(number(cover["value"])) or own.sentence(cover["status_reason"])
        show(
            tag(
                "p",
                context.say(
                    "{value} of the company's top five have a locked macro ({month}).",
                    value=value,
                    month=own.month(cover["month"]),
                ),
            )
        )
    columns = [
        Column(context.say("Reason")),
        Column(context.say("Handling, median"), True),
        Column(context.say("Mean"), True),
        Column(context.say("Timed tickets"), True),
        Column(context.say("Compared")),
        Column(context.say("Locked macro")),
        Column(context.say("Solved at first contact"), True),
        Column(context.say("Replies with macro"), True),
    ]
    rows = [
        [
            row.reason_name,
            own.duration(number(row.handle_median_s)),
            own.duration(number(row.handle_mean_s)),
            own.number(number(row.tickets_timed)),
            signed("red", context.say("slow"))
            if has(row.is_slow_top_reason) and row.is_slow_top_reason
            else context.say("as others"),
            context.say("yes")
            if str(row.reason_name).lower() in covered
            else signed("amber", context.say("missing")),
            own.percent(number(row.first_contact_resolution)),
            own.percent(number(row.macro_usage)),
        ]
        for row in top.itertuples()
    ]
    show(table(columns, rows, context.say("Handling of the top five")))
    gaps = {
        str(row.not_measurable_reason) for row in top.itertuples() if has(row.not_measurable_reason)
    }
    if gaps:
        show(tag("p", "; ".join(own.sentence(gap) for gap in sorted(gaps)), of="muted small"))


def _by_channel(context: Context) -> None:
    found = context.ask_with(
        context.filters.only(("days", "platform", "channel")), reasons.top_by_channel
    )
    if found.empty:
        return
    own = context.own
    columns = [Column(context.say("Channel")), *(Column(f"{rank}.") for rank in range(1, 6))]
    rows = []
    for channel, part in found.groupby("channel", sort=True):
        cells = [
            joined(row.reason_name, tag("span", _note(context, row), of="sub"))
            for row in part.drop_duplicates("rank").head(5).itertuples()
        ]
        rows.append([channel, *cells, *[""] * (5 - len(cells))])
    show(
        tag("h2", context.say("Top five of each channel")),
        long_table(own, columns, rows, context.say("Top five of each channel"), 8),
    )


def _note(context: Context, row: Any) -> str:
    parts = [context.own.number(row.tickets), context.own.percent(number(row.share_tagged), 0)]
    if not (has(row.was_top5) and row.was_top5):
        parts.append(context.say("new in the top five"))
    return " · ".join(parts)


def _macros(context: Context) -> None:
    found = context.ask_with(context.filters.only(("platform",)), reasons.macros)
    show(heading(context, 14))
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


def _tracking(context: Context) -> None:
    """A warning sign is not a proof: the published rates stand beside the reasons (catalogue §14, 15)."""
    own = context.own
    show(heading(context, 15))
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


def _causes(context: Context) -> None:
    rows = context.ask(reasons.causes)
    show(tag("h2", context.say("From reason to cause, defect and fix")))
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
        status = (
            context.say(_FIX_STATUS.get(row["fix_status"], str(row["fix_status"])))
            if row["fix_status"]
            else ""
        )
        since = own.day(row["fix_live_on"]) if row["fix_live_on"] else ""
        owner = context.word(row["fix_owner"], ROLES)
        cells.append(
            [
                joined(
                    row["reason_name"],
                    tag("span", row["platform"] or context.say("all platforms"), of="sub"),
                ),
                joined(
                    row["root_cause"],
                    tag("span", context.word(row["operational_defect"], {}), of="sub"),
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
