"""Forecasts of contacts and of staff against what came (`forecast_wape`, `forecast_bias`, `staffing_to_forecast`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from tests.oracle.numbers.kpis import Facts, Value
from tests.oracle.numbers.statistics import local_day, month_of
from tests.oracle.numbers.tally import Scope, Tally
from tests.oracle.people.handle_times import CONTACTS
from tests.oracle.people.time import stretches
from tests.oracle.turns.obligations import Obligation
from tests.oracle.world.calendar import midnight
from tests.oracle.world.canonical_rows import DAY, SECOND, Row

_HALF_HOUR = 1800 * SECOND
_GRAINS = ("30min", "day", "week", "month")


def contacts_of(facts: Facts) -> Iterator[Obligation]:
    for row in facts.obligations:
        if row.turn.kind in CONTACTS and row.state != "excluded":
            yield row


# ---- forecasts and staffing


def _end(row: Row, zone: str) -> int:
    start = row["interval_start"]
    if row["grain"] == "30min":
        return int(start) + _HALF_HOUR
    day = local_day(start, zone)
    if row["grain"] == "month":
        return midnight((day + timedelta(days=32)).replace(day=1), zone)
    return midnight(day + timedelta(days=1 if row["grain"] == "day" else 7), zone)


def _forecasts(facts: Facts) -> dict[tuple[str, str, int], tuple[Row, int]]:
    """Last locked version of every finished interval, with its end."""
    found: dict[tuple[str, str, int], tuple[Row, int]] = {}
    for row in facts.world.tables["contact_forecast"]:
        is_in_force = row["is_locked"] and row["made_at"] <= row["interval_start"]
        if not is_in_force or row["is_deleted_in_source"]:
            continue
        end = _end(row, facts.zone)
        if end > facts.world.as_of:
            continue
        place = (row["channel_id"], row["grain"], row["interval_start"])
        rank = (row["made_at"], row["forecast_version_id"])
        other = found.get(place)
        if other is None or rank > (other[0]["made_at"], other[0]["forecast_version_id"]):
            found[place] = (row, end)
    return found


def forecast_values(facts: Facts) -> list[Value]:
    """`forecast_wape`, `forecast_bias` and `staffing_to_forecast`."""
    forecasts, tally = _forecasts(facts), Tally(facts)
    came: dict[str, list[int]] = defaultdict(list)
    for contact in contacts_of(facts):
        came[contact.root.row["channel_id"]].append(contact.turn.started_at)
    platforms = {row["channel_id"]: row["platform"] for row in facts.world.tables["channels"]}
    for (channel, grain, start), (row, end) in forecasts.items():
        actual = sum(1 for when in came[channel] if start <= when < end)
        error = round(row["forecast_contacts"] - actual, 6)
        month = month_of(start, facts.zone)
        scopes: list[Scope] = [("company", "company"), ("channel", channel)]
        if channel in platforms:
            scopes.append(("platform", platforms[channel]))
        tally.add("forecast_wape", month, scopes, (abs(error), actual, 1), grain)
        tally.add("forecast_bias", month, scopes, (error, actual, 1), grain)
    return tally.values() + _staffing(facts, forecasts)


def _staffing(facts: Facts, forecasts: dict[tuple[str, str, int], tuple[Row, int]]) -> list[Value]:
    tally = Tally(facts)
    channels: dict[tuple[date, str], set[str]] = defaultdict(set)
    needed: dict[tuple[date, str, int, int], float] = defaultdict(float)
    for (channel, grain, start), (row, end) in forecasts.items():
        if row["required_fte"] is None:
            continue
        month = month_of(start, facts.zone)
        channels[month, grain].add(channel)
        hours = 0.5 if grain == "30min" else 8 * round((end - start) / DAY)
        needed[month, grain, start, end] += row["required_fte"] * hours
    staffed = sorted(added["staffed"] for *_, added in stretches(facts) if "staffed" in added)
    for (month, grain, start, end), hours in sorted(needed.items()):
        order = [(-len(channels[month, g]), place) for place, g in enumerate(_GRAINS)]
        if _GRAINS[min(order)[1]] != grain:
            continue
        seconds = sum(max(0, min(e, end) - max(s, start)) for s, e in staffed if s < end)
        actual, required = round(seconds / SECOND / 3600, 6), round(hours, 6)
        scope = [("company", "company")]
        tally.add("staffing_to_forecast", month, scope, (actual, required, 1))
        covered = min(actual, required)
        tally.add("staffing_to_forecast", month, scope, (covered, required, 1), "interval_coverage")
    return tally.values()
