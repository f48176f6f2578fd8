"""Quiet hours by the wall clock: across midnight, and on the days on which clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.delivery.quiet import QuietHours, parse_quiet_hours

ZONES = ("UTC", "Europe/Rome", "Europe/Bucharest", "Australia/Lord_Howe", "America/New_York")
minutes = st.integers(0, 1439)
instants = st.integers(0, 390000).map(
    lambda minute: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minute)
)


def wall(minute: int) -> time:
    return time(minute // 60, minute % 60)


@given(minutes, minutes, instants, st.sampled_from(ZONES))
def test_the_end_is_the_first_minute_that_is_not_quiet(start, end, at, name):
    if start == end:
        return
    zone, quiet = ZoneInfo(name), QuietHours(wall(start), wall(end))
    until = quiet.until(at, zone)
    assert not quiet.holds(until, zone)
    if not quiet.holds(at, zone):
        assert until == at
        return
    assert at < until <= at + timedelta(hours=26)
    between = at + (until - at) / 2
    assert quiet.holds(between, zone) and quiet.holds(
        until - timedelta(minutes=1, seconds=-1), zone
    )


@given(minutes, minutes, instants, st.sampled_from(ZONES))
def test_a_span_and_its_complement_share_the_day(start, end, at, name):
    if start == end:
        return
    zone = ZoneInfo(name)
    one, other = QuietHours(wall(start), wall(end)), QuietHours(wall(end), wall(start))
    assert one.holds(at, zone) != other.holds(at, zone)


@pytest.mark.parametrize(
    ("at", "is_quiet"),
    [
        ("2026-11-17T21:59:00", False),  # 22:59 in Rome
        ("2026-11-17T22:00:00", True),
        ("2026-11-18T05:59:00", True),
        ("2026-11-18T06:00:00", False),
        ("2026-07-01T04:59:00", True),  # 06:59, summer time
        ("2026-07-01T05:00:00", False),
    ],
)
def test_across_midnight(at, is_quiet):
    quiet = parse_quiet_hours("23:00-07:00")
    instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert quiet.holds(instant, ZoneInfo("Europe/Rome")) is is_quiet


def test_an_hour_that_is_left_out_or_comes_twice():
    quiet, rome = parse_quiet_hours("22:00-02:30"), ZoneInfo("Europe/Rome")
    spring = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)  # 01:59; a minute later it is 03:00
    assert quiet.holds(spring, rome)
    assert quiet.until(spring, rome) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    autumn = datetime(2026, 10, 25, 0, 29, tzinfo=UTC)  # 02:29 for the first time
    assert quiet.until(autumn, rome) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert quiet.holds(datetime(2026, 10, 25, 1, 0, tzinfo=UTC), rome)  # 02:00 again


@pytest.mark.parametrize("text", ["22-7", "24:00-07:00", "22:00", "", None, ["22:00-07:00"]])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(ValueError, match="write it like 22:00-07:00"):
        parse_quiet_hours(text)


def test_a_span_without_length_is_refused():
    with pytest.raises(ValueError, match="begins when it ends"):
        parse_quiet_hours("07:00-07:00")
