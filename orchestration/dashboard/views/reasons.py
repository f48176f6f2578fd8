"""Why customers write: the few reasons that make most tickets, what moved, what is slow, and what was done about it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard import bar_charts, charts
from orchestration.dashboard.applying import one_place
from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import Download, narrowed_by
from orchestration.dashboard.figures import (
    Column,
    Safe,
    box,
    empty,
    has,
    joined,
    number,
    show,
    signed,
    table,
    tag,
)
from orchestration.dashboard.queries import reason_tickets, reasons
from orchestration.dashboard.questions import heading
from orchestration.dashboard.selection import PLACES
from orchestration.dashboard.views.causes import draw_causes, draw_macros, draw_tracking
from orchestration.dashboard.views.reasons_slow import draw_by_channel, draw_slow

USES = ("days", "platform", "account", "channel", "team", "customer", "region")
WINDOWS = ("30", "60", "90")
_SHOWN_BARS = 16


def title(context: Context) -> str:
    """The question that the page answers."""
    return context.say("Why do customers write, and what would stop it?")


def render(context: Context) -> None:
    """Draw the page."""
    is_counted = _is_counted(context)
    found = context.ask(reason_tickets.windows if is_counted else reasons.windows)
    if found.empty or not found.tickets.sum():
        text = context.say(
            "No ticket came in here in this period: choose a longer one or a wider place."
        )
        show(empty(context.say("No tickets"), text))
        return
    _top(context, found)
    if is_counted:
        text = context.say(
            "Counted from the tickets of this choice. Whether a rank moved by chance, contacts per order and handling "
            "times are known for the company and for one platform, account or channel."
        )
        show(box(text))
    else:
        draw_slow(context, found)
    draw_by_channel(context)
    draw_macros(context)
    draw_tracking(context)
    draw_causes(context)


def _is_counted(context: Context) -> bool:
    """Whether the mart of windows does not know the place: several kinds together, a team, customers or regions."""
    chosen = {name for name in PLACES if getattr(context.filters, name)}
    return bool(chosen - set(one_place(context)) or chosen & {"team", "customer", "region"})


def downloads(context: Context) -> list[Download]:
    """Rows behind the page."""
    if _is_counted(context):
        where = narrowed_by(context, platform="platform", customer="customer_type", region="region")
        return [Download("core.dim_tickets", where), Download("tag_volume.macro_monthly")]
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
    show(charts.key([(bar_charts.PARETO[code], names[code]) for code in dict.fromkeys(frame.code)]))
    charts.draw(context.own, said, bar_charts.pareto(frame, count, share))


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
        if not has(row.is_real_move):
            move = joined(context.say("not tested"))
        elif row.is_real_move:
            move = signed("amber", context.say("real change"))
        else:
            move = joined(context.say("within chance"))
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
