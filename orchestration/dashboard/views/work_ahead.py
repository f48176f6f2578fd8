"""Peaks that lie ahead, and the contacts that people handled."""

from __future__ import annotations

import pandas as pd

from orchestration.dashboard.context import Context
from orchestration.dashboard.figures import (
    Column,
    Tile,
    anchor,
    box,
    interval,
    joined,
    long_table,
    number,
    show,
    tag,
    tiles,
)
from orchestration.dashboard.queries import staffing
from orchestration.dashboard.questions import heading
from orchestration.dashboard.views.agent_parts import linked
from orchestration.dashboard.words import N_

_PEAK = 1.25
_KINDS = {
    "holiday": N_("holiday"),
    "sales_day": N_("sales days"),
    "launch": N_("launch"),
    "outage": N_("outage"),
    "platform_outage": N_("platform outage"),
    "force_majeure": N_("force majeure"),
}


def draw_ahead(context: Context) -> None:
    """Days ahead that are forecast well above the last four weeks, and the events in the calendar."""
    own = context.own
    found = context.ask_with(context.filters.only(("channel",)), staffing.forecasts)
    events = context.ask_with(context.filters.only(()), staffing.events)
    show(tag("h2", context.say("Peaks ahead")))
    rows: list[list[object]] = []
    if len(found):
        usual = found[found.actual.notna()].actual.astype(float).tail(28).mean()
        for row in found[found.actual.isna()].itertuples():
            if usual and usual == usual and row.forecast > _PEAK * usual:
                rows.append(
                    [
                        own.day(row.day.date()),
                        context.say(
                            "forecast {count}, usual {usual}",
                            count=own.number(row.forecast, 0),
                            usual=own.number(usual, 0),
                        ),
                    ]
                )
    for event in events:
        first, last = (event[name].date() for name in ("first_day", "last_day"))
        span = own.day(first) if first == last else f"{own.day(first)} – {own.day(last)}"
        kind = context.say(_KINDS.get(event["kind"], str(event["kind"])))
        rows.append([span, joined(kind, tag("span", event["note"], of="sub"))])
    if not rows:
        show(
            box(context.say("No event is in the calendar and no day is forecast above the usual."))
        )
        return
    columns = [Column(context.say("When")), Column(context.say("What"))]
    show(long_table(own, columns, rows, context.say("Peaks ahead"), 10))


def draw_contacts(context: Context, numbers: pd.DataFrame) -> None:
    """Draw contacts handled, and how many it takes to solve a request."""
    own = context.own
    show(heading(context, 8))
    by = {(row.kpi_id, row.variant): row for row in numbers.itertuples()}
    handled, needed = (
        by.get(("contacts_per_agent", "none")),
        by.get(("contacts_to_resolve", "none")),
    )
    rate = by.get(("contacts_per_agent", "per_paid_hour"))
    if handled is None and needed is None:
        show(tag("p", context.say("No contact was counted in this month."), of="muted"))
        return
    shown = []
    if handled is not None:
        per_hour = (
            context.say("{rate} per paid hour", rate=own.number(number(rate.value), 2))
            if rate is not None
            else ""
        )
        shown.append(
            Tile(
                anchor(context.why("contacts_per_agent"), context.say("contacts handled")),
                own.number(number(handled.value)),
                per_hour,
            )
        )
    if needed is not None:
        sure = interval(own, number(needed.ci_low), number(needed.ci_high), needed.unit, "mean")
        text = context.say(
            "{count} contacts for {solved} solved requests",
            count=own.number(number(needed.numerator)),
            solved=own.number(number(needed.denominator)),
        )
        shown.append(
            Tile(
                anchor(
                    context.why("contacts_to_resolve"),
                    context.say("contacts needed to solve a request"),
                ),
                own.number(number(needed.value), 2),
                joined(text, " ", sure),
            )
        )
    for variant, said in zip(
        staffing.SPREAD,
        (N_("solved with one contact"), N_("with two"), N_("with three"), N_("with four or more")),
        strict=True,
    ):
        if ("contacts_to_resolve", variant) in by:
            row = by["contacts_to_resolve", variant]
            shown.append(
                Tile(
                    context.say(said),
                    own.percent(number(row.value)),
                    f"{own.number(number(row.numerator))} / {own.number(number(row.denominator))}",
                )
            )
    show(tiles(shown))
    people = context.ask_with(context.filters.only(("month",)), staffing.handled)
    if len(people):
        context.look(list(people.agent_key), len(people))
        columns = [Column(context.say("Agent")), Column(context.say("Contacts handled"), True)]
        ordered = sorted(people.itertuples(), key=lambda row: context.person(row.agent_key))
        rows = [
            [
                context.person(row.agent_key)
                if row.agent_key == "unowned"
                else linked(context, row.agent_key),
                own.number(number(row.value)),
            ]
            for row in ordered
        ]
        show(
            long_table(
                own, columns, rows, context.say("Contacts handled by agent, alphabetical"), 6
            )
        )
