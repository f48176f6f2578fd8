"""Sums of single rows by KPI, month and scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from tests.oracle.numbers.kpis import NO_AGENT, Cell, Collector, Facts, Value, ratio
from tests.oracle.world.canonical_rows import Row
from tests.oracle.world.capabilities import source_of
from tests.oracle.world.tickets import Ticket

Scope = tuple[str, str]


class Tally:
    """Numerators, denominators and n of cells that are no counts of tickets."""

    def __init__(self, facts: Facts) -> None:
        """Start empty."""
        self.facts = facts
        self.cells: dict[Cell, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])

    def add(
        self,
        kpi: str,
        month: date,
        scopes: Iterable[Scope],
        parts: tuple[float, float, float],
        variant: str = "none",
    ) -> None:
        """One row: what it adds above and below the line, and to n."""
        for scope in scopes:
            cell = self.cells[Cell(month, kpi, "none", "none", variant, *scope)]
            for place, part in enumerate(parts):
                cell[place] += part

    def values(
        self, factor: float = 1.0, *, counted: bool = False, stat: str = "ratio"
    ) -> list[Value]:
        """Every cell as a quotient; ``counted``: things, hence with an interval."""
        found = []
        for cell, (top, bottom, n) in self.cells.items():
            if counted:
                found.append(ratio(cell, top, bottom))
                continue
            value = factor * top / bottom if bottom else None
            found.append(Value(cell, stat, value, top, bottom, round(n)))
        return found


def ticket_of(facts: Facts, row: Row) -> Ticket | None:
    """Root of the ticket a row names; none when unknown or excluded."""
    ticket = facts.world.tickets.get((source_of(row), row["ticket_id"]))
    if ticket is None or facts.world.exclusion(ticket.root) is not None:
        return None
    return ticket


def team_scope(team: str | None) -> Scope:
    """Scope of a team or of none."""
    return ("team", team if team is not None else "no_team")


def scopes_of(facts: Facts, root: Ticket, team: str | None, *kinds: str) -> list[Scope]:
    """Scopes of a ticket above people, all or those of the kinds named."""
    found = Collector(facts).scopes(root, team, NO_AGENT)
    return [scope for scope in found if not kinds or scope[0] in kinds]
