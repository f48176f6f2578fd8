"""Peaks that lie ahead, and the contacts that people handled."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.dashboard.applying import beyond
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
_SPREAD = {
    "resolved_in_1": N_("solved with one contact"),
    "resolved_in_2": N_("with two"),
    "resolved_in_3": N_("with three"),
    "resolved_in_4_plus": N_("with four or more"),
}
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
    show(tag("h2", context.say("Peaks ahead")), beyond(context, "channel"))
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
    show(heading(context, 8), beyond(context))
    by = {(row.kpi_id, row.variant): row for row in numbers.itertuples()}
    shown = [*_handled(context, by), *_needed(context, by)]
    if not shown:
        show(tag("p", context.say("No contact was counted in this month."), of="muted"))
        return
    show(tiles(shown))
    _by_agent(context)


def _handled(context: Context, by: dict[tuple[str, str], Any]) -> list[Tile]:
    """Contacts handled, with their number per paid hour."""
    handled, rate = (by.get(("contacts_per_agent", name)) for name in ("none", "per_paid_hour"))
    if handled is None:
        return []
    own = context.own
    pace = own.number(number(rate.value), 2) if rate is not None else ""
    per_hour = context.say("{rate} per paid hour", rate=pace) if pace else ""
    name = anchor(context.why("contacts_per_agent"), context.say("contacts handled"))
    return [Tile(name, own.number(number(handled.value)), per_hour)]


def _needed(context: Context, by: dict[tuple[str, str], Any]) -> list[Tile]:
    """Contacts that it takes to solve a request, and how they spread."""
    needed = by.get(("contacts_to_resolve", "none"))
    if needed is None:
        return []
    own = context.own
    sure = interval(own, number(needed.ci_low), number(needed.ci_high), needed.unit, "mean")
    text = context.say(
        "{count} contacts for {solved} solved requests",
        count=own.number(number(needed.numerator)),
        solved=own.number(number(needed.denominator)),
    )
    name = context.say("contacts needed to solve a request")
    link = anchor(context.why("contacts_to_resolve"), name)
    shown = [Tile(link, own.number(number(needed.value), 2), joined(text, " ", sure))]
    for variant, said in _SPREAD.items():
        row = by.get(("contacts_to_resolve", variant))
        if row is not None:
            parts = f"{own.number(number(row.numerator))} / {own.number(number(row.denominator))}"
            shown.append(Tile(context.say(said), own.percent(number(row.value)), parts))
    return shown


def _by_agent(context: Context) -> None:
    people = context.ask_with(context.filters.only(("month",)), staffing.handled)
    if people.empty:
        return
    context.look(list(people.agent_key), len(people))
    columns = [Column(context.say("Agent")), Column(context.say("Contacts handled"), True)]
    rows: list[tuple[str, list[object]]] = []
    for row in people.itertuples():
        name = context.person(row.agent_key)
        shown = name if row.agent_key == "unowned" else linked(context, row.agent_key)
        rows.append((name, [shown, context.own.number(number(row.value))]))
    ordered = [cells for _, cells in sorted(rows, key=lambda pair: pair[0])]
    caption = context.say("Contacts handled by agent, alphabetical")
    show(long_table(context.own, columns, ordered, caption, 6))
