"""A card of a scorecard: its counts, rate, interval and band (catalogue §11.3 to §11.5)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date

from tests.oracle.comparison.rows import Out

Z = 1.959963984540054
Stratum = tuple[str, str, str, str, str]
Identity = tuple[str, str, date, str, str, str]
"""Tenant, period type, first day, layer, platform, agent."""


@dataclass(frozen=True)
class Period:
    """Whole reporting days of a tenant."""

    kind: str
    first: date
    last: date
    start: int
    stop: int


@dataclass
class Cell:
    """Judged obligations of one person in one stratum."""

    n: int = 0
    met: int = 0
    left_out: int = 0


@dataclass
class Card:
    """One person on the board of a period and layer."""

    n: int = 0
    met: int = 0
    left_out: int = 0
    expected: float = 0.0
    variance: float = 0.0
    overall: float | None = None
    has_pool: bool = False
    """Whether anybody was judged whom the person can be measured by."""
    team: str | None = None
    ineligible: str | None = None
    """Why the person cannot be compared at all."""
    basis: Card | None = None
    columns: Out = field(default_factory=dict)

    @property
    def adjusted(self) -> float | None:
        """O/E on the level of the board, at most everything; none where nobody met anything of the same work."""
        if not self.expected or self.overall is None:
            return 1.0 if self.met else None
        return min(self.met / self.expected * self.overall, 1.0)

    @property
    def z(self) -> float | None:
        """Distance from the expectation in standard errors."""
        return (self.met - self.expected) / math.sqrt(self.variance) if self.variance > 0 else None


def wilson(met: int, n: int) -> tuple[float, float]:
    """Wilson 95 % interval."""
    share, spread = met / n, Z * Z / n
    half = Z * math.sqrt(share * (1 - share) / n + spread / (4 * n))
    return (share + spread / 2 - half) / (1 + spread), (share + spread / 2 + half) / (1 + spread)


def band(card: Card, goal: float | None, mean: float | None, phi: float) -> Out:
    basis = card.basis or card
    found: Out = {"adjusted_rate": basis.adjusted, "adjusted_low": None, "adjusted_high": None}
    if basis.adjusted is not None and basis.overall is not None:
        low, high = wilson(basis.met, basis.n)
        rate = basis.adjusted
        scale = basis.n * basis.overall / basis.expected if basis.expected else math.inf
        found["adjusted_low"] = max(rate - max(rate - low * scale, 0) * math.sqrt(phi), 0)
        found["adjusted_high"] = min(rate + max(high * scale - rate, 0) * math.sqrt(phi), 1)
    if card.ineligible or basis.n < 30 or goal is None or found["adjusted_low"] is None:
        return found | {"band_before_gates": "insufficient"}
    low, high = found["adjusted_low"], found["adjusted_high"]
    if low > goal:
        band = "above"
    elif low <= goal <= high or (mean is not None and low <= mean <= high):
        band = "in_range"
    else:
        band = "below" if high < goal else "in_range"
    return found | {"band_before_gates": band}
