"""The one set of numbers behind all three files of a pack; nothing in it is formatted or translated."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from orchestration.pack.audience import Audience
from orchestration.pack.records import (
    Close,
    Colleague,
    Decision,
    Definition,
    ForumResult,
    Reason,
    Restatement,
    Spread,
)

NAMED_GROUPS: Mapping[str, str] = {
    "A": "SLA and efficiency",
    "B": "Quality",
    "C": "Cost and demand",
    "D": "Agent activity and audit",
    "E": "Tags, reasons, macros",
    "F": "Marketplace health",
    "G": "Data quality",
}
"""Groups of the registry in the order in which a pack shows them."""
JUDGED = ("red", "amber", "green")


@dataclass(frozen=True)
class Fact:
    """A governed number of the month as it is presented: what the close froze, before one the current knowledge.

    Attributes:
        value: in ``unit``; shares of 1, durations in seconds.
        ci_low: 95 % interval, None where the presented value is no longer what is known now.
        current_value: what is known now where it differs from what was presented.
        history: thirteen months ending with this one at current knowledge, the last as presented.
        is_comment_owed: an answer is required and nobody has given it.
    """

    kpi_id: str
    kpi_version: int
    kpi_group: str
    name: str
    unit: str
    better: str
    stat: str
    clock: str
    layer: str
    variant: str
    scope_type: str
    scope_id: str
    scope_name: str
    value: float | None
    value_text: str | None
    current_value: float | None
    n: int | None
    ci_low: float | None
    ci_high: float | None
    target: float | None
    target_high: float | None
    target_class: str | None
    direction: str | None
    status: str
    status_reason: str | None
    provisional_reason: str | None
    gap_to_target: float | None
    mom_delta: float | None
    mom_reason: str | None
    yoy_delta: float | None
    yoy_reason: str | None
    trend_3m: str
    red_streak: int
    accountable_role: str
    owner: str
    owner_key: str
    is_comment_owed: bool
    open_actions: int
    history: tuple[float | None, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it the same number in another month, scope left out."""
        return (self.kpi_id, self.stat, self.clock, self.layer, self.variant)


@dataclass(frozen=True)
class Part:
    """A scope's share in a red number: of ``total`` misses (None where they cannot be added) it has ``misses``."""

    scope_type: str
    scope_name: str
    value: float | None
    n: int | None
    misses: float | None
    total: float | None


@dataclass(frozen=True)
class Red:
    """A red number with its evidence: the command that lists the rows, and the scopes that weigh most."""

    fact: Fact
    command: str
    parts: tuple[Part, ...]
    actions: tuple[str, ...]


@dataclass(frozen=True)
class Pack:
    """Everything a pack shows.

    Attributes:
        as_of: instant of the data, UTC.
        months: the thirteen of every history.
        hidden_restatements: those about single persons, which are only counted.
        has_agents: whether the KPIs include any that people are judged by.
        names: English names of all KPIs by id, those outside the pack too.
    """

    tenant_id: str
    month: date
    audience: Audience
    scope_type: str
    as_of: datetime
    months: tuple[date, ...]
    close: Close | None
    facts: tuple[Fact, ...]
    reds: tuple[Red, ...]
    due: tuple[Decision, ...]
    judged: tuple[Decision, ...]
    restatements: tuple[Restatement, ...]
    hidden_restatements: int
    forum_results: tuple[ForumResult, ...]
    has_agents: bool
    colleagues: tuple[Colleague, ...]
    spreads: tuple[Spread, ...]
    reasons: tuple[Reason, ...]
    health: tuple[Fact, ...]
    definitions: tuple[Definition, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_provisional(self) -> bool:
        """Whether the month has not been closed."""
        return self.close is None

    @cached_property
    def hash(self) -> str:
        """Of the snapshot that the close made; before a close, of these numbers."""
        return self.close.snapshot_hash if self.close else digest(self)

    def counted(self, status: str) -> int:
        """How many numbers have a status; ``grey`` are all that have no colour."""
        return sum(
            fact.status == status or (status == "grey" and fact.status.startswith("grey"))
            for fact in self.facts
        )


def digest(pack: Pack) -> str:
    """SHA-256 of every number in a pack, the same for the same numbers in the same order."""
    told = asdict(pack)
    del told["names"]
    content = json.dumps(told, default=str, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(content.encode()).hexdigest()


def number(value: Any) -> float | None:
    """A number of the mart as Python counts, None for null."""
    return None if value is None else float(value)


def shown_kpis(facts: Sequence[Fact]) -> list[str]:
    """KPI ids of a pack in the order of first appearance."""
    return list(dict.fromkeys(fact.kpi_id for fact in facts))
