"""Teams, agents with shifts, speed and habits, and the accounts that are not people (bot, connector)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from ingestion.simulator.world.calendars import (
    CALENDAR_BY_ID,
    OpenWindows,
    holidays_between,
    local_epoch,
)
from ingestion.simulator.world.options import SimulatorOptions

SYSTEM_ID = -1
"""Author of rules and automations, as Zendesk writes it."""

BOT_ID = 390_001
CONNECTOR_ID = 390_002
ADMIN_ID = 390_003
FIRST_AGENT_ID = 390_100
AGENTS_PER_TEAM = 12

BENCHMARK_REVIEWER = FIRST_AGENT_ID + 50
LENIENT_REVIEWER = FIRST_AGENT_ID + 51
REVIEWERS = (BENCHMARK_REVIEWER, LENIENT_REVIEWER, FIRST_AGENT_ID + 52)
OFFICES: dict[str, tuple[int, ...]] = {
    "qa_specialist": REVIEWERS,
    "trainer": (FIRST_AGENT_ID + 53,),
    "operations_manager": (FIRST_AGENT_ID + 48,),
    "wfm_planner": (FIRST_AGENT_ID + 54,),
    "marketplace_manager": (FIRST_AGENT_ID + 55,),
    "data_owner": (FIRST_AGENT_ID + 56,),
}
"""Who holds an office of the desk besides answering tickets: people of Escalations."""

SLOW_WEEK_FACTOR = 18.0
"""Weekly medians of a small team vary up to threefold by themselves; an honest chart finds only what is far beyond."""

SLOW_WEEK_LEAD_DAYS = 4
"""The unexplained week slackens on the Thursday before it, so that all answers of its days are late ones."""

ILL_SHARE = 0.65
CLOSER_TAKES = 0.4
"""Whoever closes without answering is quick to take tickets: while at work, this part of the team's."""

AFTER_WORLD_DAYS = 150
"""Shifts are planned this far past the last day, so that late replies of the last tickets have a time."""


@dataclass(frozen=True)
class Team:
    """A support team = one helpdesk group.

    ``load`` stretches its waiting times (1 = staffed well); ``swing`` says how far they follow the day's contacts (a
    power): whoever always works at the limit makes everybody wait on every day.
    """

    team_id: int
    slug: str
    name: str
    calendar_id: str
    load: float
    swing: float
    legal_entity: str


TEAMS: tuple[Team, ...] = (
    Team(
        4_210_001,
        "marketplace_italy",
        "Marketplace Italy",
        "rome_office",
        1.0,
        1.2,
        "Casa Nord S.r.l.",
    ),
    Team(
        4_210_002,
        "marketplace_north",
        "Marketplace North",
        "bucharest_extended",
        3.4,
        0.2,
        "Casa Nord Servicii S.R.L.",
    ),
    Team(
        4_210_003,
        "webshop_care",
        "Webshop Care",
        "dublin_office",
        1.1,
        1.2,
        "Casa Nord Ireland Ltd",
    ),
    Team(
        4_210_004,
        "chat_social",
        "Chat and Social",
        "bucharest_extended",
        0.9,
        1.2,
        "Casa Nord Servicii S.R.L.",
    ),
    Team(
        4_210_005,
        "escalations",
        "Escalations",
        "rome_office",
        1.2,
        1.2,
        "Casa Nord S.r.l.",
    ),
)
TEAM_BY_SLUG = {team.slug: team for team in TEAMS}
TEAM_BY_ID = {team.team_id: team for team in TEAMS}

_FIRST_NAMES = (
    "Ada", "Bruno", "Carla", "Dario", "Elena", "Fabio", "Gaia", "Ilie", "Irina",
    "Luca", "Mihai", "Nora", "Oana", "Paolo", "Radu", "Sara", "Tudor", "Vera",
    "Aoife", "Conor", "Niamh", "Sean", "Marta", "Enzo", "Livia", "Petru",
)  # fmt: skip
_LAST_NAMES = (
    "Albu", "Bassi", "Costa", "Doyle", "Enache", "Ferri", "Galli", "Hayes", "Ionescu",
    "Kelly", "Longo", "Marin", "Neri", "Olteanu", "Popa", "Quinn", "Rossi", "Stan",
    "Testa", "Ursu", "Villa", "Walsh", "Zanetti", "Byrne",
)  # fmt: skip
SHIFTS = {
    "rome_office": (
        ((1, 2, 3, 4, 5), 540, 1080),
        ((1, 2, 3, 4, 5), 510, 990),
        ((2, 3, 4, 5, 6), 540, 1020),
        ((1, 2, 5, 6, 7), 540, 1020),
    ),
    "bucharest_extended": (
        ((1, 2, 3, 4, 5), 480, 960),
        ((1, 2, 3, 4, 5), 840, 1320),
        ((3, 4, 5, 6, 7), 600, 1080),
        ((1, 2, 5, 6, 7), 720, 1200),
    ),
    "dublin_office": (((1, 2, 3, 4, 5), 540, 1050), ((1, 2, 3, 4, 5), 600, 1080)),
}


@dataclass
class Agent:
    """One person at the desk.

    ``speed`` multiplies the time to answer (below 1 = fast). The habits are chances between 0 and 1: ``macro_habit``
    uses a macro, ``note_habit`` writes an internal note, ``tag_habit`` sets the contact reason, ``pass_habit`` hands a
    ticket on, ``hit_habit`` solves with the first answer, ``ignore_habit`` closes without answering, ``erase_habit``
    deletes public comments.
    """

    agent_id: int
    name: str
    email: str
    team_id: int
    zone: str
    calendar_id: str
    weekdays: tuple[int, ...]
    starts_minute: int
    ends_minute: int
    speed: float
    macro_habit: float
    note_habit: float
    tag_habit: float
    pass_habit: float
    hit_habit: float
    hired_on: date
    ignore_habit: float = 0.0
    erase_habit: float = 0.0
    left_on: date | None = None
    moved_on: date | None = None
    moved_to: int | None = None
    is_lead: bool = False
    away: frozenset[date] = frozenset()
    windows: OpenWindows = field(default_factory=lambda: OpenWindows(()))

    def team_at(self, day: date) -> int:
        """Group id of the home team on ``day``."""
        if self.moved_on is not None and self.moved_to is not None and day >= self.moved_on:
            return self.moved_to
        return self.team_id


def _absences(seed: str, first: date, last: date) -> set[date]:
    """Two fortnights of holiday a year and single sick days; every year has its own stream."""
    away: set[date] = set()
    for year in range(first.year, last.year + 1):
        rng = random.Random(f"{seed}|{year}")
        for month_from, month_to in ((6, 8), (2, 4)):
            begin = date(year, rng.randint(month_from, month_to), rng.randint(1, 16))
            away.update(begin + timedelta(days=offset) for offset in range(12))
        away.update(
            date(year, 1, 1) + timedelta(days=offset)
            for offset in range(366)
            if rng.random() < 0.02
        )
    return away


def _plan_shifts(
    agent: Agent, first: date, last: date, away: set[date]
) -> tuple[OpenWindows, frozenset[date]]:
    """The shifts of a person, and the days on which absence took one."""
    zone = ZoneInfo(agent.zone)
    end = min(last, agent.left_on - timedelta(days=1)) if agent.left_on else last
    closed = {day for day, _ in holidays_between(CALENDAR_BY_ID[agent.calendar_id], first, last)}
    windows: list[tuple[int, int]] = []
    missed: set[date] = set()
    for offset in range((end - first).days + 1):
        day = first + timedelta(days=offset)
        if day.isoweekday() not in agent.weekdays or day in closed:
            continue
        if day in away:
            missed.add(day)
        else:
            windows.append(
                (
                    local_epoch(day, agent.starts_minute, zone),
                    local_epoch(day, agent.ends_minute, zone),
                )
            )
    return OpenWindows(windows), frozenset(missed)


class Staff:
    """All people of the world, planned once; the plan is a function of the options alone."""

    def __init__(self, options: SimulatorOptions) -> None:
        self.options = options
        self.agents: list[Agent] = []
        self.first_day = options.start - timedelta(days=7)
        self.last_day = options.start + timedelta(days=options.days + AFTER_WORLD_DAYS)
        for team_index, team in enumerate(TEAMS):
            for place in range(AGENTS_PER_TEAM):
                self.agents.append(self._hire(team, team_index * AGENTS_PER_TEAM + place, place))
        self._plant()
        for agent in self.agents:
            self._roster(agent)
        self.by_id = {agent.agent_id: agent for agent in self.agents}

    def _hire(self, team: Team, number: int, place: int) -> Agent:
        rng = random.Random(f"{self.options.seed}|agent|{number}")
        shifts = SHIFTS[team.calendar_id]
        weekdays, starts, ends = shifts[place % len(shifts)]
        first = _FIRST_NAMES[number % len(_FIRST_NAMES)]
        last = _LAST_NAMES[(number * 7 + number // len(_LAST_NAMES)) % len(_LAST_NAMES)]
        return Agent(
            agent_id=FIRST_AGENT_ID + number,
            name=f"{first} {last}",
            email=f"{first}.{last}.{number}@casanord.example".lower(),
            team_id=team.team_id,
            zone=CALENDAR_BY_ID[team.calendar_id].zone,
            calendar_id=team.calendar_id,
            weekdays=weekdays,
            starts_minute=starts,
            ends_minute=ends,
            speed=round(rng.lognormvariate(0.0, 0.35), 3),
            macro_habit=round(rng.betavariate(5, 4), 3),
            note_habit=round(rng.betavariate(2, 9), 3),
            tag_habit=round(rng.betavariate(18, 1.3), 3),
            pass_habit=round(rng.betavariate(2, 30), 3),
            hit_habit=round(rng.betavariate(9, 4), 3),
            hired_on=self.options.start - timedelta(days=rng.randint(60, 1800)),
            is_lead=place == 0,
        )

    def _plant(self) -> None:
        """The people of whom a review should learn something."""
        start, days = self.options.start, self.options.plan_days
        self.closer = self.agents[3 * AGENTS_PER_TEAM + 5]
        self.closer.ignore_habit, self.closer.erase_habit, self.closer.speed = 0.5, 0.7, 0.45
        self.mover = self.agents[0 * AGENTS_PER_TEAM + 4]
        self.mover.moved_on = start + timedelta(days=days * 5 // 9)
        self.mover.moved_to = TEAMS[1].team_id
        self.leaver = self.agents[2 * AGENTS_PER_TEAM + 7]
        self.leaver.left_on = start + timedelta(days=days * 4 // 9)
        self.newcomer = self.agents[4 * AGENTS_PER_TEAM + 9]
        self.newcomer.hired_on = start + timedelta(days=days // 3)

    def _roster(self, agent: Agent) -> None:
        seed = f"{self.options.seed}|absence|{agent.agent_id}"
        away = _absences(seed, self.first_day, self.last_day)
        rng = random.Random(seed)
        if agent.team_id == TEAMS[2].team_id:
            away |= {day for day in self.flu_week if rng.random() < ILL_SHARE}
        first = max(self.first_day, agent.hired_on)
        agent.windows, agent.away = _plan_shifts(agent, first, self.last_day, away)

    @cached_property
    def flu_week(self) -> tuple[date, ...]:
        """A week in which more than half of one team is ill: slow without more contacts."""
        return self._week(self.options.plan_days * 11 // 20)

    @cached_property
    def slow_week(self) -> tuple[date, ...]:
        """A week in which one team answers late with all its people at work and no more contacts than ever."""
        return self._week(self.options.plan_days * 17 // 20)

    def _week(self, days: int) -> tuple[date, ...]:
        """The seven days from the Monday nearest to ``days`` days after the start: reports count whole weeks."""
        first = self.options.start + timedelta(days=days + 3)
        first -= timedelta(days=first.weekday())
        return tuple(first + timedelta(days=offset) for offset in range(7))

    @property
    def recall_day(self) -> date:
        """Day on which one agent writes to many buyers at once."""
        return self.options.start + timedelta(days=self.options.plan_days * 3 // 4)

    @property
    def recaller(self) -> Agent:
        """Who writes these letters and closes them: the lead of Webshop Care."""
        return self.agents[2 * AGENTS_PER_TEAM]

    def slackness(self, team_id: int, day: date) -> float:
        """Factor on the waiting times of the team that has a bad week without any cause."""
        if team_id != TEAMS[0].team_id:
            return 1.0
        late_from = self.slow_week[0] - timedelta(days=SLOW_WEEK_LEAD_DAYS)
        return SLOW_WEEK_FACTOR if late_from <= day <= self.slow_week[-1] else 1.0

    @cached_property
    def _rosters(self) -> dict[int, tuple[tuple[Agent, ...], tuple[Agent, ...]]]:
        moved = (self.mover,)
        plan: dict[int, tuple[tuple[Agent, ...], tuple[Agent, ...]]] = {}
        for team in TEAMS:
            before = tuple(agent for agent in self.agents if agent.team_id == team.team_id)
            after = tuple(agent for agent in before if agent not in moved) + tuple(
                agent for agent in moved if agent.moved_to == team.team_id
            )
            plan[team.team_id] = (before, after)
        return plan

    def members(self, team_id: int, day: date) -> Sequence[Agent]:
        """Agents whose home team is ``team_id`` on ``day``; leavers and newcomers have no shifts while away."""
        before, after = self._rosters[team_id]
        return after if self.mover.moved_on is not None and day >= self.mover.moved_on else before

    def pick(
        self, rng: random.Random, team_id: int, day: date, instant: int, tries: int = 5
    ) -> tuple[Agent, int]:
        """An agent of the team and when that agent is next at work: the earliest of a few drawn at random."""
        members = self.members(team_id, day)
        best: tuple[int, Agent] | None = None
        takes = team_id == self.closer.team_id and rng.random() < CLOSER_TAKES
        for turn in range(tries):
            agent = members[int(rng.random() * len(members))]
            agent = self.closer if takes and turn == 0 else agent
            at_work = agent.windows.next_open(instant)
            if at_work is not None and (best is None or at_work < best[0]):
                best = (at_work, agent)
        if best is None:
            # All drawn have left or are past the plan: the lead takes it an hour later.
            return members[0], instant + 3600
        return best[1], best[0]
