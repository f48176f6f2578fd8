"""States of alert rules at the ends of days, and episodes from them (catalogue §13).

A state is on (opens an alert), clear (ends one) or neither (leaves it as it is); one open alert per rule and scope.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.statistics import local_day
from tests.oracle.world.calendar import midnight
from tests.oracle.world.keys import agent_of

_FIRST_FACTS = {
    "tickets": "created_at",
    "messages": "sent_at",
    "order_defects": "opened_at",
    "account_health_snapshots": "captured_at",
}


@dataclass(frozen=True)
class State:
    """What a rule says about a scope at an instant, with the numbers behind it."""

    rule: str
    scope_type: str
    scope: str
    at: int
    is_on: bool
    is_clear: bool
    value: float | None = None
    n: float | None = None
    low: float | None = None
    high: float | None = None
    threshold: float | None = None
    agent: str | None = None
    severity: str | None = None


@dataclass(frozen=True)
class Episode:
    """An alert from opening to end (null: open), with the last state that was on."""

    last: State
    opened_at: int
    resolved_at: int | None = None
    severity: str | None = None


def episodes(states: Iterable[State]) -> Iterator[Episode]:
    """Alerts of every rule and scope: from the first state that is on to the next that is clear and not on."""
    series: dict[tuple[str, str, str], list[State]] = defaultdict(list)
    for state in states:
        series[state.rule, state.scope_type, state.scope].append(state)
    for rows in series.values():
        opened: int | None = None
        last: State | None = None
        for state in sorted(rows, key=lambda row: row.at):
            if state.is_on:
                opened, last = state.at if opened is None else opened, state
            elif state.is_clear and opened is not None and last is not None:
                yield Episode(last, opened, state.at, last.severity)
                opened = None
        if opened is not None and last is not None:
            yield Episode(last, opened, severity=last.severity)


def end_of(facts: Facts, day: date) -> int:
    """Instant at which the state of a day is read: its last one, now on the running day."""
    return min(midnight(day + timedelta(days=1), facts.zone) - 1, facts.world.as_of)


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day, both ends included."""
    while first <= last:
        yield first
        first += timedelta(days=1)


@cache
def first_day(facts: Facts) -> date:
    """The first reporting day: that of the first ticket, message, request or published figure."""
    instants = [
        row[column] for table, column in _FIRST_FACTS.items() for row in facts.world.tables[table]
    ]
    return local_day(min(instants), facts.zone)


def today(facts: Facts) -> date:
    """The running reporting day."""
    return local_day(facts.world.as_of, facts.zone)


@cache
def judged_persons(facts: Facts) -> frozenset[str]:
    """Persons about whom an alert may speak (§11.7); the simulated operator shows everybody by name."""
    return frozenset(
        str(agent_of(facts.world.tenant, row["source_system"], row["agent_id"]))
        for row in facts.world.tables["agents"]
        if row["agent_analytics_allowed"] and not row["is_bot"]
    )


def company_target(facts: Facts, kpi: str, layer: str, day: date) -> tuple[float, float] | None:
    """Target and tolerance of the company in force on a day."""
    found: list[dict[str, Any]] = [
        row
        for row in facts.world.tables["kpi_targets"]
        if (row["kpi_id"], row["layer"], row["stat"]) == (kpi, layer, "ratio")
        and row["scope_type"] == "company"
        and row["valid_from"] <= day
        and (row["valid_to"] is None or day < row["valid_to"])
    ]
    best = max(found, key=lambda row: row["valid_from"], default=None)
    return None if best is None else (float(best["target"]), float(best["amber_tolerance"] or 0))
