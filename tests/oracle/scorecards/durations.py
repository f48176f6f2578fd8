"""How fast persons react compared with what such turns take (catalogue §11.5): geometric means, t-intervals."""

from __future__ import annotations

import math
from collections import defaultdict
from functools import cache
from statistics import fmean, stdev

from tests.oracle.comparison.rows import Out
from tests.oracle.numbers.statistics import quantile
from tests.oracle.scorecards.cards import Period
from tests.oracle.scorecards.fairness import ALL, Board
from tests.oracle.world.keys import key

_OUTAGES = ("outage", "platform_outage", "force_majeure")
_ENOUGH = 50
_LEAST = 10
NOTHING: Out = {
    "n_reactions": 0,
    "duration_ratio": None,
    "duration_ratio_low": None,
    "duration_ratio_high": None,
    "duration_reason": "no reaction counts in the period",
}


def durations(board: Board, period: Period) -> dict[tuple[str, str], Out]:
    """Columns by platform board and person."""
    turns = reactions_of(board, period)
    strata: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for turn in turns:
        for width in (5, 4, 3, 2):
            stratum = board.strata[turn["obligation_key"]][:width]
            strata[stratum].append(max(turn["reaction_cal_s"], 1))
    medians = {stratum: quantile(seconds, 0.5) for stratum, seconds in strata.items()}
    ratios: dict[tuple[str, str], list[float]] = defaultdict(list)
    for turn in turns:
        own = board.strata[turn["obligation_key"]]
        wide = next((w for w in (5, 4, 3) if len(strata[own[:w]]) >= _ENOUGH), 2)
        ratio = math.log(max(turn["reaction_cal_s"], 1) / medians[own[:wide]])
        for platform in (ALL, own[1]):
            ratios[platform, turn["responder_agent_key"]].append(ratio)
    return {name: _columns(values) for name, values in ratios.items()}


def reactions_of(board: Board, period: Period) -> list[Out]:
    """Turns of a period whose reaction counts."""
    return [turn for turn in board.turns if _counts(board, turn, period)]


def _counts(board: Board, turn: Out, period: Period) -> bool:
    at = turn["satisfied_at"]
    return (
        turn["state"] == "answered"
        and turn["kind"] in ("first", "next")
        and not turn["is_proxy"]
        and turn["responder_agent_key"] is not None
        and turn["reaction_cal_s"] is not None
        and period.start <= at < period.stop
        and not _is_disturbed(board, turn)
    )


def _is_disturbed(board: Board, turn: Out) -> bool:
    """Whether an outage covers the turn when it could be seen: then it is nobody's reaction."""
    tenant, source = board.tenant, turn["source_system"]
    return any(
        window["kind"] in _OUTAGES
        and window["starts_at"] <= turn["available_at"] < window["ends_at"]
        and {
            "company": True,
            "platform": turn["platform"] == window["scope_id"],
            "marketplace_account": turn["marketplace_account_key"]
            == key(tenant, window["scope_id"]),
            "channel": turn["channel_key"] == key(tenant, source, window["scope_id"]),
            "team": turn["team_key"] == key(tenant, source, window["scope_id"]),
        }[window["scope_type"]]
        for window in board.incidents
    )


def _columns(ratios: list[float]) -> Out:
    mean, n = fmean(ratios), len(ratios)
    low = high = None
    if n >= _LEAST:
        error = student_t(n - 1) * stdev(ratios) / math.sqrt(n)
        low, high = math.exp(mean - error), math.exp(mean + error)
    return {
        "n_reactions": n,
        "duration_ratio": math.exp(mean),
        "duration_ratio_low": low,
        "duration_ratio_high": high,
        "duration_reason": None if n >= _LEAST else "fewer than 10 reactions: no interval",
    }


@cache
def student_t(freedom: int) -> float:
    """The 97.5 % point of Student's t, by halving on the integral of its density."""
    low, high = 1.9, 13.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if _inside(middle, freedom) < 0.475 else (low, middle)
    return (low + high) / 2


def _inside(stop: float, freedom: int) -> float:
    """Probability between 0 and ``stop`` (Simpson)."""
    steps = 400
    width = stop / steps
    log_scale = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)
    scale = math.exp(log_scale) / math.sqrt(freedom * math.pi)

    def density(x: float) -> float:
        return scale * math.exp(-(freedom + 1) / 2 * math.log1p(x * x / freedom))

    inner = sum((4 if i % 2 else 2) * density(i * width) for i in range(1, steps))
    return (density(0) + inner + density(stop)) * width / 3
