"""The rows behind a number, read from the three relations that hold what every KPI counts.

Two of them the mart adds up: one with numerator, denominator and n, one with seconds. The third holds the rows behind
numbers that are computed as a whole, each with the model that computes from it. What is listed is what was counted:
attribution, months and conditions are not repeated here, only the scope is picked, by the columns that the roll-ups
group by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.explain.question import records
from orchestration.explain.relations import EVIDENCE, SCHEMA, UNIONS, WHOLE, Kind
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
_MATCHING = (
    "select count(distinct fact_key) from {table} "
    "where tenant_id = ? and month = ? and kpi_id = ? and layer = ? and variant = ?"
)


@dataclass(frozen=True)
class Model:
    """Where rows are: a relation or temporary table; for a card the model that it names."""

    name: str
    kind: Kind
    schema: str = f"{SCHEMA}."

    @property
    def address(self) -> str:
        """As a query names it."""
        return f"{self.schema}{self.name}"


@dataclass(frozen=True)
class Makings:
    """How the rows of a KPI come about.

    ``counts`` holds (stat, clock, layer, variant), ``durations`` (clock, layer, variant), ``whole`` the model of what
    is computed as a whole by (stat, clock, layer, variant, scope type). ``observed`` are the KPI's own rows, read once,
    ``numbers`` and ``evidence`` what is computed as a whole and the rows behind it.
    """

    model: Model
    counts: frozenset[tuple[str, ...]]
    durations: frozenset[tuple[str, ...]]
    whole: dict[tuple[str, ...], str]
    observed: dict[Kind, Model]
    numbers: Model
    evidence: Model

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


def find_makings(connection: duckdb.DuckDBPyConnection, definition: Mapping[str, Any]) -> Makings:
    """What a KPI is made of. Rows that only a view tells are put into temporary tables, nothing is written to the file.

    Args:
        connection: reading connection to the warehouse.
        definition: the card of the KPI: kpi_id, stat, computed_in.
    """
    kpi_id = definition["kpi_id"]

    def made(columns: str, model: Model) -> frozenset[tuple[str, ...]]:
        found = connection.execute(
            f"select distinct {columns} from {model.address} where kpi_id = ?", [kpi_id]
        ).fetchall()
        return frozenset(found)

    observed = {kind: _remembered(connection, kind, name, kpi_id) for kind, name in UNIONS.items()}
    numbers = _remembered(connection, Kind.RECOMPUTED, WHOLE, kpi_id)
    keys = "clock, layer, variant"
    counts = made(f"stat, {keys}", observed[Kind.COUNTS])
    durations = made(keys, observed[Kind.DURATIONS])
    whole = {row[:-1]: row[-1] for row in made(f"stat, {keys}, scope_type, computed_in", numbers)}
    # What nothing is computed from as a whole has no rows there: the relation need not be read.
    evidence = _remembered(connection, Kind.RECOMPUTED, EVIDENCE, kpi_id if whole else None)
    kind = registered_kind(connection, kpi_id) if definition["computed_in"] else Kind.NONE
    model = Model(definition["computed_in"] or "", kind)
    return Makings(model, counts, durations, whole, observed, numbers, evidence)


def registered_kind(connection: duckdb.DuckDBPyConnection, kpi_id: str) -> Kind:
    """What the registry says of a KPI's rows, in its newest version."""
    rows = connection.execute(
        "select counted_as from seeds.kpi_definitions where kpi_id = ? order by kpi_version desc limit 1",
        [kpi_id],
    ).fetchall()
    return Kind(rows[0][0])


def _remembered(
    connection: duckdb.DuckDBPyConnection, kind: Kind, relation: str, kpi_id: str | None
) -> Model:
    """Where a relation's rows of a KPI are: itself, or a temporary table of what a view tells, empty without a KPI."""
    if kpi_id is not None and _is_table(connection, relation):
        return Model(relation, kind)
    table = f"explained_{relation}"
    if kpi_id is None:
        # Planning a view that unites dozens costs more than all that is read afterwards.
        columns = connection.execute(
            "select string_agg(column_name || ' ' || data_type, ', ' order by column_index) from duckdb_columns() "
            "where schema_name = ? and table_name = ?",
            [SCHEMA, relation],
        ).fetchall()[0][0]
        connection.execute(f"create or replace temp table {table} ({columns})")
    else:
        # Written out, the KPI is known when the query is planned: what observes other KPIs is not read at all.
        connection.execute(
            f"create or replace temp table {table} as select * from {SCHEMA}.{relation} "
            f"where kpi_id = {sql_text(kpi_id)}"
        )
    return Model(table, kind, schema="")


def _is_table(connection: duckdb.DuckDBPyConnection, relation: str) -> bool:
    found = connection.execute(
        "select count(*) from duckdb_tables() where schema_name = ? and table_name = ?",
        [SCHEMA, relation],
    ).fetchall()
    return bool(found[0][0])


def uncounted_rows(
    connection: duckdb.DuckDBPyConnection, makings: Makings, facts: dict[str, Any]
) -> int:
    """How many rows of a number exist that the mart does not count, because a part of its inputs is missing."""
    keys = ("tenant_id", "month", "kpi_id", "layer", "variant")
    given = [facts[key] for key in keys]
    found = [
        connection.execute(_MATCHING.format(table=model.address), given).fetchall()[0][0]
        for model in makings.observed.values()
    ]
    return sum(found)


def recomputed_parts(
    connection: duckdb.DuckDBPyConnection, makings: Makings, facts: dict[str, Any]
) -> dict[str, Any]:
    """What a number that is computed as a whole was made of beyond the columns of the mart."""
    keys = [
        *("tenant_id", "month", "kpi_id", "stat", "clock", "layer", "variant"),
        *("scope_type", "scope_id"),
    ]
    shared = {*keys, "value", "value_text", "numerator", "denominator", "n", "ci_low", "ci_high"}
    rows = records(
        connection,
        f"select * from {makings.numbers.address} where {' and '.join(f'{key} = ?' for key in keys)}",
        [facts[key] for key in keys],
    )
    return {
        name: value
        for name, value in (rows[0] if rows else {}).items()
        if name not in {*shared, "computed_in"} and value is not None
    }
