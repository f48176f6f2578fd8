"""Process charts (catalogue §12): limits from moving ranges or Laney's proportions, and the three signals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

LEAST_POINTS = 12
MOST_POINTS = 40
_INDIVIDUALS = 2.66
_RANGE_LIMIT = 3.27
_TO_SIGMA = 1.128


@dataclass(frozen=True)
class Limits:
    """Centre and half width of a chart; ``mean_range`` null without two points in a row."""

    points: int
    centre: float | None
    mean_range: float | None

    @property
    def reach(self) -> float | None:
        """Distance from centre to limit."""
        return None if self.mean_range is None else _INDIVIDUALS * self.mean_range

    @property
    def is_judging(self) -> bool:
        """Whether the baseline is long enough."""
        return self.points >= LEAST_POINTS

    @property
    def range_limit(self) -> float | None:
        """Upper limit of the moving range itself."""
        return None if self.mean_range is None else _RANGE_LIMIT * self.mean_range

    def position(self, value: float | None) -> float | None:
        """0 at the centre, 1 and -1 at the limits; null without a judgement."""
        if not self.is_judging or value is None or self.centre is None:
            return None
        return place(value, self.centre, self.reach)


def place(value: float, centre: float, reach: float | None) -> float:
    """Position between the limits; without any variation every other value is outside."""
    if reach is not None and reach > 0:
        return (value - centre) / reach
    return 0.0 if value == centre else math.copysign(2.0, value - centre)


def individuals(before: Sequence[float | None], is_left_out: Sequence[bool]) -> Limits:
    """Limits from the rows before a point: values and whether a row is no baseline (event days)."""
    rows = list(zip(before, is_left_out, strict=True))[-MOST_POINTS:]
    base = [value for value, left_out in rows if value is not None and not left_out]
    ranges = [
        abs(value - previous)
        for (previous, was_out), (value, is_out) in pairwise(rows)
        if previous is not None and value is not None and not was_out and not is_out
    ]
    centre = sum(base) / len(base) if base else None
    return Limits(len(base), centre, sum(ranges) / len(ranges) if ranges else None)


def signalled(positions: Sequence[float | None], side: int) -> bool:
    """Whether the last of the positions gives a signal on a side: outside, 2 of 3 far out, 8 in a row."""
    sided = [None if position is None else position * side for position in positions]
    last = sided[-1]
    if last is None:
        return False
    far = [position is not None and position > 2 / 3 for position in sided[-3:]]
    near = [position is not None and position > 0 for position in sided[-8:]]
    return last > 1 or (far[-1] and sum(far) >= 2) or (len(near) == 8 and all(near))


def laney_position(shares: Sequence[tuple[float, float]], share: tuple[float, float]) -> float:
    """Position of a share (numerator, n) between the limits of the shares before it."""
    before = list(shares)[-MOST_POINTS:]
    centre = sum(top for top, _ in before) / sum(n for _, n in before)
    if not 0 < centre < 1:
        return place(share[0] / share[1], centre, 0.0)
    spread = math.sqrt(centre * (1 - centre))
    scores = [(top / n - centre) / (spread / math.sqrt(n)) for top, n in before if n]
    steps = [abs(later - earlier) for earlier, later in pairwise(scores)]
    dispersion = sum(steps) / len(steps) / _TO_SIGMA if steps else 1.0
    return place(share[0] / share[1], centre, 3 * spread / math.sqrt(share[1]) * dispersion)
