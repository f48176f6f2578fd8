"""IANA time zones that Python and the engine both know; a near miss is answered with the name that was meant."""

from __future__ import annotations

import difflib
from functools import cache
from zoneinfo import available_timezones

from ingestion.in_memory import in_memory


@cache
def known_zones() -> dict[str, str]:
    """Every usable zone by its lower-case name.

    A zone that only one of the two knows would pass here and stop the build, or the other way round.
    """
    with in_memory() as connection:
        engine = {
            name
            for (name,) in connection.execute("select name from pg_timezone_names()").fetchall()
        }
    return {
        name.lower(): name
        for name in available_timezones() & engine
        if not name.startswith("SystemV")
    }


def zone_named(text: str) -> str:
    """The zone's own spelling of a name in any case.

    Raises:
        ValueError: it is none; the reason names the nearest one and leaves the text out.
    """
    wanted = text.strip().lower()
    zones = known_zones()
    if wanted in zones:
        return zones[wanted]
    nearest = _nearest(wanted.replace(" ", "_"), zones)
    meant = f"; did you mean {nearest}?" if nearest else "; write one like Europe/Rome"
    raise ValueError(f"is no IANA time zone{meant}")


def _nearest(wanted: str, zones: dict[str, str]) -> str | None:
    cities = {lowered.rsplit("/", 1)[-1]: name for lowered, name in zones.items() if "/" in lowered}
    for choices in (cities, zones):
        near = difflib.get_close_matches(wanted, choices, 1, 0.7)
        if near and wanted:
            return choices[near[0]]
    return None
