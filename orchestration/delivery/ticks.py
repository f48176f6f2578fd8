"""When a report is due by the clock of its zone, and which month it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from croniter import croniter  # type: ignore[import-untyped]

from orchestration.delivery.recipients import Report


def last_tick(report: Report, now: datetime) -> datetime:
    """The latest instant (aware, UTC) at or before now at which a report is due, by the clock of its zone."""
    local = now.astimezone(report.zone).replace(tzinfo=None)
    ticks = croniter(report.cron, local + timedelta(seconds=1))
    tick: datetime = ticks.get_prev(datetime)
    found = tick.replace(tzinfo=report.zone).astimezone(UTC)
    # The hour that a change of clocks repeats has one tick, its first; one it leaves out is made up for after it.
    while found > now:
        tick = ticks.get_prev(datetime)
        found = tick.replace(tzinfo=report.zone).astimezone(UTC)
    return found


def next_tick(report: Report, now: datetime) -> datetime:
    """The next instant (aware, UTC) after now at which a report is due."""
    local = now.astimezone(report.zone).replace(tzinfo=None)
    ticks = croniter(report.cron, local - timedelta(hours=3))
    while True:
        tick: datetime = ticks.get_next(datetime)
        found = tick.replace(tzinfo=report.zone).astimezone(UTC)
        if found > now:
            return found


def month_of(report: Report, now: datetime) -> date:
    """First day of the month that a report is about, by the clock of its zone."""
    today = now.astimezone(report.zone).date()
    if report.month == "current":
        return today.replace(day=1)
    if report.month == "last":
        return (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    year, month = report.month.split("-")
    return date(int(year), int(month), 1)
