"""KPI values per month and scope from the second computation (catalogue §6, §10.1).

Every KPI is a list of facts: a month, the scopes it counts for, and either seconds or a numerator and
a denominator. Values come from the facts alone: medians from rows by linear interpolation, ratios from
sums, counts from numerators.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from tests.oracle.cycles.activity import Closing, Span
from tests.oracle.cycles.resolutions import Cycle
from tests.oracle.numbers.statistics import month_of, quantile, wilson
from tests.oracle.quality.surveys import Answer
from tests.oracle.turns.obligations import Obligation
from tests.oracle.turns.verdicts import Judge
from tests.oracle.world.history import World
from tests.oracle.world.keys import UNOWNED, agent_of
from tests.oracle.world.tickets import Ticket

EXTRA_STATS = {
    "reaction_time": ("p10", "min", "max"),
    "sla_overrun": ("max",),
    "unanswered_overdue": ("max",),
}
NO_AGENT = object()
"""Marks a fact that has no agent row at all (A9, A10)."""


class Cell(NamedTuple):
    """Address of one KPI value; a tuple, because millions are made and sought."""

    month: date
    kpi: str
    clock: str
    layer: str
    variant: str
    scope_type: str
    scope_id: str


@dataclass
class Sums:
    """What a cell collects: seconds of durations, or numerator and denominator."""

    seconds: list[float] = field(default_factory=list)
    numerator: float = 0.0
    denominator: float = 0.0
    n: int = 0


@dataclass(frozen=True)
class Value:
    """One KPI value; ``stat`` is ratio, count, median, mean or p90. ``text``: the value of KPIs that are a class."""

    cell: Cell
    stat: str
    value: float | None
    numerator: float | None
    denominator: float | None
    n: int | None
    low: float | None = None
    high: float | None = None
    text: str | None = None


@dataclass(eq=False)
class Facts:
    """Everything computed for one tenant that KPIs read."""

    world: World
    judge: Judge
    obligations: list[Obligation]
    cycles: list[Cycle]
    spans: list[Span]
    closings: list[Closing]
    answers: list[Answer]

    def __post_init__(self) -> None:
        """Reporting zone of the tenant."""
        rows = self.world.tables["tenants"]
        self.zone = rows[0]["reporting_tz"] if rows else "UTC"
        self.ends: dict[int, list[int]] = defaultdict(list)
        for cycle in self.cycles:
            if cycle.ended_at is not None:
                self.ends[id(cycle.root)].append(cycle.ended_at)
        self.cycles_by_root: dict[int, list[Cycle]] = defaultdict(list)
        for cycle in self.cycles:
            self.cycles_by_root[id(cycle.root)].append(cycle)
        self.moves: dict[int, list[tuple[int, Span]]] = defaultdict(list)
        for span in self.spans:
            self.moves[id(span.root)] += [(when, span) for when in span.transfers]
        self._reasons: dict[int, str | None] = {}

    def cycles_of(self, root: Ticket) -> list[Cycle]:
        """Resolution cycles of a ticket."""
        return self.cycles_by_root[id(root)]

    def reason_of(self, root: Ticket) -> str | None:
        """Primary reason at the last resolution, else now; a synonym reads as its canonical tag."""
        if id(root) not in self._reasons:
            when = max(self.ends.get(id(root), [self.world.as_of]))
            value = root.own["reason"].at(when)
            tag = self.world.tags.get((root.row["source_system"], value))
            self._reasons[id(root)] = (tag["canonical_tag_id"] or value) if tag else value
        return self._reasons[id(root)]


class Collector:
    """Adds facts to cells of every scope they belong to."""

    def __init__(self, facts: Facts) -> None:
        """Start empty."""
        self.facts = facts
        self.cells: dict[Cell, Sums] = defaultdict(Sums)
        self.durations: set[str] = set()
        self.ratios: set[str] = set()
        self.counts: set[tuple[str, str]] = set()
        self.means: set[tuple[str, str]] = set()
        # with the ticket itself: another one at the place of a freed one would have its identity
        self._scopes: dict[tuple[Any, ...], tuple[Ticket, list[tuple[str, str]]]] = {}

    def scopes(self, root: Ticket, team: str | None, agent: object) -> Iterator[tuple[str, str]]:
        """Scopes of a fact about a ticket."""
        yield "company", "company"
        platform = platform_of(self.facts, root)
        if platform is not None:
            yield "platform", platform
        if root.row["marketplace_account_id"] is not None:
            yield "marketplace_account", root.row["marketplace_account_id"]
        yield "channel", root.row["channel_id"] or "no_channel"
        yield "team", team if team is not None else "no_team"
        if agent is not NO_AGENT:
            row = root.row
            name = agent_of(row["tenant_id"], row["source_system"], agent)
            yield "agent", name if name is not None else UNOWNED

    def add(
        self,
        kpi: str,
        when: int,
        root: Ticket,
        team: str | None,
        agent: object,
        *,
        seconds: float | None = None,
        hit: float = 1,
        of: float | None = None,
        clock: str = "none",
        layer: str = "none",
        variant: str = "none",
        subject: tuple[str, str] | None = None,
        levels: tuple[str, ...] | None = None,
    ) -> None:
        """One fact in the month of ``when``; ``subject`` is its reason, macro or fix, ``levels`` the scopes allowed."""
        month = month_of(when, self.facts.zone)
        if seconds is not None:
            self.durations.add(kpi)
        elif of is not None:
            self.ratios.add(kpi)
        else:
            self.counts.add((kpi, variant))
        where = (id(root), team, agent)
        if where not in self._scopes:
            self._scopes[where] = (root, [*self.scopes(root, team, agent)])
        scopes = [*self._scopes[where][1], *([subject] if subject is not None else [])]
        for scope_type, scope_id in scopes:
            if levels is not None and scope_type not in levels:
                continue
            sums = self.cells[Cell(month, kpi, clock, layer, variant, scope_type, scope_id)]
            sums.n += 1
            if seconds is not None:
                sums.seconds.append(seconds)
            else:
                sums.numerator += hit
                sums.denominator += of or 0

    def clocks(
        self,
        kpi: str,
        when: int,
        root: Ticket,
        team: str | None,
        agent: object,
        calendar: int | None,
        business: int | None,
    ) -> None:
        """A duration on both clocks (a null one is left out)."""
        for clock, seconds in (("calendar", calendar), ("business", business)):
            if seconds is not None:
                self.add(kpi, when, root, team, agent, seconds=seconds, clock=clock)

    def values(self) -> list[Value]:
        """All values of all cells."""
        found: list[Value] = []
        for cell, sums in self.cells.items():
            if sums.seconds:
                found += list(_duration(cell, sums))
            elif (cell.kpi, cell.variant) in self.means:
                mean = sums.numerator / sums.denominator
                found.append(Value(cell, "mean", mean, sums.numerator, sums.denominator, sums.n))
            elif cell.kpi in self.ratios and (cell.kpi, cell.variant) not in self.counts:
                found.append(ratio(cell, sums.numerator, sums.denominator))
                if cell.kpi == "unanswered_holds" and sums.numerator:
                    total = sums.numerator
                    found.append(Value(cell, "count", total, total, None, round(total)))
            else:
                total = sums.numerator
                found.append(Value(cell, "count", total, total, None, round(total)))
        return found


@dataclass(frozen=True)
class Fact:
    """One fact as it was added: when, on which ticket, by whom, whether it hit, and its reason, macro or fix."""

    kpi: str
    when: int
    root: Ticket
    agent: object
    hit: float
    subject: str | None


class Recorder(Collector):
    """Keeps facts instead of adding them up."""

    def __init__(self, facts: Facts) -> None:
        """Start empty."""
        super().__init__(facts)
        self.rows: list[Fact] = []

    def add(  # type: ignore[override]
        self, kpi: str, when: int, root: Ticket, team: str | None, agent: object, **fact: Any
    ) -> None:
        """One fact."""
        subject = fact.get("subject")
        name = subject[1] if subject else None
        self.rows.append(Fact(kpi, when, root, agent, fact.get("hit", 1), name))


def platform_of(facts: Facts, root: Ticket) -> str | None:
    """Platform of a ticket's channel, else the one its request brings."""
    channel = facts.world.channels.get((root.row["source_system"], root.row["channel_id"]))
    platform: str | None = channel["platform"] if channel else root.row.get("platform")
    return platform


def ratio(cell: Cell, numerator: float, denominator: float) -> Value:
    """A ratio with its Wilson interval; null without denominator."""
    if not denominator:
        return Value(cell, "ratio", None, numerator, denominator, 0)
    low, high = wilson(numerator, denominator)
    value = numerator / denominator
    return Value(cell, "ratio", value, numerator, denominator, round(denominator), low, high)


def _duration(cell: Cell, sums: Sums) -> Iterator[Value]:
    total, count = sum(sums.seconds), len(sums.seconds)
    for stat, value in (
        ("median", quantile(sums.seconds, 0.5)),
        ("p90", quantile(sums.seconds, 0.9)),
        ("mean", total / count),
        ("p10", quantile(sums.seconds, 0.1)),
        ("min", min(sums.seconds)),
        ("max", max(sums.seconds)),
    ):
        if stat in ("p10", "min", "max") and stat not in EXTRA_STATS.get(cell.kpi, ()):
            continue
        yield Value(cell, stat, value, total, count, count)
