"""What a pack tells beside its numbers: decisions, restatements, people, reasons, definitions, the close."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Decision:
    """An action of the log as published."""

    action_id: str
    forum_id: str
    kpi_id: str
    kpi_name: str
    scope: tuple[str, str]
    scope_name: str
    decision: str
    owner: str
    due_on: date
    status: str
    outcome: str | None
    expected_change: float | None
    measured_change: float | None
    unit: str
    stat: str


@dataclass(frozen=True)
class Restatement:
    """A number of a closed month that moved and that no forum has seen."""

    restatement_id: str
    month: date
    kpi_id: str
    kpi_name: str
    key: tuple[str, ...]
    scope: tuple[str, str]
    scope_name: str
    old_value: float | None
    new_value: float | None
    old_text: str | None
    new_text: str | None
    old_status: str | None
    new_status: str | None
    reason_code: str
    approved_by: str | None
    unit: str
    stat: str


@dataclass(frozen=True)
class ForumResult:
    """How a forum kept what it decided in a month; shares are None where there was nothing to share."""

    forum_id: str
    due: int
    on_time_share: float | None
    red: int
    red_with_action_share: float | None
    median_days_to_action: float | None
    judged: int
    achieved_share: float | None


@dataclass(frozen=True)
class Colleague:
    """One person's month in one layer of promises, by the name that the legal entity's setting allows."""

    agent_key: str
    name: str
    team: str
    layer: str
    n: int
    raw_rate: float | None
    adjusted_rate: float | None
    low: float | None
    high: float | None
    goal: float | None
    band: str
    gates: tuple[str, ...]


@dataclass(frozen=True)
class Spread:
    """How many people of a team are in which band; small teams are counted together under an empty name."""

    team: str
    layer: str
    above: int
    in_range: int
    below: int
    insufficient: int


@dataclass(frozen=True)
class Reason:
    """A contact reason's month; the bar of tickets without a reason is one of them."""

    name: str
    is_untagged: bool
    tickets: int
    share: float | None
    cumulative: float | None
    previous_tickets: int | None
    previous_reason: str | None
    per_100_orders: float | None
    handle_s: float | None
    first_contact: float | None
    cause: str | None
    fix: str | None
    effect: float | None
    effect_verdict: str | None


@dataclass(frozen=True)
class Definition:
    """A card of the registry as in force."""

    kpi_id: str
    kpi_version: int
    kpi_group: str
    name: str
    formula: str
    numerator: str | None
    denominator: str | None
    unit: str
    better: str
    definition_hash: str


@dataclass(frozen=True)
class Close:
    """The close of the month."""

    closed_at: datetime
    closed_by: str
    snapshot_hash: str
    gates: tuple[tuple[str, str, str], ...]
