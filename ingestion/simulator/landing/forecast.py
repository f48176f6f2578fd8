"""The planner's forecasts: a locked version a month and a week ahead, and a draft that must not be judged."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from ingestion.simulator.clock import iso_z
from ingestion.simulator.landing.money import months_until, next_month
from ingestion.simulator.landing.sheets import (
    SHOP_ZONE,
    Row,
    Tables,
    local_midnight,
    row,
    system_of,
)
from ingestion.simulator.landing.workforce import WORKFORCE
from ingestion.simulator.world.calendars import CALENDAR_BY_ID, epoch, holidays_between
from ingestion.simulator.world.catalogue import CHANNELS, HOURS, Channel
from ingestion.simulator.world.demand import contact_factor
from ingestion.simulator.world.world import World

LOCK_DAYS_AHEAD = 4
FULL_DAY_SECONDS = 8 * 3600
"""A full-time day; ``required_fte`` of a day counts these, that of half an hour people at their desks in it."""

_PLANNED_OCCUPANCY = 0.75
_SURGE_KNOWN = 1.45
"""The planner knows that Black Friday comes, not how big it gets."""

_CONTACTS_PER_TICKET = {
    "amazon_it": 0.27,
    "amazon_de": 0.262,
    "amazon_uk": 0.142,
    "ebay_de": 0.125,
    "ebay_it": 0.082,
    "webshop_email": 0.188,
    "webshop_chat": 0.166,
    "phone": 0.066,
    "facebook_page": 0.05,
    "facebook_private": 0.032,
    "instagram": 0.02,
}
"""Contacts of a channel for each ticket an ordinary weekday brings the whole desk, as the planner has learnt it."""

_AHT = {"phone": 250.0, "webshop_chat": 300.0}
_AHT_ELSE = 560.0


def forecast_tables(world: World, at: datetime) -> Tables:
    """All forecast versions made by ``at``."""
    yield "contact_forecast", list(_rows(world, at))


def _rows(world: World, at: datetime) -> Iterator[Row]:
    first = world.options.start
    for month in months_until(first, at.date() + timedelta(days=40)):
        made = month - timedelta(days=11)
        days = [month + timedelta(days=n) for n in range((next_month(month) - month).days)]
        version = f"month-{month:%Y-%m}"
        if _made(made) <= at and days[-1] >= first:
            for channel in CHANNELS:
                yield _row(world, version, made, "month", channel, days)
    monday = first - timedelta(days=first.weekday())
    while _made(monday - timedelta(days=LOCK_DAYS_AHEAD)) <= at:
        yield from _week(world, monday, at)
        monday += timedelta(days=7)


def _week(world: World, monday: date, at: datetime) -> Iterator[Row]:
    days = [monday + timedelta(days=n) for n in range(7)]
    locked = monday - timedelta(days=LOCK_DAYS_AHEAD)
    drafted = locked - timedelta(days=3)
    version = f"week-{monday.isoformat()}"
    for channel in CHANNELS:
        # The draft of three days before is kept as it was; only the locked version counts.
        if monday.day <= 7 and _made(drafted) <= at:
            yield _row(world, f"{version}-draft", drafted, "week", channel, days, is_locked=False)
        yield _row(world, version, locked, "week", channel, days)
        for day in days:
            yield _row(world, version, locked, "day", channel, [day])
        if channel.channel_id == "phone":
            for day in days:
                yield from _half_hours(world, version, locked, channel, day)


def _made(day: date) -> datetime:
    return datetime.combine(day, time(10), ZoneInfo(SHOP_ZONE))


def expected(world: World, channel: Channel, day: date) -> float:
    """Contacts the planner expects of a channel on a day."""
    season = min(_SURGE_KNOWN, contact_factor(day))
    return world.options.tickets_per_day * season * _CONTACTS_PER_TICKET[channel.channel_id]


def _row(
    world: World,
    version: str,
    made: date,
    grain: str,
    channel: Channel,
    days: list[date],
    *,
    is_locked: bool = True,
) -> Row:
    rng = random.Random(f"{world.options.seed}|forecast|{version}|{grain}|{channel.channel_id}")
    # A week and a month are planned as the sum of their days, each plan with its own error.
    contacts = sum(expected(world, channel, day) for day in days) * rng.lognormvariate(0.0, 0.05)
    return _forecast(
        version, made, grain, channel, local_midnight(days[0]), contacts, is_locked=is_locked
    ) | {"required_fte": f"{_required(channel, contacts, FULL_DAY_SECONDS * len(days)):.4f}"}


def _required(channel: Channel, contacts: float, seconds: int) -> float:
    return contacts * _aht(channel) / (seconds * _PLANNED_OCCUPANCY)


def _aht(channel: Channel) -> float:
    return _AHT.get(channel.channel_id, _AHT_ELSE)


def _forecast(
    version: str,
    made: date,
    grain: str,
    channel: Channel,
    start: str,
    contacts: float,
    *,
    is_locked: bool,
) -> Row:
    return row(
        WORKFORCE,
        forecast_version_id=version,
        made_at=iso_z(epoch(_made(made))),
        is_locked=is_locked,
        interval_start=start,
        grain=grain,
        channel_id=channel.channel_id,
        forecast_contacts=f"{contacts:.3f}",
        forecast_aht_s=_aht(channel),
        required_fte=None,
        subject_system=system_of(channel),
    )


@cache
def _holidays(calendar_id: str, year: int) -> frozenset[date]:
    calendar = CALENDAR_BY_ID[calendar_id]
    found = holidays_between(calendar, date(year, 1, 1), date(year, 12, 31))
    return frozenset(day for day, _ in found)


def _half_hours(
    world: World, version: str, made: date, channel: Channel, day: date
) -> Iterator[Row]:
    """The hotline's day in pieces of half an hour, by the callers' usual hours."""
    calendar = CALENDAR_BY_ID["dublin_office"]
    opening = calendar.hours.get(day.isoweekday())
    if opening is None or day in _holidays(calendar.calendar_id, day.year):
        return
    zone, office = ZoneInfo(SHOP_ZONE), ZoneInfo(calendar.zone)
    hours = HOURS["live"]
    total = expected(world, channel, day)
    for minute in range(opening[0], opening[1], 30):
        start = datetime.combine(day, time(minute // 60, minute % 60), office)
        hour = start.astimezone(zone).hour
        contacts = total * hours.count(hour) / len(hours) / 2
        yield _forecast(
            version,
            made,
            "30min",
            channel,
            iso_z(epoch(start)),
            contacts,
            is_locked=True,
        ) | {"required_fte": f"{_required(channel, contacts, 1800):.4f}"}
