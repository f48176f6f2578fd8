"""What a KPI is made of, and the rows behind a number, read from the relations that hold what every KPI counts.

Two kinds of rows the mart adds up: those with numerator, denominator and n, and those with seconds. The third kind are
the rows behind numbers that are computed as a whole. What is listed is what was counted: attribution, months and
conditions are not repeated here, only the scope is picked, by the columns that the roll-ups group by. The roll-ups keep
of each number which model its rows are from, so one model is read and not the union of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.explain.question import records
from orchestration.explain.relations import (
    ADDED,
    COUNTS,
    DURATIONS,
    EVIDENCE,
    SCHEMA,
    SORTED,
    WHOLE,
    Kind,
)

DURATION_STATS = ("median", "mean", "p10", "p90", "p95", "min", "max")
ROW_COLUMNS = (
    "happened_at",
    "ticket_id",
    "detail",
    "numerator",
    "denominator",
    "n",
    "seconds",
    "platform",
    "marketplace_account_id",
    "channel_id",
    "team_id",
    "agent_key",
    "subject_type",
    "subject_id",
    "owner_rule",
    "fact_key",
)


_PLACES = ("platform", "marketplace_account_key", "channel_key", "team_key", "agent_key")
_FACTS = ("fact_key", "ticket_key", "happened_at", "detail")
_SUBJECTS = ("subject_type", "subject_id")
_SUMS = ("numerator", "denominator", "n")
COLUMNS = {
    Kind.COUNTS: {"stat", "clock", *_PLACES, *_SUBJECTS, *_FACTS, *_SUMS},
    Kind.DURATIONS: {"clock", *_PLACES, *_SUBJECTS, *_FACTS, "seconds"},
    Kind.RECOMPUTED: {"scope_type", "scope_id", *_PLACES, *_SUBJECTS, *_FACTS, *_SUMS},
}
"""What the rows of each kind have beside tenant_id, month, kpi_id, layer and variant."""


PLACES = {
    "marketplace_account": (
        *("core.dim_marketplace_accounts", "marketplace_account_key", "marketplace_account_id", ""),
    ),
    "channel": ("core.dim_channels", "channel_key", "channel_id", "no_channel"),
    "team": ("core.dim_teams", "team_key", "team_id", "no_team"),
}
"""Places with their table, the key in rows, the id in the mart, and the id of rows without such a place."""


@dataclass(frozen=True)
class Model:
    """Where rows are: a relation, a model's view or a temporary table; for a card the model that it names."""

    name: str
    kind: Kind
    schema: str = f"{SCHEMA}."

    @property
    def address(self) -> str:
        """As a query names it."""
        return f"{self.schema}{self.name}"


@dataclass(frozen=True)
class Makings:
    """How the rows of a KPI come about, as the last build made them.

    ``counted_facts`` are the core tables whose rows are counted, none where the KPI counts something else.
    ``counts`` holds the model of (stat, clock, layer, variant), ``durations`` (clock, layer, variant), ``whole`` the
    model of what is computed as a whole by (stat, clock, layer, variant, scope type).
    """

    model: Model
    counted_facts: tuple[str, ...]
    counts: Mapping[tuple[str, ...], str]
    durations: frozenset[tuple[str, ...]]
    whole: Mapping[tuple[str, ...], str]

    @property
    def sources(self) -> dict[Kind, tuple[Model, ...]]:
        """Where the KPI's rows of each kind are, of all months; a kind that no model has is not there."""
        found = {
            Kind.COUNTS: _views(COUNTS, Kind.COUNTS, self.counts),
            Kind.DURATIONS: (Model(DURATIONS, Kind.DURATIONS),),
            Kind.RECOMPUTED: _views(EVIDENCE, Kind.RECOMPUTED, self.whole),
        }
        return {kind: models for kind, models in found.items() if models}

    def kind_of(self, facts: dict[str, Any]) -> Kind:
        """How one row of the mart came about; companions of a KPI may come from another model than the KPI."""
        if facts["status"] == "grey_not_measurable":
            # What exists of such a KPI was not counted: a part of its inputs is missing.
            return Kind.NONE
        key = tuple(facts[name] for name in ("clock", "layer", "variant"))
        if self.whole_model(facts):
            return Kind.RECOMPUTED
        if (facts["stat"], *key) in self.counts:
            return Kind.COUNTS
        if facts["stat"] in DURATION_STATS and key in self.durations:
            return Kind.DURATIONS
        return Kind.PUBLISHED if facts["stat"] == "published" else Kind.NONE

    def whole_model(self, facts: dict[str, Any]) -> str | None:
        """Name of the model that computes one row of the mart as a whole."""
        names = ("stat", "clock", "layer", "variant", "scope_type")
        return self.whole.get(tuple(facts[name] for name in names))


def _views(union: str, kind: Kind, models: Mapping[tuple[str, ...], str]) -> tuple[Model, ...]:
    return tuple(Model(name, kind, f"{union}.") for name in sorted(set(models.values())))


def find_makings(connection: duckdb.DuckDBPyConnection, definition: Mapping[str, Any]) -> Makings:
    """What a KPI is made of.

    Args:
        connection: reading connection to the warehouse.
        definition: the card of the KPI: kpi_id, stat, computed_in.
    """

    def made(columns: str, relation: str, where: str = "true") -> list[tuple[str, ...]]:
        return connection.execute(
            f"select distinct {columns} from {SCHEMA}.{relation} where kpi_id = ? and {where}",
            [definition["kpi_id"]],
        ).fetchall()

    # Whatever is counted is counted for the company, too.
    company = "scope_type = 'company'"
    keys = "clock, layer, variant"
    counts = {row[:-1]: row[-1] for row in made(f"stat, {keys}, computed_in", ADDED, company)}
    durations = frozenset(made(keys, SORTED, company))
    whole = {row[:-1]: row[-1] for row in made(f"stat, {keys}, scope_type, computed_in", WHOLE)}
    kind, counted_facts = registered(connection, definition["kpi_id"])
    computed_in = definition["computed_in"]
    model = Model(computed_in or "", kind if computed_in else Kind.NONE)
    return Makings(model, counted_facts, counts, durations, whole)


def registered(connection: duckdb.DuckDBPyConnection, kpi_id: str) -> tuple[Kind, tuple[str, ...]]:
    """What the registry's newest version says of a KPI's rows: their kind, and the core tables that they are from."""
    kind, facts = connection.execute(
        "select counted_as, counted_facts from seeds.kpi_definitions where kpi_id = ? "
        "order by kpi_version desc limit 1",
        [kpi_id],
    ).fetchall()[0]
    return Kind(kind), tuple(facts.split("|")) if facts else ()


def recomputed_parts(
    connection: duckdb.DuckDBPyConnection, facts: dict[str, Any]
) -> dict[str, Any]:
    """What a number that is computed as a whole was made of beyond the columns of the mart."""
    keys = [
        *("tenant_id", "month", "kpi_id", "stat", "clock", "layer", "variant"),
        *("scope_type", "scope_id"),
    ]
    shared = {*keys, "value", "value_text", "numerator", "denominator", "n", "ci_low", "ci_high"}
    rows = records(
        connection,
        f"select * from {SCHEMA}.{WHOLE} where {' and '.join(f'{key} = ?' for key in keys)}",
        [facts[key] for key in keys],
    )
    return {
        name: value
        for name, value in (rows[0] if rows else {}).items()
        if name not in {*shared, "computed_in"} and value is not None
    }


def chosen_rows(
    model: Model, facts: dict[str, Any], scope_type: str | None, scope_id: str | None
) -> tuple[str, list[Any]]:
    """The rows behind a row of the mart, as SQL with the values that it binds."""
    conditions = ["found.kpi_id = ?"]
    parameters: list[Any] = [facts["kpi_id"]]
    keys = ["tenant_id", "month", "clock", "layer", "variant"]
    if model.kind is not Kind.DURATIONS:
        keys.append("stat" if model.kind is Kind.COUNTS else "computed_in")
    columns = COLUMNS[model.kind]
    for key in keys:
        if (key != "clock" or key in columns) and facts.get(key) is not None:
            conditions.append(f"found.{key} = ?")
            parameters.append(facts[key])
    placed, given = in_scope(scope_type, scope_id)
    if scope_type is not None and "scope_id" in columns:
        # Rows behind a number that is computed as a whole may name their scope, such as a week of a team.
        placed = (
            "case when found.scope_type is not null then found.scope_type = ? and found.scope_id = ? "
            f"else {placed} end"
        )
        given = [scope_type, scope_id, *given]
    where = " and ".join([*conditions, placed])
    return f"select found.* from {model.address} as found where {where}", [*parameters, *given]


def in_scope(scope_type: str | None, scope_id: str | None) -> tuple[str, list[Any]]:
    """The condition that a row is in a scope, told by keys, so that no name is looked up for what is only counted."""
    if scope_type in (None, "company"):
        return "true", []
    if scope_type in ("platform", "agent"):
        return f"found.{'platform' if scope_type == 'platform' else 'agent_key'} = ?", [scope_id]
    if scope_type not in PLACES:
        return "(found.subject_type = ? and found.subject_id = ?)", [scope_type, scope_id]
    table, key, name, nowhere = PLACES[scope_type]
    known = f"select {key} from {table}"
    if scope_id == nowhere:
        return f"(found.{key} is null or found.{key} not in ({known}))", []
    return f"found.{key} in ({known} where {name} = ?)", [scope_id]
