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
from orchestration.warehouse import sql_text

DURATION_STATS = ("median", "mean", "p10", "p90", "p95", "min", "max")
SCOPE_COLUMNS = {
    "platform": "platform",
    "marketplace_account": "marketplace_account_id",
    "channel": "channel_id",
    "team": "team_id",
    "agent": "agent_key",
}
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

    ``counts`` holds the model of (stat, clock, layer, variant), ``durations`` (clock, layer, variant), ``whole`` the
    model of what is computed as a whole by (stat, clock, layer, variant, scope type).
    """

    model: Model
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
    kpi_id, computed_in = definition["kpi_id"], definition["computed_in"]
    kind = registered_kind(connection, kpi_id) if computed_in else Kind.NONE
    return Makings(Model(computed_in or "", kind), counts, durations, whole)


def registered_kind(connection: duckdb.DuckDBPyConnection, kpi_id: str) -> Kind:
    """What the registry says of a KPI's rows, in its newest version."""
    rows = connection.execute(
        "select counted_as from seeds.kpi_definitions where kpi_id = ? order by kpi_version desc limit 1",
        [kpi_id],
    ).fetchall()
    return Kind(rows[0][0])


def gather(
    connection: duckdb.DuckDBPyConnection, makings: Makings, facts: Mapping[str, Any]
) -> dict[Kind, Model]:
    """The rows of each kind that may be behind the parts of a number, for all of which they are read once.

    They are put into temporary tables; nothing is written to the file. Durations lie sorted in a table of their own.

    Args:
        connection: reading connection to the warehouse.
        makings: what the KPI is made of.
        facts: tenant_id, month, kpi_id, scope_type and scope_id of the number.
    """
    # Written out, the KPI is known when the query is planned: what observes other KPIs is not read at all.
    chosen = " and ".join(
        f"{name} = {sql_text(str(facts[name]))}" for name in ("kpi_id", "tenant_id", "month")
    )
    scope_type, scope_id = (sql_text(facts[name]) for name in ("scope_type", "scope_id"))
    # Rows that name their scope are repeated for each; apart, the type alone is known before scopes are joined.
    own = (
        f"(scope_type is null or scope_type = {scope_type}) "
        f"and (scope_type is null or scope_id = {scope_id})"
    )
    found: dict[Kind, Model] = {}
    for kind, models in makings.sources.items():
        if kind is Kind.DURATIONS:
            found[kind] = models[0]
            continue
        where = f"{chosen} and {own}" if kind is Kind.RECOMPUTED else chosen
        table = f"explained_{kind.value}"
        rows = " union all ".join(f"select * from {one.address} where {where}" for one in models)
        connection.execute(f"create or replace temp table {table} as {rows}")
        found[kind] = Model(table, kind, schema="")
    return found


def uncounted_rows(
    connection: duckdb.DuckDBPyConnection, gathered: Mapping[Kind, Model], facts: dict[str, Any]
) -> int:
    """How many rows of a number exist that the mart does not count, because a part of its inputs is missing."""
    keys = ("tenant_id", "month", "kpi_id", "layer", "variant")
    where = " and ".join(f"{key} = ?" for key in keys)
    found = [
        connection.execute(
            f"select count(distinct fact_key) from {gathered[kind].address} where {where}",
            [facts[key] for key in keys],
        ).fetchall()[0][0]
        for kind in (Kind.COUNTS, Kind.DURATIONS)
        if kind in gathered
    ]
    return sum(found)


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
