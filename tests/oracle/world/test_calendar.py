"""Business time of the oracle on the days that break other packages."""

from __future__ import annotations

import pytest

from tests.oracle.world.calendar import Calendars
from tests.oracle.world.story import Story, at, us

ALWAYS = {day: ("00:00", "24:00") for day in range(1, 8)}


def _calendars(zone: str, shifts: dict[int, tuple[str, str]]) -> tuple[Story, Calendars]:
    story = Story()
    story.calendar("c", zone, shifts)
    return story, Calendars(story.tables(), "t")


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        ("Europe/Rome", "2025-10-26 00:00", "2025-10-27 00:00"),
        ("Europe/Rome", "2026-03-29 00:00", "2026-03-30 00:00"),
        ("Africa/Cairo", "2026-04-23 12:00", "2026-04-25 12:00"),
        ("Africa/Cairo", "2025-10-30 12:00", "2025-11-01 12:00"),
        ("Australia/Lord_Howe", "2026-04-04 12:00", "2026-04-06 12:00"),
    ],
)
def test_around_the_clock_is_elapsed_time(zone: str, first: str, last: str) -> None:
    _, calendars = _calendars(zone, ALWAYS)
    start, stop = us(at(first, zone)), us(at(last, zone))
    assert calendars.open_microseconds([(0, None, "c")], start, stop) == stop - start
    seconds = (stop - start) // 1_000_000
    assert calendars.due([(0, None, "c")], start, seconds) == stop


def test_cairo_loses_the_first_hour_of_a_friday() -> None:
    _, calendars = _calendars("Africa/Cairo", {5: ("00:00", "06:00")})
    start, stop = us(at("2026-04-23 12:00")), us(at("2026-04-25 12:00"))
    assert calendars.open_microseconds([(0, None, "c")], start, stop) == 5 * 3600 * 1_000_000


def test_evening_shift_runs_over_the_utc_week_end() -> None:
    _, calendars = _calendars("America/New_York", {7: ("18:00", "02:00")})
    start, stop = us(at("2026-03-01 00:00")), us(at("2026-03-03 00:00"))
    assert calendars.open_microseconds([(0, None, "c")], start, stop) == 8 * 3600 * 1_000_000


def test_a_holiday_takes_its_own_shift_only() -> None:
    story, _ = _calendars("Europe/Rome", {4: ("20:00", "04:00"), 5: ("20:00", "04:00")})
    story.add("calendar_exceptions", calendar_id="c", date="2026-01-02", is_open=False)
    calendars = Calendars(story.tables(), "t")
    start, stop = us(at("2026-01-01 12:00")), us(at("2026-01-04 12:00"))
    assert calendars.open_microseconds([(0, None, "c")], start, stop) == 8 * 3600 * 1_000_000


def test_due_at_closing_time_is_due_then() -> None:
    _, calendars = _calendars("UTC", {day: ("09:00", "17:00") for day in range(1, 6)})
    friday = us(at("2026-03-06 09:00"))
    assert calendars.due([(0, None, "c")], friday, 8 * 3600) == us(at("2026-03-06 17:00"))
    assert calendars.due([(0, None, "c")], friday, 8 * 3600 + 1) == us(at("2026-03-09 09:00:01"))


def test_business_days_begin_after_the_opening_day() -> None:
    story, _ = _calendars("Europe/Berlin", {day: ("09:00", "17:00") for day in range(1, 6)})
    story.add("calendar_exceptions", calendar_id="c", date="2026-03-09", is_open=False)
    calendars = Calendars(story.tables(), "t")
    friday = us(at("2026-03-06 10:00", "Europe/Berlin"))
    due = us(at("2026-03-13 00:00", "Europe/Berlin"))
    assert calendars.business_day_due("c", friday, 3) == due


def test_a_year_and_more_keeps_its_business_time() -> None:
    _, calendars = _calendars("UTC", {1: ("09:00", "10:00")})
    start, stop = us(at("2024-01-01 00:00")), us(at("2026-01-05 00:00"))
    assert calendars.open_microseconds([(0, None, "c")], start, stop) == 105 * 3600 * 1_000_000
