"""How hard a team is pressed on a day: contacts against the hours of its people, and what was left undone before.

Worked out from the first contacts alone, before any ticket is told; the further turns of a contact are counted with it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from ingestion.simulator.world.catalogue import CHANNELS
from ingestion.simulator.world.demand import CONTACTS_OF_A_WEEKDAY, planned_season
from ingestion.simulator.world.people import SHIFTS, TEAMS, Agent, Team

HOUR = 3600
ORDINARY = 0.6
"""Part of its capacity that a team's average day takes; waits are ordinary then."""

EFFORT = 3.0
"""Support is a side duty: pressed people do up to this many times its work in a shift; the rest waits for tomorrow."""

LEAST, MOST = 0.4, 4.5
"""Waits are never shorter or longer than this against ordinary ones, however few or many write."""


def hourly_capacity(team: Team, tickets_per_day: float, people: int) -> float:
    """Contacts that one rostered hour of ``team`` can take; 0 for a team without channels in the helpdesk."""
    share = sum(channel.share for channel in CHANNELS if channel.team == team.slug and channel.via)
    patterns = SHIFTS[team.calendar_id]
    weekly_hours = sum(
        len(weekdays) * (ends - starts) / 60
        for weekdays, starts, ends in (patterns[n % len(patterns)] for n in range(people))
    )
    return share * tickets_per_day * CONTACTS_OF_A_WEEKDAY * 7 / weekly_hours / ORDINARY


class Workload:
    """Pressure of every team and day; 1 = an ordinary day."""

    def __init__(
        self, agents: Sequence[Agent], tickets_per_day: float, arrivals: Iterable[tuple[str, date]]
    ) -> None:
        """Work off the contacts day by day.

        Args:
            agents: everybody with shifts.
            tickets_per_day: contacts on an ordinary weekday, by which desks are sized.
            arrivals: team (slug) and day of every contact.
        """
        hours: dict[tuple[int, date], float] = defaultdict(float)
        for agent in agents:
            for begin, end in zip(agent.windows.starts, agent.windows.ends, strict=True):
                day = datetime.fromtimestamp(begin, UTC).date()
                hours[agent.team_at(day), day] += (end - begin) / HOUR
        asked = Counter(arrivals)
        days = [day for _, day in asked]
        self._pressure: dict[tuple[int, date], float] = {}
        for team in TEAMS:
            people = sum(agent.team_id == team.team_id for agent in agents)
            pace = hourly_capacity(team, tickets_per_day, people)
            if pace and days:
                self._work_off(team, pace, hours, asked, min(days), max(days))

    def _work_off(
        self,
        team: Team,
        pace: float,
        hours: dict[tuple[int, date], float],
        asked: Counter[tuple[str, date]],
        first: date,
        last: date,
    ) -> None:
        left = 0.0
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            waiting = left + asked[team.slug, day]
            capacity = hours[team.team_id, day] * pace * planned_season(day)
            if capacity:
                pressed = waiting / capacity / ORDINARY
                self._pressure[team.team_id, day] = min(MOST, max(LEAST, pressed))
            left = max(0.0, waiting - capacity * EFFORT)

    def pressure(self, team_id: int, day: date) -> float:
        """Factor on the waits of a team for what it takes up on ``day``."""
        return self._pressure.get((team_id, day), 1.0)
