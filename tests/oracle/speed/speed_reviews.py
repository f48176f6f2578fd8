"""What to look at where a slowdown is unexplained (catalogue §12): persons beyond their limits, longest reactions.

One entry per unexplained point of ``agent_sla.speed_volume``; reactions in seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.statistics import local_day
from tests.oracle.people.staffing import monday
from tests.oracle.speed.points import Series, reaction_seconds
from tests.oracle.speed.speed_volume import speed_volume
from tests.oracle.turns.stretches import incident
from tests.oracle.world.history import home_on, team_key
from tests.oracle.world.keys import agent_of, key

_MOST = 5


@dataclass(frozen=True)
class Review:
    """Slow persons and the seconds of the longest reactions, longest first, with the turns they may belong to."""

    agents: frozenset[str]
    longest: tuple[int, ...]
    turns: frozenset[tuple[str | None, int, int]]
    """Original ticket, start and seconds of every reaction as long as the shortest of the longest."""


@dataclass(frozen=True)
class _Reaction:
    seconds: int
    day: date
    channel: str | None
    team: str | None
    agent: str | None
    turn: tuple[str | None, int, int]


def reviews(facts: Facts) -> dict[tuple[Series, date], Review]:
    """Every unexplained point."""
    slow: dict[tuple[str, date], list[str]] = defaultdict(list)
    for ((grain, kind, _, _, agent), period), out in speed_volume(facts).items():
        if kind == "agent" and out["speed_signal"] == "worse" and agent is not None:
            slow[grain, period].append(agent)
    reactions = list(_reactions(facts))
    found = {}
    for (series, period), out in speed_volume(facts).items():
        if out["verdict"] == "unexplained":
            people = slow[series[0], period] if series[1] != "agent" else []
            agents = [a for a in people if series[3] in (None, _home(facts, a, period))]
            here = [r for r in reactions if _belongs(r, series, period)]
            longest = sorted((r.seconds for r in here), reverse=True)[:_MOST]
            turns = frozenset(r.turn for r in here if longest and r.seconds >= longest[-1])
            found[series, period] = Review(frozenset(agents), tuple(longest), turns)
    return found


def _reactions(facts: Facts) -> Iterator[_Reaction]:
    tenant = facts.world.tenant
    for row in facts.obligations:
        turn, at = row.turn, row.turn.satisfied_at
        seconds = reaction_seconds(row.reaction_cal_s, row.reaction_bus_s)
        is_reaction = turn.kind in ("first", "next") and turn.mode != "proxy"
        if row.state != "answered" or at is None or not is_reaction or seconds is None:
            continue
        source = row.root.row["source_system"]
        start_team = turn.ticket.value("team").at(turn.started_at)
        is_hit = incident(facts.world, turn.ticket, turn.available_at, start_team)
        yield _Reaction(
            seconds,
            local_day(at, facts.zone),
            key(tenant, source, row.root.row["channel_id"]),
            team_key(tenant, source, row.responder_team),
            None if is_hit else agent_of(tenant, source, turn.responder),
            (key(*turn.ticket.key), turn.started_at, seconds),
        )


def _belongs(reaction: _Reaction, series: Series, period: date) -> bool:
    grain, _, channel, team, agent = series
    when = reaction.day if grain == "day" else monday(reaction.day)
    wanted = ((channel, reaction.channel), (team, reaction.team), (agent, reaction.agent))
    return when == period and all(name in (None, own) for name, own in wanted)


def _home(facts: Facts, agent: str, day: date) -> str | None:
    """Home team on a day."""
    return home_on(
        [
            row
            for row in facts.world.tables["team_membership"]
            if agent_of(row["tenant_id"], row["source_system"], row["agent_id"]) == agent
        ],
        day,
    )
