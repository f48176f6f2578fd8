"""Coaching flags of one person in one week (catalogue §13)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.oracle.coaching.coaching_facts import ALL, Counted, counted, person_key, ticket_key
from tests.oracle.coaching.coaching_rules import untold
from tests.oracle.comparison.rows import Out
from tests.oracle.numbers.kpis import Facts
from tests.oracle.people.staffing import monday, team_loads
from tests.oracle.scorecards.cards import Period, wilson
from tests.oracle.scorecards.durations import reactions_of
from tests.oracle.scorecards.fairness import Board, by_tenant

_ENOUGH, _REVIEWS, _ERRORS = 15, 5, 2
_MINIMUM, _FULL, _BUSY_DAYS, _HOLDS = 0.85, 0.9, 5, 3
_OUTLIERS = {"reopen_outlier": "reopen_rate", "retag_outlier": "retag_rate"}
Behind = tuple[str | None, int, float, float]
"""Ticket, instant and the two parts of a fact."""


@dataclass(frozen=True)
class Flag:
    """A suggestion for a week about a person or a team, with the facts behind it."""

    name: str
    subject: str
    agent: str | None
    team: str | None
    week: date
    facts: tuple[Behind, ...]
    is_coaching: bool = True


@dataclass
class _Sums:
    """What one person counts for in a period."""

    facts: list[Behind] = field(default_factory=list)
    numerator: float = 0.0
    denominator: float = 0.0
    team: str | None = None


class Week:
    """The flags of one tenant."""

    def __init__(self, board: Board, facts: Facts, cards: dict[tuple[Any, ...], Out]) -> None:
        self.board, self.facts, self.cards = board, facts, cards
        self.periods = board.periods()
        self.by_kind = {period.kind: period for period in self.periods}
        self.starts = {row["date_day"]: row["day_start_at"] for row in board.core("dim_dates")}

    # ---- facts of persons against the others

    def findings(self) -> Iterator[Flag]:
        """Flags about reasons, reopenings, changed reasons and quality."""
        groups: dict[tuple[str, str, str], list[Counted]] = defaultdict(list)
        for fact in counted(self.facts):
            groups[fact.flag, fact.subject, fact.source].append(fact)
        for (flag, subject, _), rows in groups.items():
            done: set[str] = set()
            for period in self._periods_of(flag):
                people = self._people(rows, period)
                for agent, own in people.items():
                    least = _REVIEWS if flag == "quality_below_min" else _ENOUGH
                    if agent in done or (flag != "knowledge_gap" and len(own.facts) < least):
                        continue
                    done.add(agent)
                    peers = [
                        other
                        for name, other in people.items()
                        if name != agent and (flag not in _OUTLIERS or other.team == own.team)
                    ]
                    if self._may_speak_of(agent) and self._stands_out(flag, own, peers, period):
                        week = monday(period.last)
                        yield Flag(flag, subject, agent, own.team, week, tuple(own.facts))

    def _periods_of(self, flag: str) -> list[Period]:
        month = self.by_kind["28d"]
        if flag != "knowledge_gap":
            return [month, self.by_kind["90d"]]
        first = month.last - timedelta(days=29)
        if first not in self.starts:
            return []
        return [Period("30d", first, month.last, self.starts[first], month.stop)]

    def _people(self, rows: list[Counted], period: Period) -> dict[str, _Sums]:
        people: dict[str, _Sums] = defaultdict(_Sums)
        for row in rows:
            person = self.board.agents.get(row.agent or "")
            if person is None or person["is_bot"] or not period.start <= row.at < period.stop:
                continue
            own = people[str(row.agent)]
            own.facts.append((row.ticket, row.at, row.numerator, row.denominator))
            own.numerator += row.numerator
            own.denominator += row.denominator
            own.team = self.board.home(str(row.agent), period.last)
        return people

    def _may_speak_of(self, agent: str) -> bool:
        person = self.board.agents[agent]
        return bool(person["agent_analytics_allowed"]) and person["agent_views"] != "off"

    def _stands_out(self, flag: str, own: _Sums, peers: list[_Sums], period: Period) -> bool:
        if flag == "knowledge_gap":
            return own.numerator >= _ERRORS
        value = own.numerator / own.denominator
        if flag == "quality_below_min":
            minimum = self._goal("agent_quality_rate", "minimum", period.last)
            return value < (_MINIMUM if minimum is None else minimum)
        n = sum(len(other.facts) for other in peers)
        rate = sum(o.numerator for o in peers) / sum(o.denominator for o in peers) if n else 0.0
        if flag in _OUTLIERS:
            low, _ = wilson(int(own.numerator), len(own.facts))
            goal = self._goal(_OUTLIERS[flag], "ratio", period.last) or 0.0
            return own.numerator >= 5 and low > max(3 * rate, goal)
        if n < _ENOUGH:
            return False
        if flag == "high_aht_reason":
            return value > 1.5 * rate
        if flag == "macro_unused":
            return value < 0.5 * rate
        return wilson(int(own.numerator), len(own.facts))[1] < rate

    def _goal(self, kpi: str, stat: str, day: date) -> float | None:
        targets = by_tenant(self.board.path, "governance_review.kpi_targets")
        rows = [
            row
            for row in targets.get(self.board.tenant, [])
            if (row["kpi_id"], row["stat"]) == (kpi, stat)
            and row["scope_type"] == "company"
            and row["valid_from"] <= day
            and (row["valid_to"] is None or day < row["valid_to"])
        ]
        best = max(rows, key=lambda row: row["valid_from"], default=None)
        return None if best is None else float(best["target"])

    # ---- cards, holds and hours

    def signals(self) -> Iterator[Flag]:
        """Flags that read scorecards, holds and hours."""
        recent = self.by_kind["28d"]
        week = monday(recent.last)
        boards: dict[str, dict[str, Out]] = defaultdict(dict)
        for (kind, _, layer, platform, agent), card in self.cards.items():
            if (kind, layer) == ("28d", "internal"):
                boards[agent][platform] = card
        for agent, own in boards.items():
            team = next(iter(own.values()))["team_key"]
            whole = own.get(ALL)
            if whole is not None:
                low = whole["duration_ratio_low"]
                if low is not None and low > 1:
                    rows = self._reactions(agent, recent)
                    yield Flag("slow_first_reply", ALL, agent, team, week, rows)
                holds = self._holds(agent, recent)
                if sum(part[2] for part in holds) >= _HOLDS:
                    yield Flag("holds_unanswered", ALL, agent, team, week, holds)
            platforms = {name: card["band"] for name, card in own.items() if name != ALL}
            fine = {name for name, band in platforms.items() if band in ("in_range", "above")}
            for name, band in platforms.items():
                if band == "below" and fine - {name}:
                    rows = self._judged(agent, [recent], name)
                    yield Flag(f"slow_on_platform_{name}", ALL, agent, team, week, rows)
        yield from self._recognised()
        yield from self._overloaded()

    def _recognised(self) -> Iterator[Flag]:
        today = self.by_kind["28d"].last
        months = sorted(
            (p for p in self.periods if p.kind == "month" and p.last < today), key=lambda p: p.first
        )
        boards: dict[date, dict[str, Out]] = defaultdict(dict)
        for (kind, first, layer, platform, agent), card in self.cards.items():
            if (kind, layer, platform) == ("month", "internal", ALL):
                boards[first][agent] = card
        # the last month in which anybody had a card is the one that counts
        while months and months[-1].first not in boards:
            months.pop()
        spoken = months[-2:]
        if len(spoken) < 2:
            return
        for agent in boards[spoken[1].first]:
            cards = [boards[period.first].get(agent) for period in spoken]
            is_good = all(
                card is not None and card["band"] == "above" and card["gate_evidence"] is None
                for card in cards
            )
            if is_good:
                rows, week = self._judged(agent, spoken, ALL), monday(spoken[1].last)
                team = boards[spoken[1].first][agent]["team_key"]
                yield Flag("recognition", ALL, agent, team, week, rows, False)

    def _overloaded(self) -> Iterator[Flag]:
        recent = self.by_kind["7d"]
        days: dict[str, list[tuple[date, float, float]]] = defaultdict(list)
        for (team, day), (staffed, handling) in team_loads(self.facts).items():
            if recent.first <= day <= recent.last:
                days[team].append((day, staffed, handling))
        for team, rows in days.items():
            busy = [
                day for day, staffed, handling in rows if staffed and handling > _FULL * staffed
            ]
            if len(busy) >= _BUSY_DAYS:
                behind = tuple(
                    (None, self.starts[day], handling, staffed) for day, staffed, handling in rows
                )
                yield Flag("overload", ALL, None, team, monday(max(busy)), behind, False)

    def _reactions(self, agent: str, period: Period) -> tuple[Behind, ...]:
        return tuple(
            (turn["ticket_key"], turn["satisfied_at"], max(turn["reaction_cal_s"], 1), 1)
            for turn in reactions_of(self.board, period)
            if turn["responder_agent_key"] == agent
        )

    def _holds(self, agent: str, period: Period) -> tuple[Behind, ...]:
        untold_of = untold(self.facts, "holds_unanswered")
        return tuple(
            (ticket_key(span.root), span.ended_at, int(span.is_unanswered_hold), 1)
            for span in self.facts.spans
            if span.is_hold
            and span.root.row["source_system"] not in untold_of
            and span.ended_at is not None
            and person_key(span.ticket, span.agent) == agent
            and period.start <= span.ended_at < period.stop
        )

    def _judged(self, agent: str, periods: list[Period], platform: str) -> tuple[Behind, ...]:
        return tuple(
            (turn["ticket_key"], at, int(turn["internal_verdict"] == "met"), 1)
            for period in periods
            for turn, at in self.board.judged(period, "internal")
            if turn["internal_sla_owner_agent_key"] == agent
            and platform in (ALL, turn["platform"] or "none")
        )
