"""What each KPI's card needs from a tenant's sources, read from the registry (catalogue §2.8)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_SEEDS = Path(__file__).parents[3] / "dbt_project" / "seeds"


_WHOLE = {
    f"int_kpi_{name}"
    for name in (
        *("alpha", "freshness", "headroom", "kappa", "macro_coverage", "reason_costs"),
        *("reason_volumes", "reasons", "reconciliation", "speed_verdicts", "unit_costs"),
    )
}


@dataclass(frozen=True)
class Needs:
    """Capabilities and inputs of a KPI or of one of its variants."""

    capabilities: tuple[str, ...]
    inputs: tuple[str, ...]
    has_layers: bool


@cache
def card_needs() -> tuple[dict[str, Needs], dict[tuple[str, str], Needs]]:
    cards = {row["kpi_id"]: _needs(row, row["layers"]) for row in _seed("seed_kpi_definitions")}
    own = {
        (row["kpi_id"], row["variant"]): _needs(
            row, "layers" if cards[row["kpi_id"]].has_layers else "none"
        )
        for row in _seed("seed_kpi_variant_inputs")
    }
    return cards, own


def _seed(name: str) -> list[dict[str, str]]:
    with (_SEEDS / f"{name}.csv").open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def _needs(row: dict[str, str], layers: str) -> Needs:
    def names(column: str) -> tuple[str, ...]:
        return tuple(name for name in row[column].split("|") if name)

    return Needs(names("required_capability"), names("required_input"), layers != "none")


def is_whole(kpi: str) -> bool:
    """Whether a KPI reads all tickets, as those of which a source tells nothing have no part in it."""
    return where_computed()[kpi] in _WHOLE


@cache
def where_computed() -> dict[str, str]:
    return {row["kpi_id"]: row["computed_in"] for row in _seed("seed_kpi_definitions")}
