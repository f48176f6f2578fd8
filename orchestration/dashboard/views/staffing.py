"""Whether the right number of people is there at the right hours, and what comes next."""

from __future__ import annotations

import pandas as pd
from babel.dates import get_day_names

from orchestration.dashboard import charts
from orchestration.dashboard.applying import beyond
from orchestration.dashboard.context import Context
from orchestration.dashboard.downloads import Download
from orchestration.dashboard.figures import (
    Column,
    Tile,
    anchor,
    colour_of,
    empty,
    mark,
    number,
    show,
    table,
    tag,
    tiles,
)
from orchestration.dashboard.heat_charts import heat
from orchestration.dashboard.queries import staffing
from orchestration.dashboard.views.work_ahead import draw_ahead, draw_contacts

USES = (
    *("month", "days", "layer", "platform", "account"),
    *("channel", "team", "customer", "region"),
)
ONE_OF = ("layer",)
WINDOWS = ("90", "60", "28")
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
    draw_ahead(context)
    draw_contacts(context, numbers)


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
        beyond(context),
        tiles(shown)
        if shown
        else empty(
            context.say("No staffing numbers in this month"),
            context.say("Rosters, forecasts and tool times come by landing files."),
        ),
    )


def _days(context: Context) -> list[str]:
    names = get_day_names("abbreviated", locale=context.own.locale)
    return [str(names[day]) for day in range(7)]


def _hours(context: Context) -> None:
    names = ("days", "layer", *staffing.PLACES_OF_TURNS)
    found = context.ask_with(context.filters.only(names), staffing.week_hours)
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
    hours = range(int(found.hour.min()), int(found.hour.max()) + 1)
    axis = context.say("hour of the day, reporting zone")
    said = context.say("Customer messages per week by weekday and hour.")
    show(tag("p", said, of="muted"))
    charts.draw(context.own, said, heat(frame, days, hours, axis, ".1f"))
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
    charts.draw(context.own, text, heat(in_time, days, hours, axis, ".0%", "tealblues"))


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
        beyond(context, "team"),
        table(columns, rows, context.say("Hours against load by weekday, means")),
    )


def _forecast(context: Context) -> None:
    found = context.ask_with(context.filters.only(("channel",)), staffing.forecasts)
    show(tag("h2", context.say("Forecast against what came")), beyond(context, "channel"))
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
    charts.draw(context.own, text, charts.lines(frame, axis))
