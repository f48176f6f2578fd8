"""What stands beside speed on a scorecard (catalogue §11.6): gates, quality, satisfaction of a person.

Everything by agent key, in the local days of one period.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.tally import ticket_of
from tests.oracle.people.agent_days import waiver_of
from tests.oracle.people.audit_trail import acts
from tests.oracle.people.time import source_of
from tests.oracle.scorecards.cards import Period, wilson
from tests.oracle.scorecards.fairness import Board
from tests.oracle.turns.obligations import Obligation
from tests.oracle.world.canonical_rows import Row
from tests.oracle.world.keys import UNOWNED, agent_of
from tests.oracle.world.measurable import Measurable
from tests.oracle.world.tickets import Ticket

_LEAST = 5
_CLOSING_TARGET, _WAIVER_TARGET = 0.03, 0.10
"""Targets of `closed_without_reply_rate` and `waiver_rate`; no flag below them."""
Out = dict[str, Any]


@dataclass
class Conduct:
    """Counts of one person in a period."""

    closings: int = 0
    silent: int = 0
    ended: int = 0
    waived: int = 0
    deletions: int = 0
    critical: int = 0
    points: float = 0.0
    possible: float = 0.0
    answers: int = 0
    satisfied: int = 0

    @property
    def quality(self) -> float | None:
        """Points over possible points of the reviews that count for `qa_score`."""
        return self.points / self.possible if self.possible else None

    @property
    def satisfaction(self) -> float | None:
        """Satisfied over latest answers."""
        return self.satisfied / self.answers if self.answers else None


Event = tuple[int, str | None, str, float]
"""Instant, agent key, name of the count and what it grows by."""


def conduct(facts: Facts, period: Period) -> dict[str, Conduct]:
    """Counts of everybody known in the period."""
    found: dict[str, Conduct] = defaultdict(Conduct)
    for part in (_closings(facts), _turns(facts), _removals(facts), _reviews(facts), _asked(facts)):
        for when, agent, name, by in part:
            if agent not in (None, UNOWNED) and period.start <= when < period.stop:
                row = found[str(agent)]
                setattr(row, name, getattr(row, name) + by)
    return dict(found)


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def gates(board: Board, period: Period, people: dict[str, Conduct]) -> dict[str, Out]:
    """Which gates keep a person from the band above, with the evidence in words."""
    teams: dict[str | None, Conduct] = defaultdict(Conduct)
    homes = {agent: board.home(agent, period.last) for agent in people}
    for agent, row in people.items():
        team = teams[homes[agent]]
        team.closings, team.silent = team.closings + row.closings, team.silent + row.silent
        team.ended, team.waived = team.ended + row.ended, team.waived + row.waived
    found = {}
    for agent, row in people.items():
        team = teams[homes[agent]]
        silence = _share(team.silent - row.silent, team.closings - row.closings)
        waiving = _share(team.waived - row.waived, team.ended - row.ended)
        is_silent = _stands_out(row.silent, row.closings, silence, _CLOSING_TARGET)
        is_waiving = _stands_out(row.waived, row.ended, waiving, _WAIVER_TARGET)
        words = [
            f"{row.silent} of {row.closings} closings without reply, team {silence:.1%}; "
            if is_silent
            else "",
            f"{row.deletions} unanswered customer{_s(row.deletions)} deleted, blocked or marked as spam; "
            if row.deletions
            else "",
            f"{row.critical} critical quality error{_s(row.critical)}; " if row.critical else "",
            f"{row.waived} of {row.ended} turns waived, team {waiving:.1%}; " if is_waiving else "",
        ]
        found[agent] = {
            "gate_closed_without_reply": is_silent,
            "gate_unanswered_deletions": row.deletions > 0,
            "gate_critical_quality_error": row.critical > 0,
            "gate_waivers": is_waiving,
            "gate_evidence": "".join(words).replace("%", " %") or None,
        }
    return found


NO_GATES: Out = {
    "gate_closed_without_reply": False,
    "gate_unanswered_deletions": False,
    "gate_critical_quality_error": False,
    "gate_waivers": False,
    "gate_evidence": None,
}


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _stands_out(part: int, whole: int, peers: float, target: float) -> bool:
    """At least five, and surely more than three times what the rest of the home team does, and than the target."""
    return part >= _LEAST and wilson(part, whole)[0] > max(3 * peers, target)


def _person(ticket: Ticket, agent: str | None) -> str | None:
    return agent_of(ticket.row["tenant_id"], ticket.row["source_system"], agent)


def _untold(facts: Facts, kpi: str) -> frozenset[str]:
    """Sources whose tickets are no part of a gate, because they do not tell what it needs and others do."""
    return Measurable(facts.world, facts.zone).silent(kpi)


def _closings(facts: Facts) -> Iterator[Event]:
    untold = _untold(facts, "closed_without_reply_rate")
    for closing in facts.closings:
        if closing.root.row["source_system"] in untold:
            continue
        is_judged = closing.is_with_reply or closing.is_without_reply
        if closing.is_human and is_judged and facts.world.exclusion(closing.root) is None:
            agent = _person(closing.root, closing.closer)
            yield closing.closed_at, agent, "closings", 1
            yield closing.closed_at, agent, "silent", int(closing.is_without_reply)


def _turns(facts: Facts) -> Iterator[Event]:
    untold = _untold(facts, "waiver_rate")
    for row in facts.obligations:
        ended = _ended(facts, row)
        if ended is not None and row.root.row["source_system"] not in untold:
            when, agent = ended
            yield when, _person(row.root, agent), "ended", 1
            yield when, _person(row.root, agent), "waived", int(row.state == "waived")


def _ended(facts: Facts, row: Obligation) -> tuple[int, str | None] | None:
    """When and by whom a turn was answered, waived or closed unanswered."""
    turn = row.turn
    if turn.kind not in ("first", "next"):
        return None
    if row.state == "answered" and turn.satisfied_at is not None:
        return turn.satisfied_at, turn.responder
    if row.state == "waived":
        return waiver_of(row)
    close = turn.standing_close(facts.world.as_of)
    if row.state == "closed_unanswered" and close is not None:
        return close.at, close.agent if close.role == "agent" else None
    return None


def _removals(facts: Facts) -> Iterator[Event]:
    untold = _untold(facts, "unanswered_deletions")
    for act in acts(facts):
        if act.is_unanswered_deletion and act.ticket.row["source_system"] not in untold:
            yield act.when, _person(act.ticket, act.agent), "deletions", 1


def _reviews(facts: Facts) -> Iterator[Event]:
    """Points as `qa_score` counts them; a critical error also in a review that is not final or settles a dispute."""
    for row in facts.world.tables["qa_reviews"]:
        if row["reviewed_at"] > facts.world.as_of or row["is_deleted_in_source"]:
            continue
        agent = agent_of(row["tenant_id"], source_of(row), row["agent_id"])
        is_own = row["review_type"] in ("regular", "dispute_re_review")
        if is_own and row["status"] in ("submitted", "final") and row["critical_fail"]:
            yield row["reviewed_at"], agent, "critical", 1
        if _is_judged(facts, row):
            earned = 0.0 if row["critical_fail"] else row["points_earned"]
            yield row["reviewed_at"], agent, "points", earned
            yield row["reviewed_at"], agent, "possible", row["points_possible"]


def _is_judged(facts: Facts, row: Row) -> bool:
    if row["review_type"] != "regular" or row["status"] != "final":
        return False
    is_known = (source_of(row), row["ticket_id"]) in facts.world.tickets
    return not is_known or ticket_of(facts, row) is not None


def _asked(facts: Facts) -> Iterator[Event]:
    for answer in facts.answers:
        sentiment, when = answer.row["sentiment"], answer.row["responded_at"]
        is_out = facts.world.exclusion(answer.root) is not None
        if answer.is_latest and sentiment is not None and not is_out:
            agent = _person(answer.root, answer.agent)
            yield when, agent, "answers", 1
            yield when, agent, "satisfied", int(sentiment == "satisfied")
