"""What stands behind a red number: the command that lists its rows, and the scopes that weigh most in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orchestration.pack.facts import Place
from orchestration.pack.numbers import Fact, Part, Red, number
from orchestration.pack.records import Decision
from orchestration.presenting.publication import Publication

_SHOWN = 3
_LOWER = ("lower", "less_than", "zero", "equals")
_ADDED = ("ratio", "published", "count")
"""Statistics whose misses add up from scope to scope."""
_ROUNDING = 1.001
_PARTS = """
select kpi.kpi_id, kpi.stat, kpi.clock, kpi.layer, kpi.variant, kpi.kpi_version, kpi.scope_type, kpi.scope_id,
    kpi.value, kpi.numerator, kpi.denominator, kpi.n
from governance_review.kpi_monthly as kpi
where kpi.tenant_id = $tenant and kpi.month = $month and list_contains($kpis, kpi.kpi_id)
    and kpi.scope_type in ('company', 'channel', 'team', 'marketplace_account') and kpi.n > 0
    and kpi.value is not null
order by kpi.scope_type, kpi.scope_id
"""
_KINDS = ("channel", "marketplace_account", "team")


def reds_of(
    publication: Publication, place: Place, facts: Sequence[Fact], due: Sequence[Decision]
) -> list[Red]:
    """Every red number with its evidence, what turned red first last: the longest red on top.

    Args:
        publication: to read.
        place: the month.
        facts: of the pack.
        due: decisions that are not done.
    """
    reds = [fact for fact in facts if fact.status == "red"]
    rows = publication.rows(
        _PARTS,
        {
            "tenant": place.tenant_id,
            "month": place.month,
            "kpis": sorted({fact.kpi_id for fact in reds}),
        },
    )
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        names = ("kpi_id", "stat", "clock", "layer", "variant", "kpi_version")
        row["scope_name"] = place.called(row["scope_type"], row["scope_id"])
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return [
        Red(
            fact,
            command(fact, place),
            _parts(fact, found.get((*fact.key, fact.kpi_version), [])),
            tuple(
                action.action_id
                for action in due
                if action.kpi_id == fact.kpi_id
                and action.scope in ((fact.scope_type, fact.scope_id), ("company", "company"))
            ),
        )
        for fact in reds
    ]


def command(fact: Fact, place: Place) -> str:
    """The call that lists the rows behind a number."""
    said = f"deskhouse explain {fact.kpi_id} {place.month:%Y-%m}"
    option = {"marketplace_account": "account"}.get(fact.scope_type, fact.scope_type)
    if fact.scope_type != "company":
        name = f'"{fact.scope_id}"' if " " in fact.scope_id else fact.scope_id
        said += f" --{option} {name}"
    for name in ("layer", "variant"):
        value = getattr(fact, name)
        if value != "none":
            said += f" --{name} {value}"
    return said


def _parts(fact: Fact, rows: list[dict[str, Any]]) -> tuple[Part, ...]:
    """The scopes that weigh most: first by channel (for account health by account), then by team."""
    if fact.scope_type != "company":
        return ()
    whole = next((row for row in rows if row["scope_type"] == "company"), None)
    shown: list[Part] = []
    for kind in _KINDS:
        mine = [row for row in rows if row["scope_type"] == kind]
        if len(mine) < 2 or (kind == "marketplace_account" and shown):
            continue
        shown += _heaviest(fact, mine, whole)
    return tuple(shown)


def _heaviest(fact: Fact, rows: list[dict[str, Any]], whole: dict[str, Any] | None) -> list[Part]:
    total = _misses(fact, whole) if whole else None
    added = sum(_misses(fact, row) or 0 for row in rows)
    if total and added > total * _ROUNDING:
        # a thing that counts in several scopes at once has no share of the whole
        total = None
    weighed = [
        Part(
            row["scope_type"],
            row["scope_name"],
            number(row["value"]),
            int(row["n"]),
            _misses(fact, row) if total else None,
            total,
        )
        for row in rows
    ]
    if total:
        weighed = [part for part in weighed if part.misses]
        weighed.sort(key=lambda part: (-(part.misses or 0), part.scope_name))
    else:
        weighed.sort(key=lambda part: (-_distance(fact, part.value), part.scope_name))
    return weighed[:_SHOWN]


def _misses(fact: Fact, row: dict[str, Any]) -> float | None:
    """How much of the number is on the bad side; None where that cannot be added up."""
    above, below = number(row["numerator"]), number(row["denominator"])
    if fact.stat not in _ADDED or fact.direction == "band" or above is None:
        return None
    if fact.direction in _LOWER:
        return above
    return None if below is None else below - above


def _distance(fact: Fact, value: float | None) -> float:
    """How far beyond the target a value lies, positive = bad."""
    if value is None or fact.target is None:
        return 0.0
    if fact.direction in _LOWER:
        return value - fact.target
    if fact.direction == "band":
        high = fact.target if fact.target_high is None else fact.target_high
        return max(fact.target - value, value - high)
    return fact.target - value
