"""Governed numbers of a month with their history, from the monthly table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from orchestration.pack.audience import Chosen
from orchestration.pack.numbers import Fact, number
from orchestration.presenting.persons import LABELLED
from orchestration.presenting.publication import Publication
from orchestration.presenting.scopes import Names, label_of

_HISTORY_MONTHS = 13

_FACTS = f"""
with text_before as (
    select tenant_id, month, kpi_id, stat, clock, layer, variant, scope_type, scope_id,
        arg_min(old_value_text, detected_at) as old_value_text
    from governance_review.restatements where old_value_text is not null group by all
)
select kpi.*, definitions.name, definitions.kpi_group, definitions.better, people.label as owner_name,
    text_before.old_value_text
from governance_review.kpi_monthly as kpi
inner join governance_review.kpi_definitions as definitions
    on kpi.kpi_id = definitions.kpi_id and kpi.kpi_version = definitions.kpi_version
left join text_before on kpi.tenant_id = text_before.tenant_id and kpi.month = text_before.month
    and kpi.kpi_id = text_before.kpi_id and kpi.stat = text_before.stat and kpi.clock = text_before.clock
    and kpi.layer = text_before.layer and kpi.variant = text_before.variant
    and kpi.scope_type = text_before.scope_type and kpi.scope_id = text_before.scope_id
left join ({LABELLED}) as people
    on kpi.accountable_person = people.agent_key and people.agent_views = 'named'
where kpi.tenant_id = $tenant and kpi.month = $month and kpi.scope_type = $scope and kpi.is_governed
    and ($kpis is null or list_contains($kpis, kpi.kpi_id))
order by kpi.scope_id, definitions.kpi_group, definitions.name, kpi.kpi_id, kpi.layer desc, kpi.variant, kpi.stat
"""
_HISTORY = """
select kpi_id, stat, clock, layer, variant, scope_id, kpi_version, month, value
from governance_review.kpi_monthly
where (coverage_reason is null or month = $month)
    and tenant_id = $tenant and scope_type = $scope and month between $first and $month
    and ($kpis is null or list_contains($kpis, kpi_id))
"""


@dataclass(frozen=True)
class Place:
    """Whose month it is, whether it is closed, and what its teams, channels and reasons are called."""

    tenant_id: str
    month: date
    is_closed: bool
    names_owner: bool
    names: Names = field(default_factory=dict)

    def called(self, scope_type: str, scope_id: str) -> str:
        """What a scope is called, those of one name told apart by their id."""
        return label_of(self.names, self.tenant_id, scope_type, scope_id)


def months_before(month: date) -> tuple[date, ...]:
    """Thirteen months that end with this one."""
    place = month.year * 12 + month.month - 1
    return tuple(
        date((place - back) // 12, (place - back) % 12 + 1, 1)
        for back in reversed(range(_HISTORY_MONTHS))
    )


def read_facts(publication: Publication, place: Place, chosen: Chosen) -> list[Fact]:
    """Governed numbers of a month at one kind of scope, by scope, group and name.

    Args:
        publication: to read.
        place: the month.
        chosen: scope and KPIs.
    """
    months = months_before(place.month)
    asked: dict[str, Any] = {
        "tenant": place.tenant_id,
        "month": place.month,
        "scope": chosen.scope_type,
        "kpis": None if chosen.kpi_ids is None else sorted(chosen.kpi_ids),
    }
    known: dict[tuple[Any, ...], dict[date, float | None]] = {}
    for row in publication.rows(_HISTORY, asked | {"first": months[0]}):
        known.setdefault(_key(row), {})[row["month"]] = number(row["value"])
    return [
        _fact(row, place, _history(known.get(_key(row), {}), months))
        for row in publication.rows(_FACTS, asked)
    ]


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    names = ("kpi_id", "stat", "clock", "layer", "variant", "scope_id", "kpi_version")
    return tuple(row[name] for name in names)


def _history(known: dict[date, float | None], months: Iterable[date]) -> list[float | None]:
    return [known.get(month) for month in months]


def _fact(row: dict[str, Any], place: Place, history: list[float | None]) -> Fact:
    """A row as it is presented: after a close what was frozen, and beside it what is known now."""
    current, text, n, status = number(row["value"]), row["value_text"], row["n"], row["status"]
    reason, value, is_moved = row["status_reason"], current, False
    if place.is_closed:
        value, n, status = (
            number(row["value_presented"]),
            row["n_presented"],
            row["status_presented"],
        )
        is_moved = value != current or status != row["status"]
        if row["presented_as_of"] is None:
            status, reason = "grey_not_measurable", "it was not known when the month was closed"
            text = None
        elif row["old_value_text"] is not None:
            text = row["old_value_text"]
        history = [*history[:-1], value]
    interval = (None, None) if is_moved else (number(row["ci_low"]), number(row["ci_high"]))
    target = number(row["target"])
    gap = None if is_moved else number(row["gap_to_target"])
    return Fact(
        **{name: row[name] for name in _AS_IS},
        scope_name=place.called(row["scope_type"], row["scope_id"]),
        value=value,
        value_text=text,
        current_value=current if is_moved and value != current else None,
        n=None if n is None else int(n),
        ci_low=interval[0],
        ci_high=interval[1],
        target=target,
        target_high=number(row["target_high"]),
        status=status,
        status_reason=reason,
        gap_to_target=gap,
        mom_delta=None if is_moved else number(row["mom_delta"]),
        mom_reason=None if is_moved else row["mom_reason"],
        yoy_delta=None if is_moved else number(row["yoy_delta"]),
        yoy_reason=None if is_moved else row["yoy_reason"],
        trend_3m=row["trend_3m"] or "",
        red_streak=int(row["red_streak"] or 0),
        accountable_role=row["accountable_role"] or "",
        owner=(row["owner_name"] or "") if place.names_owner else "",
        owner_key=(row["accountable_person"] or "") if place.names_owner else "",
        is_comment_owed=bool(row["comment_required"]) and row["comment_id"] is None,
        open_actions=int(row["open_action_count"] or 0),
        unit=row["unit"] or "",
        better=row["better"] or "",
        history=tuple(history),
    )


_AS_IS = (
    *("kpi_id", "kpi_version", "kpi_group", "name", "stat", "clock", "layer", "variant"),
    *("scope_type", "scope_id", "target_class", "direction", "provisional_reason"),
)
