"""Where promises break and where the time goes, by channel, platform and account."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard import charts
from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import Download, narrowed_by
from orchestration.dashboard.figures import (
    Column,
    Safe,
    Tile,
    anchor,
    bar,
    box,
    empty,
    has,
    interval,
    joined,
    long_table,
    number,
    show,
    table,
    tag,
    tiles,
)
from orchestration.dashboard.queries import channels
from orchestration.dashboard.questions import BOTTLENECKS, heading
from orchestration.dashboard.views.agents import linked
from orchestration.dashboard.words import HOLDERS, N_

USES = ("month", "layer", "platform", "account", "channel", "team", "customer", "region")
_STARTS = {
    "frt": N_("the customer's message, first turns"),
    "asa": N_("the customer's call or chat"),
    "asa_async": N_("the customer's message"),
    "tat": N_("the assignment to an agent"),
    "reaction_time": N_("the message or the assignment, whichever is later"),
}
_MISSED = {
    "sla_count_as_missed": N_("counted as missed (broken)"),
    "sla_treat_normally": N_("judged like any other"),
    "sla_ignore": N_("left out"),
}


def title(context: Context) -> str:
    """The question that the page answers."""
    return context.say("Where do promises break, and where does the time go?")


def render(context: Context) -> None:
    """Draw the page."""
    whole = context.ask(channels.judged)
    row = next(whole.itertuples(), None)
    show(heading(context, 5))
    if row is None or not number(row.judged):
        text = context.say(
            "No promise was judged here in this month: choose another month, promise or place."
        )
        show(empty(context.say("Nothing judged"), text))
        return
    _share(context, row)
    _places(context)
    _held(context)
    _marketplaces(context)
    _clocks(context)
    _missed(context)


def downloads(context: Context) -> list[Download]:
    """Rows behind the page."""
    where = (
        ("layer", context.filters.layer),
        *narrowed_by(context, platform="platform", customer="customer_type", region="region"),
    )
    return [Download("agent_sla.agent_sla_daily", where, has_month=True)]


def _share(context: Context, row: Any) -> None:
    own = context.own
    target = context.ask_with(context.filters.only(("month", "layer")), channels.goal)
    colour = "" if target is None else ("green" if row.share >= target else "red")
    sure = interval(own, number(row.low), number(row.high), "%", "ratio")
    why = context.why("sla_compliance", *context.filters.narrowest, layer=context.filters.layer)
    show(
        tiles(
            [
                Tile(
                    anchor(
                        why,
                        context.say("promises kept"),
                        context.say("Why? Card and rows of SLA compliance"),
                    ),
                    own.percent(number(row.share)),
                    f"95 % {sure}",
                    colour,
                ),
                Tile(
                    context.say("kept of judged"),
                    f"{own.number(row.met)} / {own.number(row.judged)}",
                    context.say("goal {goal}", goal=own.percent(target, 0))
                    if target
                    else context.say("no goal"),
                ),
                Tile(
                    context.say("broken"),
                    own.number(row.broken),
                    context.say("each with one owner"),
                ),
                Tile(
                    context.say("not judged"),
                    own.number(row.without_target + row.excluded + row.waived),
                    context.say(
                        "{none} without a target, {excluded} excluded, {waived} needing no reply",
                        none=own.number(row.without_target),
                        excluded=own.number(row.excluded),
                        waived=own.number(row.waived),
                    ),
                ),
            ]
        )
    )


def _places(context: Context) -> None:
    own = context.own
    target = context.ask_with(context.filters.only(("month", "layer")), channels.goal)
    for place, caption in (
        ("channel", context.say("By channel, the worst first")),
        ("account", context.say("By marketplace account, the worst first")),
    ):
        found = context.ask(channels.judged_by, place)
        if found.empty:
            continue
        words = [
            ("green", context.say("goal met")),
            ("amber", context.say("goal inside the interval")),
            ("red", context.say("whole interval below the goal")),
        ]
        frame = found.assign(
            value=found.share.astype(float),
            status=[_standing(words, target, row) for row in found.itertuples()],
            said=[
                f"{own.percent(row.share)}, {row.met:.0f} / {row.judged:.0f}"
                for row in found.itertuples()
            ],
        )[["name", "value", "low", "high", "status", "said"]]
        note = context.say("Points with 95 % interval; the line is the goal.")
        show(tag("h3", caption), tag("p", note, of="muted small"), charts.key(words))
        axis = context.say("promises kept")
        charts.draw(
            caption,
            lambda frame=frame, words=words, axis=axis: charts.intervals(
                frame, words, axis, target
            ),
        )
        columns = [
            Column(context.say("Place")),
            Column(context.say("Kept"), True),
            Column(context.say("95 % interval"), True),
            Column(context.say("n"), True),
            Column(context.say("Broken"), True),
        ]
        rows = [
            [
                row.name,
                own.percent(number(row.share)),
                interval(own, number(row.low), number(row.high), "%", "ratio"),
                own.number(row.judged),
                own.number(row.broken),
            ]
            for row in found.itertuples(index=False)
        ]
        summary = tag("summary", context.say("The same as a table"))
        show(Safe(f"<details>{summary}{table(columns, rows, caption)}</details>"))


def _standing(words: list[tuple[str, str]], target: float | None, row: Any) -> str:
    if target is None or row.share >= target:
        return words[0][1]
    return words[1][1] if has(row.high) and row.high >= target else words[2][1]


def _held(context: Context) -> None:
    found = context.ask(channels.held)
    show(tag("h2", context.say(BOTTLENECKS)))
    if found.empty:
        return
    own = context.own
    parts = []
    for row in found.itertuples(index=False):
        for place, holder in enumerate(channels.HELD):
            hours = (number(getattr(row, holder)) or 0) / 3600 / float(row.judged)
            said = own.duration(hours * 3600)
            parts.append(
                {
                    "name": row.name,
                    "part": context.word(holder, HOLDERS),
                    "value": hours,
                    "place": place,
                    "said": said,
                }
            )
    frame = pd.DataFrame(parts)
    order = [context.word(holder, HOLDERS) for holder in channels.HELD]
    axis = context.say("hours per answer owed")
    said = context.say(
        "Mean hours per answer owed, by who held the case while the customer waited."
    )
    show(tag("p", said, of="muted"), charts.series_key(order))
    charts.draw(said, lambda: charts.stacked(frame, order, axis))
    show(_held_table(context, found))


def _held_table(context: Context, found: pd.DataFrame) -> Safe:
    own = context.own
    waits = context.ask_with(context.filters.only(("month",)), channels.waits)
    medians = {(row.channel_id, row.kpi_id): number(row.value) for row in waits.itertuples()}
    columns = [
        Column(context.say("Channel")),
        Column(context.say("Bottleneck")),
        Column(context.say("Share of the time"), True),
        Column(context.say("Third party, median"), True),
        Column(context.say("Customer, median"), True),
        Column(context.say("Answers"), True),
    ]
    rows = []
    for row in found.itertuples(index=False):
        seconds = {holder: number(getattr(row, holder)) or 0.0 for holder in channels.HELD}
        total = sum(seconds.values())
        worst = max(seconds, key=lambda holder: seconds[holder])
        share = seconds[worst] / total if total else None
        rows.append(
            [
                row.name,
                context.word(worst, HOLDERS) if total else "",
                joined(bar(share), " ", own.percent(share, 0)),
                own.duration(medians.get((row.channel_id, "on_hold_time"))),
                own.duration(medians.get((row.channel_id, "customer_wait_time"))),
                own.number(row.judged),
            ]
        )
    return table(columns, rows, context.say("Bottleneck of each channel"))


def _marketplaces(context: Context) -> None:
    """EBay's 24 hours and Amazon's answers by person, alphabetical: no ranking."""
    filters = context.filters.only(("month", "platform", "account", "channel", "team"))
    found = context.ask_with(filters, channels.marketplace_by_agent)
    show(tag("h2", context.say("eBay's 24 hours and Amazon's answers, by agent")))
    if found.empty:
        show(
            tag(
                "p",
                context.say("Nobody answered a marketplace message here in this month."),
                of="muted",
            )
        )
        return
    context.look(list(found.agent_key), len(found))
    own = context.own
    columns = [Column(context.say("Agent")), Column("eBay", True), Column("Amazon", True)]
    rows = []
    for key, own_rows in found.groupby("agent_key"):
        by = {row.platform: row for row in own_rows.itertuples()}
        cells = [_kept(context, by.get(platform)) for platform in ("ebay", "amazon")]
        name = context.person(key)
        rows.append((name, [name if key == "unowned" else linked(context, key), *cells]))
    ordered = [cells for _, cells in sorted(rows, key=lambda pair: pair[0])]
    note = context.say(
        "Alphabetical. Fair comparison with the mix of cases taken out is on the page of the agents."
    )
    show(
        tag("p", note, of="muted"),
        long_table(own, columns, ordered, context.say("Marketplace promises by agent"), 8),
    )


def _kept(context: Context, row: Any) -> Safe:
    if row is None:
        return joined("")
    own = context.own
    low, high = channels.wilson(float(row.met), float(row.judged))
    sure = interval(own, low, high, "%", "ratio")
    return joined(
        own.percent(row.met / row.judged),
        tag("span", f"{own.number(row.met)} / {own.number(row.judged)} · {sure}", of="sub"),
    )


def _clocks(context: Context) -> None:
    found = context.ask_with(
        context.filters.only(("month", "platform", "account", "channel", "team")), channels.clocks
    )
    show(heading(context, 6))
    show(
        tag(
            "p",
            context.say(
                "Both readings are kept: from the customer, and from the moment somebody could act; "
                "around the clock and in business hours."
            ),
            of="muted",
        )
    )
    own = context.own
    columns = [
        Column(context.say("KPI")),
        Column(context.say("The clock starts with")),
        Column(context.word("calendar"), True),
        Column(context.word("business"), True),
        Column(context.say("n"), True),
    ]
    rows = []
    for kpi_id in channels.CLOCK_KPIS:
        by = {row.clock: row for row in found[found.kpi_id == kpi_id].itertuples()}
        if not by:
            continue
        first = next(iter(by.values()))
        values = [
            own.figure(number(by[clock].value), "s") if clock in by else ""
            for clock in ("calendar", "business")
        ]
        address = context.why(kpi_id, *context.filters.narrowest)
        stat = context.say("mean") if first.stat == "mean" else context.say("median")
        name = joined(anchor(address, context.kpi(kpi_id)), tag("span", stat, of="sub"))
        rows.append([name, context.say(_STARTS[kpi_id]), *values, own.number(number(first.n))])
    show(table(columns, rows, context.say("Both readings of the clock")))


def _missed(context: Context) -> None:
    found = context.ask_with(
        context.filters.only(("month", "platform", "account", "channel", "team")), channels.missed
    )
    show(heading(context, 7))
    own = context.own
    rate = next((row for row in found.itertuples() if row.variant == "none"), None)
    policies = context.ask_with(context.filters.only(()), channels.policies)
    said = ", ".join(
        f"{context.say(_MISSED.get('sla_' + str(row['missed_policy']), str(row['missed_policy'])))}: {row['channels']}"
        for row in policies
    )
    show(
        tag(
            "p",
            context.say("Policy in force, by number of channels: {policies}.", policies=said),
            of="muted",
        )
    )
    if rate is not None:
        value = own.percent(number(rate.value)) or own.sentence(rate.status_reason)
        show(
            tag(
                "p",
                context.say(
                    "Missed contacts: {value} ({missed} of {count}).",
                    value=value,
                    missed=own.number(number(rate.numerator)),
                    count=own.number(number(rate.denominator)),
                ),
            )
        )
    columns = [
        Column(context.say("If missed contacts are")),
        Column(context.word("marketplace"), True),
        Column(context.word("internal"), True),
    ]
    rows = []
    for variant in channels.MISSED:
        by = {row.layer: row for row in found[found.variant == variant].itertuples()}
        cells = [
            joined(
                own.percent(number(by[layer].value)),
                tag(
                    "span",
                    f"{own.number(number(by[layer].numerator))} / {own.number(number(by[layer].denominator))}",
                    of="sub",
                ),
            )
            if layer in by
            else ""
            for layer in ("marketplace", "internal")
        ]
        rows.append([context.say(_MISSED[variant]), *cells])
    if found[found.variant != "none"].empty:
        show(
            box(
                context.say(
                    "No live contact was missed here in this month, so nothing would change."
                )
            )
        )
        return
    show(table(columns, rows, context.say("Promises kept under each policy")))
