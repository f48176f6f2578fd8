"""Marketplace promises by person, both readings of the clock, and missed contacts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard.applying import beside_one_place
from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    Column,
    Safe,
    anchor,
    box,
    interval,
    joined,
    long_table,
    number,
    show,
    table,
    tag,
)
from orchestration.dashboard.queries import channels
from orchestration.dashboard.questions import heading
from orchestration.dashboard.views.agent_parts import linked
from orchestration.dashboard.words import N_

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


def draw_marketplaces(context: Context) -> None:
    """EBay's 24 hours and Amazon's answers by person, alphabetical: no ranking."""
    filters = context.filters.only(("month", *channels.PLACES_OF_DAYS))
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


def draw_clocks(context: Context) -> None:
    """Draw both readings of the clock."""
    places = ("month", "platform", "account", "channel", "team", "agent", "clock")
    found = context.ask_with(context.filters.only(places), channels.clocks)
    show(heading(context, 6), beside_one_place(context))
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
    clocks = (context.filters.clock,) if context.filters.clock else ("calendar", "business")
    columns = [
        Column(context.say("KPI")),
        Column(context.say("The clock starts with")),
        *(Column(context.word(clock), True) for clock in clocks),
        Column(context.say("n"), True),
    ]
    rows = []
    for kpi_id in channels.CLOCK_KPIS:
        by = {row.clock: row for row in found[found.kpi_id == kpi_id].itertuples()}
        if not by:
            continue
        first = next(iter(by.values()))
        values = [
            own.figure(number(by[clock].value), "s") if clock in by else "" for clock in clocks
        ]
        address = context.why(kpi_id, *context.filters.narrowest)
        stat = context.say("mean") if first.stat == "mean" else context.say("median")
        name = joined(anchor(address, context.kpi(kpi_id)), tag("span", stat, of="sub"))
        rows.append([name, context.say(_STARTS[kpi_id]), *values, own.number(number(first.n))])
    show(table(columns, rows, context.say("Both readings of the clock")))


def draw_missed(context: Context) -> None:
    """Draw the rate of missed contacts and what other policies would make of it."""
    places = context.filters.only(("month", "platform", "account", "channel", "team", "agent"))
    found = context.ask_with(places, channels.missed)
    show(heading(context, 7), beside_one_place(context), *_missed_now(context, found))
    under = found[found.variant != "none"]
    if under.empty:
        text = context.say(
            "No live contact was missed here in this month, so nothing would change."
        )
        show(box(text))
        return
    columns = [
        Column(context.say("If missed contacts are")),
        Column(context.word("marketplace"), True),
        Column(context.word("internal"), True),
    ]
    rows = []
    for variant, said in _MISSED.items():
        by = {row.layer: row for row in under[under.variant == variant].itertuples()}
        shares = [_share(context, by.get(layer)) for layer in ("marketplace", "internal")]
        rows.append([context.say(said), *shares])
    show(table(columns, rows, context.say("Promises kept under each policy")))


def _missed_now(context: Context, found: pd.DataFrame) -> list[Safe]:
    """The policy in force, and the rate of missed contacts."""
    own = context.own
    policies = context.ask_with(context.filters.only(()), channels.policies)
    names = {code.removeprefix("sla_"): context.say(said) for code, said in _MISSED.items()}
    listed = ", ".join(
        f"{names.get(row['missed_policy'], row['missed_policy'])}: {row['channels']}"
        for row in policies
    )
    in_force = context.say("Policy in force, by number of channels: {policies}.", policies=listed)
    said = [tag("p", in_force, of="muted")]
    rate = next((row for row in found.itertuples() if row.variant == "none"), None)
    if rate is not None:
        text = context.say(
            "Missed contacts: {value} ({missed} of {count}).",
            value=own.percent(number(rate.value)) or own.sentence(rate.status_reason),
            missed=own.number(number(rate.numerator)) or "–",
            count=own.number(number(rate.denominator)) or "–",
        )
        said.append(tag("p", text))
    return said


def _share(context: Context, row: Any) -> Safe:
    """A share with its parts below."""
    if row is None:
        return joined("")
    own = context.own
    parts = f"{own.number(number(row.numerator))} / {own.number(number(row.denominator))}"
    return joined(own.percent(number(row.value)), tag("span", parts, of="sub"))
