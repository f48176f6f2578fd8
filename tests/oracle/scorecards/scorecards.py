"""Boards of the fair scorecard: bands, shrunken rates, places, gates and composites (catalogue §11.3 to §11.6)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from functools import cache
from pathlib import Path

from tests.oracle.comparison.compare import computed_world
from tests.oracle.comparison.masks import shown_card
from tests.oracle.comparison.rows import Out
from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.snapshots import months
from tests.oracle.scorecards.cards import Card, Identity, Period, band, wilson
from tests.oracle.scorecards.composites import NOTHING as NO_COMPOSITE
from tests.oracle.scorecards.composites import composite, productivity
from tests.oracle.scorecards.conduct import NO_GATES, conduct, gates
from tests.oracle.scorecards.durations import NOTHING, durations
from tests.oracle.scorecards.fairness import ALL, LAYERS, Board, Cards
from tests.oracle.scorecards.idlers import Active, idle_card
from tests.oracle.world.canonical_rows import read_warehouse
from tests.oracle.world.measurable import Measurable


@cache
def scorecards(path: Path, as_of: datetime) -> dict[Identity, Out]:
    """Every card of every board."""
    canonical = read_warehouse(path)
    found: dict[Identity, Out] = {}
    for tenant in computed_world(path, as_of):
        board = Board(path, as_of, tenant.world.tenant, canonical)
        found |= _cards(board, tenant.facts)
    return found


def _cards(board: Board, facts: Facts) -> dict[Identity, Out]:
    found: dict[Identity, Out] = {}
    periods = board.periods()
    if not periods:
        return found
    sources = Measurable(facts.world, facts.zone)
    shown = [period for period in periods if period.kind != "quarter"]
    rated = {period: board.rated(period) for period in periods}
    speeds = {period: durations(board, period) for period in shown}
    beside = {period: _Beside(board, facts, period) for period in shown}
    cards_of: dict[tuple[str, Period], set[str]] = {}
    for layer in LAYERS:
        cards = {period: board.cards(period, layer, rated[period]) for period in periods}
        cards_of |= {(layer, period): set(cards[period].get(ALL, {})) for period in shown}
        longer = next(cards[period] for period in periods if period.kind == "90d")
        for period in shown:
            strength = _strength(cards, period)
            for platform, people in cards[period].items():
                goal = board.goal(layer, platform, period.last)
                rows = _judged(board, period, goal, people, longer[platform], strength)
                for agent, out in rows.items():
                    speed = speeds[period].get((platform, agent), NOTHING)
                    identity = (board.tenant, period.kind, period.first, layer, platform, agent)
                    whole = out | speed | beside[period].columns(platform, agent, out)
                    found[identity] = shown_card(sources, whole, period.last)
    active = Active(board, facts)
    known_months = {month for month, _ in months(facts)}
    for period in shown:
        # a seller all of whose tickets are excluded has no month, and no cards in it
        is_known = period.last.replace(day=1) in known_months
        for agent in active.persons(period, set(beside[period].people)) if is_known else ():
            for layer in active.layers:
                identity = (board.tenant, period.kind, period.first, layer, ALL, agent)
                if identity not in found and agent not in cards_of[layer, period]:
                    out = idle_card(board, sources, period, layer, agent)
                    speed = speeds[period].get((ALL, agent), NOTHING)
                    whole = out | speed | beside[period].columns(ALL, agent, out)
                    found[identity] = shown_card(sources, whole, period.last)
    return found


class _Beside:
    """What stands beside compliance in one period: gates and parts of the composite."""

    def __init__(self, board: Board, facts: Facts, period: Period) -> None:
        self.tenant, self.last = board.tenant, period.last
        self.people = conduct(facts, period)
        self.gates = gates(board, period, self.people)
        self.produced = productivity(facts, period)

    def columns(self, platform: str, agent: str, card: Out) -> Out:
        """Gates on every board, the composite on that of all platforms together."""
        found = self.gates.get(agent, NO_GATES) | {"band": card["band_before_gates"]}
        if found["gate_evidence"] is not None and found["band"] == "above":
            found["band"] = "in_range"
        found["band_reason"] = None
        if card["band_before_gates"] == "insufficient":
            found["band_reason"] = card["eligibility_reason"] or "no goal is in force"
        if platform != ALL:
            return found | NO_COMPOSITE | {"composite_reason": "given for all platforms together"}
        sla = card["adjusted_rate"] if card["is_eligible"] else None
        own, produced = self.people.get(agent), self.produced.get(agent)
        found |= composite(self.tenant, self.last, sla, own, produced)
        return found | {"composite_reason": _why_no_composite(found["composite"], card)}


def _why_no_composite(composite: float | None, card: Out) -> str | None:
    if composite is not None:
        return None
    if card["eligibility_reason"] is not None:
        return f"no comparable compliance: {card['eligibility_reason']}"
    return "neither reviews nor answers about satisfaction"


def _strength(cards: dict[Period, Cards], period: Period) -> float:
    """How far few obligations are drawn to the mean: method of moments over the last whole quarter before."""
    quarters = [p for p in cards if p.kind == "quarter" and p.stop <= period.start]
    persons = []
    for quarter in sorted(quarters, key=lambda p: p.stop, reverse=True):
        persons = [
            (card.n, card.adjusted)
            for card in cards[quarter].get(ALL, {}).values()
            if card.n >= 30 and card.adjusted is not None
        ]
        if persons:
            break
    if len(persons) < 5:
        return 50.0
    total = sum(n for n, _ in persons)
    mean = sum(n * rate for n, rate in persons) / total
    chance = mean * (1 - mean)
    spread = sum(n * (rate - mean) ** 2 for n, rate in persons) - (len(persons) - 1) * chance
    between = spread / (total - sum(n * n for n, _ in persons) / total)
    if between <= 0:
        return 500.0
    return min(max(chance / between - 1, 10.0), 500.0)


def _judged(
    board: Board,
    period: Period,
    goal: float | None,
    cards: dict[str, Card],
    longer: dict[str, Card],
    strength: float,
) -> dict[str, Out]:
    teams: dict[str | None, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for agent, card in cards.items():
        teams[card.team][0] += card.met
        teams[card.team][1] += card.expected
        other = longer.get(agent)
        is_short = period.kind in ("7d", "28d") and card.n < 30
        if is_short and other is not None and other.n >= 30:
            card.basis = other
    judged = [c for c in cards.values() if not c.ineligible and (c.basis or c).n >= 30]
    squares = [z * z for z in ((c.basis or c).z for c in judged) if z is not None]
    phi = max(1.0, sum(squares) / len(squares)) if len(judged) > 20 and squares else 1.0
    result = {}
    for agent, card in cards.items():
        person = board.agents[agent]
        if not person["agent_analytics_allowed"] or person["agent_views"] == "off":
            continue
        met, expected = teams[card.team]
        mean = met / expected * card.overall if expected and card.overall is not None else None
        low, high = wilson(card.met, card.n) if card.n else (None, None)
        result[agent] = {
            "n": card.n,
            "n_met": card.met,
            "n_breached": card.n - card.met,
            "period_end": period.last,
            "team_key": card.team,
            "n_left_out": card.left_out,
            "raw_rate": card.met / card.n if card.n else None,
            "ci_low": low,
            "ci_high": high,
            "expected": card.expected if card.has_pool else None,
            "observed_to_expected": card.met / card.expected if card.expected else None,
            "overall_rate": card.overall,
            "overdispersion": phi,
            "team_mean": mean,
            "goal": goal,
            "strength": strength,
            "shrunken_rate": _shrunken(
                card.basis or card, card.overall if mean is None else mean, strength
            ),
            "band_basis": "90d" if card.basis is not None else period.kind,
            "is_eligible": _reason(card) is None,
            "eligibility_reason": _reason(card),
        } | band(card, goal, mean, phi)
    _place(result)
    return result


def _reason(card: Card) -> str | None:
    """Why a card is not judged."""
    if card.ineligible:
        return card.ineligible
    basis = card.basis or card
    if basis.n < 30 <= basis.n + card.left_out:
        return "fewer than 30 of the judged obligations name persons and times well enough"
    if basis.n < 30:
        return "fewer than 30 judged obligations"
    return "nobody met anything of the same work" if basis.adjusted is None else None


def _shrunken(card: Card, mean: float | None, strength: float) -> float | None:
    if card.adjusted is None or mean is None:
        return None
    return (card.adjusted * card.n + strength * mean) / (card.n + strength)


def _place(rows: dict[str, Out]) -> None:
    """Places by shrunken rate; from-to are those that persons with overlapping intervals could hold."""
    ranked = [row for row in rows.values() if row["is_eligible"]]
    for row in rows.values():
        row["place"] = row["place_from"] = row["place_to"] = None
    for row in ranked:
        ahead = sum(round(o["shrunken_rate"] - row["shrunken_rate"], 9) > 0 for o in ranked)
        surely_ahead = sum(o["adjusted_low"] > row["adjusted_high"] + 1e-9 for o in ranked)
        surely_behind = sum(o["adjusted_high"] < row["adjusted_low"] - 1e-9 for o in ranked)
        row["place"] = ahead + 1
        row["place_from"] = min(surely_ahead + 1, ahead + 1)
        row["place_to"] = max(len(ranked) - surely_behind, ahead + 1)
