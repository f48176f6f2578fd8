"""Persons who were active in a period in which none of their obligations was judged: cards without a rate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from tests.oracle.comparison.rows import Out
from tests.oracle.numbers.kpis import Facts
from tests.oracle.people.handle_times import sessions_of
from tests.oracle.people.staffing import staffed_hours
from tests.oracle.people.time import source_of
from tests.oracle.scorecards.cards import Period
from tests.oracle.scorecards.fairness import LAYERS, Board
from tests.oracle.world.keys import UNOWNED, key
from tests.oracle.world.measurable import Measurable

_RATES = (
    *("raw_rate", "ci_low", "ci_high", "expected", "observed_to_expected", "overall_rate"),
    *("adjusted_rate", "adjusted_low", "adjusted_high", "team_mean", "strength", "shrunken_rate"),
    *("goal", "overdispersion", "place", "place_from", "place_to"),
)
_ACTS = {
    "fct_messages": (("author_agent_key", "sent_at"),),
    "fct_ticket_events": (("actor_agent_key", "occurred_at"),),
    "fct_assignment_spans": (("agent_key", "from_at"), ("agent_key", "to_at")),
    "fct_resolution_cycles": (("resolver_agent_key", "ended_at"),),
}
"""Who did something, and when."""


class Active:
    """Instants and days on which the persons of a tenant were active."""

    def __init__(self, board: Board, facts: Facts) -> None:
        """Read once for all periods."""
        self.board, self.facts = board, facts
        self.instants: dict[str, list[int]] = defaultdict(list)
        self.days: dict[str, set[date]] = defaultdict(set)
        for agent, when in self._seen():
            if when <= board.as_of:
                self.instants[agent].append(when)
        for (grain, day, level, agent), hours in staffed_hours(facts).items():
            if (grain, level) == ("day", "agent") and hours and hours[0]:
                self.days[agent].add(day)
        accounts = facts.world.tables["marketplace_accounts"]
        self.layers = LAYERS if accounts else tuple(name for name in LAYERS if name == "internal")

    def _seen(self) -> Iterator[tuple[str, int]]:
        for table, columns in _ACTS.items():
            for row in self.board.core(table):
                for person, at in columns:
                    if row[person] is not None and row[at] is not None:
                        yield row[person], row[at]
        for session, _, _ in sessions_of(self.facts):
            agent = key(session["tenant_id"], source_of(session), session["agent_id"])
            if agent is not None:
                yield agent, session["ended_at"]

    def persons(self, period: Period, known: set[str]) -> set[str]:
        """Persons who may be shown and were active; ``known`` of whom conduct knows anything."""
        found = {
            agent
            for agent, instants in self.instants.items()
            if any(period.start <= when < period.stop for when in instants)
        }
        found |= {
            agent
            for agent, days in self.days.items()
            if any(period.first <= day <= period.last for day in days)
        }
        return {agent for agent in found | known if self._may_be_shown(agent)}

    def _may_be_shown(self, agent: str) -> bool:
        row = self.board.agents.get(agent)
        if row is None or agent == UNOWNED or row["is_bot"] or row["agent_views"] == "off":
            return False
        return bool(row["agent_analytics_allowed"])


def idle_card(board: Board, sources: Measurable, period: Period, layer: str, agent: str) -> Out:
    """A card without a rate, which says why; gates and quality are added as to every other."""
    month = period.last.replace(day=1)
    reason = sources.missing_obligations()
    if reason is None and not sources.is_promised("sla_compliance", layer, month):
        reason = "no target for replies or requests is in force"
    reason = reason or "owed no reply that was judged in the period"
    counts = dict.fromkeys(("n", "n_met", "n_breached", "n_left_out"), 0)
    return {
        **counts,
        **dict.fromkeys(_RATES),
        "period_end": period.last,
        "team_key": board.home(agent, period.last),
        "band_basis": period.kind,
        "is_eligible": False,
        "eligibility_reason": reason,
        "band_before_gates": "insufficient",
    }
