"""Whether the right number of people is there at the right hours, and what comes next."""

from __future__ import annotations

import pandas as pd
from babel.dates import get_day_names

from orchestration.dashboard import charts
from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import Download
from orchestration.dashboard.figures import (
    Column,
    Tile,
    anchor,
    box,
    colour_of,
    empty,
    interval,
    joined,
    long_table,
    mark,
    number,
    show,
    table,
    tag,
    tiles,
)
from orchestration.dashboard.queries import staffing
from orchestration.dashboard.questions import heading
from orchestration.dashboard.views.agents import linked
from orchestration.dashboard.words import N_

USES = ("month", "days", "layer", "platform", "channel", "team")
WINDOWS = ("90", "60", "28")
_PEAK = 1.25
_KINDS = {
    "holiday": N_("holiday"),
    "sales_day": N_("sales days"),
    "launch": N_("launch"),
    "outage": N_("outage"),
    "platform_outage": N_("platform outage"),
    "force_majeure": N_("force majeure"),
}
_TILES = ("staffing_to_forecast", "forecast_wape", "occupancy", "backlog_days")


def title(context: Context) -> str:
    """The question that the page answers."""
    return context.say("Are enough people there when customers write?")


def render(context: Context) -> None:
    """Draw the page."""
    numbers = context.ask_with(context.filters.only(("month",)), staffing.numbers)
    _figures(context, numbers)
    _hours(context)
    _weekdays(context)
    _forecast(context)
    _ahead(context)
    _contacts(context, numbers)


def downloads(context: Context) -> list[Download]:
    """Rows behind the page."""
    where = (("grain", "day"), ("scope_type", "company"))
    return [
        Download("agent_sla.speed_volume", where),
        Download("agent_sla.backlog_daily", has_month=True),
    ]


def _figures(context: Context, numbers: pd.DataFrame) -> None:
    own = context.own
    governed = numbers[numbers.is_governed].drop_duplicates("kpi_id").set_index("kpi_id")
    shown = []
    for kpi_id in _TILES:
        if kpi_id not in governed.index:
            continue
        row = governed.loc[kpi_id]
        upper = own.figure(number(row.target_high), row.unit, row.stat)
        target = own.figure(number(row.target), row.unit, row.stat)
        note = context.say(
            "target {target}, n {n}",
            target=f"{target} – {upper}" if upper else target or "–",
            n=own.number(number(row.n)),
        )
        value = own.figure(number(row.value), row.unit, row.stat)
        name = anchor(context.why(kpi_id), context.kpi(kpi_id))
        shown.append(
            Tile(name, value, note, colour_of(row.status), mark(own, row.status, row.status_reason))
        )
    show(
        tiles(shown)
        if shown
        else empty(
            context.say("No staffing numbers in this month"),
            context.say("Rosters, forecasts and tool times come by landing files."),
        )
    )


def _days(context: Context) -> list[str]:
    names = get_day_names("abbreviated", locale=context.own.locale)
    return [str(names[day]) for day in range(7)]


def _hours(context: Context) -> None:
    found = context.ask_with(
        context.filters.only(("days", "layer", "platform", "channel", "team")), staffing.week_hours
    )
    show(tag("h2", context.say("When customers write, and when they are answered in time")))
    if found.empty:
        show(tag("p", context.say("Nobody wrote here in this period."), of="muted"))
        return
    own, days = context.own, _days(context)
    frame = pd.DataFrame(
        {
            "day": [days[int(row.weekday) - 1] for row in found.itertuples()],
            "hour": found.hour.astype(int),
            "value": found.turns_a_week.astype(float),
            "said": [own.number(row.turns_a_week, 1) for row in found.itertuples()],
        }
    )
    axis = context.say("hour of the day, reporting zone")
    said = context.say("Customer messages per week by weekday and hour.")
    show(tag("p", said, of="muted"))
    charts.draw(said, lambda: charts.heat(frame, days, axis, ".1f"))
    judged = found[found.judged >= 5]
    if judged.empty:
        return
    in_time = pd.DataFrame(
        {
            "day": [days[int(row.weekday) - 1] for row in judged.itertuples()],
            "hour": judged.hour.astype(int),
            "value": judged.met.astype(float) / judged.judged.astype(float),
            "said": [
                f"{own.percent(row.met / row.judged)}, n {row.judged}"
                for row in judged.itertuples()
            ],
        }
    )
    text = context.say("Share of them answered in time, where at least five were judged.")
    show(tag("p", text, of="muted"))
    charts.draw(text, lambda: charts.heat(in_time, days, axis, ".0%", "tealblues"))


def _weekdays(context: Context) -> None:
    found = context.ask_with(context.filters.only(("days", "team")), staffing.staffed)
    if found.empty:
        return
    own, days = context.own, _days(context)
    columns = [
        Column(context.say("Weekday")),
        Column(context.say("Staffed hours"), True),
        Column(context.say("Planned"), True),
        Column(context.say("Turns"), True),
        Column(context.say("Turns per staffed hour"), True),
        Column(context.say("Days"), True),
    ]
    rows = [
        [
            days[int(row.weekday) - 1],
            own.number(number(row.staffed), 1),
            own.number(number(row.planned), 1),
            own.number(number(row.turns), 1),
            own.number(number(row.load), 2),
            own.number(row.days),
        ]
        for row in found.itertuples()
    ]
    show(
        tag("h3", context.say("Hours against load by weekday, means")),
        table(columns, rows, context.say("Hours against load by weekday, means")),
    )


def _forecast(context: Context) -> None:
    found = context.ask_with(context.filters.only(("channel",)), staffing.forecasts)
    show(tag("h2", context.say("Forecast against what came")))
    if found.empty:
        show(
            tag(
                "p",
                context.say("No forecast is delivered: contact_forecast is empty for this choice."),
                of="muted",
            )
        )
        return
    own = context.own
    recent = found.tail(int(context.filters.days or 90))
    parts = []
    for column, said in (("actual", context.say("came")), ("forecast", context.say("forecast"))):
        for row in recent.itertuples():
            value = number(getattr(row, column))
            if value is not None:
                parts.append(
                    {"day": row.day, "part": said, "value": value, "said": own.number(value, 1)}
                )
    frame = pd.DataFrame(parts)
    text = context.say(
        "Contacts per day; the line of the forecast goes on where nothing has come yet."
    )
    show(tag("p", text, of="muted small"), charts.series_key(list(dict.fromkeys(frame.part))))
    axis = context.say("contacts per day")
    charts.draw(text, lambda: charts.lines(frame, axis))


def _ahead(context: Context) -> None:
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


def _contacts(context: Context, numbers: pd.DataFrame) -> None:
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
