"""Alert rules about persons (catalogue §13).

`agent_sla_below`, `agent_sla_watch`, `closed_unanswered_spike`, `sensitive_burst`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.oracle.alerts.alert_states import (
    Episode,
    State,
    company_target,
    days_between,
    end_of,
    judged_persons,
    today,
)
from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.statistics import local_day, wilson
from tests.oracle.people.audit import bulk_starts
from tests.oracle.people.audit_trail import acts
from tests.oracle.people.staffing import monday
from tests.oracle.world.history import team_key
from tests.oracle.world.keys import UNOWNED, agent_of
from tests.oracle.world.policies import LAYERS

_ENOUGH, _LAST = 20, 50
_OVER = timedelta(days=28)
_WEEK_LEAST = 10
_SPIKE_LEAST, _SPIKE_RATE = 5, 0.03
_QUIET = timedelta(days=14)
Part = tuple[str, str, str]
"""Person, layer and policy."""


def _verdicts(facts: Facts) -> dict[Part, list[tuple[int, bool]]]:
    """Instant and outcome of the judged obligations of every person who may be judged."""
    found: dict[Part, list[tuple[int, bool]]] = defaultdict(list)
    for row in facts.obligations:
        for layer in LAYERS:
            verdict = row.layers[layer]
            if verdict.verdict not in ("met", "breached") or verdict.verdict_at is None:
                continue
            source = row.root.row["source_system"]
            agent = agent_of(facts.world.tenant, source, verdict.owner) or UNOWNED
            if agent in judged_persons(facts) and not row.is_time_uncertain:
                policy = verdict.target.policy_id if verdict.target else ""
                is_met = verdict.verdict == "met"
                found[agent, layer, policy].append((verdict.verdict_at, is_met))
    return {part: sorted(rows, key=lambda row: row[0]) for part, rows in found.items()}


def _weeks(
    facts: Facts, verdicts: dict[Part, list[tuple[int, bool]]]
) -> dict[tuple[str, ...], dict[date, tuple[int, int]]]:
    """Judged and kept by everybody in the seven days up to each day, by layer and policy."""
    found: dict[tuple[str, ...], dict[date, tuple[int, int]]] = defaultdict(dict)
    for part, rows in verdicts.items():
        week = found[part[1:]]
        for when, is_met in rows:
            first = local_day(when, facts.zone)
            for day in days_between(first, first + timedelta(days=6)):
                n, met = week.get(day, (0, 0))
                week[day] = (n + 1, met + is_met)
    return found


def below(facts: Facts) -> Iterator[State]:
    """Compliance surely below goal and below all others: seven days with twenty verdicts, else the last fifty."""
    verdicts = _verdicts(facts)
    weeks = _weeks(facts, verdicts)
    for part, rows in verdicts.items():
        days = [(local_day(when, facts.zone), is_met) for when, is_met in rows]
        end = min(days[-1][0] + _OVER + timedelta(days=3), today(facts))
        signals: list[bool] = []
        for day in days_between(days[0][0], end):
            goal = company_target(facts, "sla_compliance", part[1], day)
            recent = [hit for when, hit in days if day - timedelta(days=7) < when <= day]
            everybody = weeks[part[1:]].get(day, (0, 0))
            others, kept = everybody[0] - len(recent), everybody[1] - sum(recent)
            if len(recent) < _ENOUGH:
                recent = [hit for when, hit in days if when <= day][-_LAST:]
            if goal is None:
                continue
            n, met = len(recent), sum(recent)
            low, high = wilson(met, n)
            is_on = n >= _ENOUGH and high < goal[0] and day <= days[-1][0] + _OVER
            is_on = is_on and (others < _ENOUGH or high < kept / others)
            signals.append(is_on)
            yield State(
                "agent_sla_below",
                "agent",
                "|".join(part),
                end_of(facts, day),
                is_on,
                not any(signals[-3:]),
                met / n,
                n,
                low,
                high,
                goal[0],
                part[0],
            )


def watch(facts: Facts) -> Iterator[State]:
    """Below goal, but the interval holds it, two neighbouring weeks running; judged on the last day with verdicts."""
    for part, rows in _verdicts(facts).items():
        weeks: dict[date, list[tuple[date, bool]]] = defaultdict(list)
        for when, is_met in rows:
            day = local_day(when, facts.zone)
            weeks[monday(day)].append((day, is_met))
        judged = sorted(week for week, found in weeks.items() if len(found) >= _WEEK_LEAST)
        lows: dict[date, bool] = {}
        for place, week in enumerate(judged):
            goal = company_target(facts, "sla_compliance", part[1], week)
            if goal is None:
                continue
            last, n = max(day for day, _ in weeks[week]), len(weeks[week])
            met = sum(hit for _, hit in weeks[week])
            low, high = wilson(met, n)
            lows[week] = met / n < goal[0] <= high
            is_on = lows[week] and lows.get(week - timedelta(days=7), False)
            numbers = (met / n, n, low, high, goal[0], part[0])
            scope = ("agent_sla_watch", "agent", "|".join(part))
            yield State(*scope, end_of(facts, last), is_on, met / n >= goal[0], *numbers)
            over = last + _OVER
            following = judged[place + 1] if place + 1 < len(judged) else None
            if over <= today(facts) and (following is None or following > over):
                yield State(*scope, end_of(facts, over), False, True, *numbers)


@dataclass
class _Closed:
    """Closings of a person by day, all and those without a reply."""

    days: dict[date, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def week(self, day: date) -> tuple[int, int]:
        """Closings of the seven days up to one, and those without reply."""
        rows = [row for when, row in self.days.items() if day - timedelta(days=7) < when <= day]
        return sum(row[0] for row in rows), sum(row[1] for row in rows)

    def is_near(self, day: date) -> bool:
        """Whether the person closed something on the day or in the twenty days before."""
        return any(timedelta(0) <= day - when <= timedelta(days=20) for when in self.days)


def spikes(facts: Facts) -> Iterator[State]:
    """Persons who close without replying far more than the rest of their team, over seven days."""
    teams: dict[str | None, dict[str, _Closed]] = defaultdict(lambda: defaultdict(_Closed))
    for closing in facts.closings:
        is_judged = closing.is_with_reply or closing.is_without_reply
        if not closing.is_human or not is_judged or facts.world.exclusion(closing.root) is not None:
            continue
        source = closing.root.row["source_system"]
        team = facts.world.home_team(source, closing.closer, closing.closed_at)
        agent = agent_of(facts.world.tenant, source, closing.closer) or UNOWNED
        row = teams[team_key(facts.world.tenant, source, team)][agent]
        day = row.days[local_day(closing.closed_at, facts.zone)]
        day[0] += 1
        day[1] += closing.is_without_reply
    for people in teams.values():
        first = min(day for row in people.values() for day in row.days)
        lasts: dict[str, date] = {}
        for day in days_between(first, today(facts)):
            near = {agent: row.week(day) for agent, row in people.items() if row.is_near(day)}
            for agent, (n, silent) in near.items():
                if agent in judged_persons(facts):
                    yield _spike(facts, day, agent, (n, silent), near, lasts)


def _spike(
    facts: Facts,
    day: date,
    agent: str,
    own: tuple[int, int],
    near: dict[str, tuple[int, int]],
    lasts: dict[str, date],
) -> State:
    n, silent = own
    rest = sum(row[0] for row in near.values()) - n
    rest_silent = sum(row[1] for row in near.values()) - silent
    limit = max(3 * rest_silent / rest if rest else 0.0, _SPIKE_RATE)
    low, high = wilson(silent, n) if n else (None, None)
    is_on = silent >= _SPIKE_LEAST and low is not None and low > limit
    if is_on:
        lasts[agent] = day
    is_clear = agent in lasts and lasts[agent] <= day - _QUIET
    value = silent / n if n else None
    rule = ("closed_unanswered_spike", "agent", agent)
    return State(*rule, end_of(facts, day), is_on, is_clear, value, n, low, high, limit, agent)


def bursts(facts: Facts) -> Iterator[Episode]:
    """More than twenty closings in ten minutes or a waiting customer deleted: open until reviewed, one per person."""
    happened: dict[str, list[int]] = defaultdict(list)
    for act in acts(facts):
        if act.is_unanswered_deletion:
            source = act.ticket.row["source_system"]
            happened[agent_of(facts.world.tenant, source, act.agent) or UNOWNED].append(act.when)
    for closing in bulk_starts(facts):
        source = closing.root.row["source_system"]
        agent = agent_of(facts.world.tenant, source, closing.closer) or UNOWNED
        happened[agent].append(closing.closed_at)
    for agent, instants in happened.items():
        if agent != UNOWNED:
            n = len(instants)
            state = ("sensitive_burst", "agent", agent, max(instants), True, False)
            yield Episode(State(*state, n, n, None, None, 0, agent), min(instants))
