"""Everything computed for one tenant: facts, and every KPI value that its sources can support."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from tests.oracle.cycles.activity import Closing, Span, closings_of, spans_of
from tests.oracle.cycles.issues import issue_values
from tests.oracle.cycles.resolutions import Cycle, cycles_of
from tests.oracle.data.loads import load_values
from tests.oracle.health.reconciliation import gap_values
from tests.oracle.health.requests import health_values
from tests.oracle.money.values import demand_values
from tests.oracle.numbers.kpis import Cell, Facts, Value
from tests.oracle.numbers.monthly import collect
from tests.oracle.numbers.snapshots import months, snapshots
from tests.oracle.people.time import ops_values
from tests.oracle.people.work import work_values
from tests.oracle.quality.surveys import Answer, answers_of
from tests.oracle.quality.values import quality_values
from tests.oracle.speed.weeks import class_values, week_values
from tests.oracle.turns.obligations import Obligation, case_obligations, group_obligations
from tests.oracle.turns.verdicts import Judge
from tests.oracle.world.canonical_rows import Tables
from tests.oracle.world.history import World
from tests.oracle.world.measurable import Measurable
from tests.oracle.world.needs import is_whole


@dataclass
class Tenant:
    """Everything computed for one tenant."""

    world: World
    judge: Judge
    obligations: list[Obligation] = field(default_factory=list)
    cycles: list[Cycle] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    @cached_property
    def facts(self) -> Facts:
        """What KPIs read."""
        return Facts(
            self.world,
            self.judge,
            self.obligations,
            self.cycles,
            self.spans,
            self.closings,
            self.answers,
        )

    def _of_telling_sources(self, sources: Measurable) -> list[Value]:
        """Numbers without tickets of sources that do not tell what their KPI needs while another source does."""
        of_all = {family: family(self.facts) for family in _FAMILIES}
        values = [value for found in of_all.values() for value in found]
        silent = {kpi: sources.silent(kpi) for kpi in {value.cell.kpi for value in values}}
        silent = {kpi: names for kpi, names in silent.items() if names and not is_whole(kpi)}
        found = [value for value in values if value.cell.kpi not in silent]
        for names in set(silent.values()):
            tables = {
                table: [
                    row
                    for row in rows
                    if table not in ("tickets", "messages", "ticket_events")
                    or row["source_system"] not in names
                ]
                for table, rows in self.world.tables.items()
            }
            # families that have none of these KPIs are not counted once more
            asked = [
                family
                for family, all_ in of_all.items()
                if any(silent.get(value.cell.kpi) == names for value in all_)
            ]
            for part in compute(tables, self.world.as_of, [self.world.tenant]):
                again = (value for family in asked for value in family(part.facts))
                found += [value for value in again if silent.get(value.cell.kpi) == names]
        return found

    def kpis(self) -> list[Value]:
        """Every KPI value of the tenant, computed once."""
        return self._kpis

    @cached_property
    def _kpis(self) -> list[Value]:
        facts = self.facts
        sources = Measurable(self.world, facts.zone)
        values = self._of_telling_sources(sources)
        # what happened before the first ticket or turn that counts has no month in the table
        known = {month for month, _ in months(facts)}
        return [
            value
            for value in values
            if value.cell.month in known and not sources.hides(*_asked(value.cell))
        ]


def _collected(facts: Facts) -> list[Value]:
    return collect(facts).values()


_FAMILIES: tuple[Callable[[Facts], list[Value]], ...] = (
    *(_collected, snapshots, issue_values, health_values, load_values, ops_values),
    *(demand_values, quality_values, work_values, week_values, gap_values, class_values),
)
"""Whatever counts numbers, measurable or not."""


def _asked(cell: Cell) -> tuple[str, str, str, str, date]:
    """What a cell says to whom judges whether it can be measured."""
    return cell.kpi, cell.variant, cell.clock, cell.layer, cell.month


def compute(tables: Tables, as_of: int, tenants: Iterable[str] | None = None) -> list[Tenant]:
    """Obligations and cycles of every tenant (or of those named)."""
    names = {row["tenant_id"] for row in tables["tickets"]}
    wanted = sorted(names if tenants is None else names & set(tenants))
    by_tenant: dict[str, Tables] = {name: {} for name in wanted}
    for table, rows in tables.items():
        split: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            split[row["tenant_id"]].append(row)
        for name in wanted:
            by_tenant[name][table] = split[name]
    result = []
    for name in wanted:
        world = World(by_tenant[name], name, as_of)
        judge = Judge(world)
        tenant = Tenant(world, judge)
        for group in world.groups():
            rows = group_obligations(world, judge, group)
            tenant.obligations += rows
            tenant.cycles += cycles_of(judge, group, rows)
            tenant.spans += spans_of(judge, group, rows)
            tenant.closings += closings_of(judge, group, rows)
        tenant.obligations += case_obligations(world, judge)
        tenant.answers = answers_of(world, judge, tenant.cycles)
        result.append(tenant)
    return result
