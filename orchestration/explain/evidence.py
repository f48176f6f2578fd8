"""The rows behind a number, read from the observations that the mart adds up.

An observation model holds one row per counted thing. Two views unite them all: one with numerator, denominator and n,
one with seconds. What is listed is what was counted: attribution, months and conditions are not repeated here, only
the scope is picked, by the columns that the roll-ups group by.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import duckdb

from orchestration.explain.question import records, relation_columns

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


class Kind(Enum):
    """How a model of the registry relates to the mart's numbers."""

    COUNTS = "counts"
    """Rows with numerator, denominator and n, which the mart adds up."""
    DURATIONS = "durations"
    """Rows with seconds, which the mart sorts."""
    RECOMPUTED = "recomputed"
    """Final numbers: what cannot be added up."""
    PUBLISHED = "published"
    """Numbers that a platform states itself."""
    NONE = "none"
    """Nothing of the kind is in the warehouse."""


UNIONS = {
    Kind.COUNTS: "int_kpi_counts_observed",
    Kind.DURATIONS: "int_kpi_durations_observed",
}
"""The views that unite all observations, from which the mart is rolled up."""


_MATCHING = (
    "select distinct fact_key from {table} "
    "where tenant_id = ? and month = ? and kpi_id = ? and layer = ? and variant = ?"
)


@dataclass(frozen=True)
class Model:
    """A model that a KPI is computed in."""

    name: str
    kind: Kind
    columns: frozenset[str]
    schema: str = "intermediate."


def find_model(connection: duckdb.DuckDBPyConnection, name: str | None) -> Model:
    """The kind of a model, told by its columns; one without a relation is part of the union of all counts."""
    if not name:
        return Model("", Kind.NONE, frozenset())
    columns = relation_columns(connection, "intermediate", name)
    if not columns:
        return Model(name, Kind.COUNTS, frozenset())
    if "captured_at" in columns and "rate" in columns:
        kind = Kind.PUBLISHED
    elif {"fact_key", "seconds"} <= columns:
        kind = Kind.DURATIONS
    elif {"fact_key", "stat", "numerator"} <= columns:
        kind = Kind.COUNTS
    elif {"scope_type", "scope_id", "value"} <= columns:
        kind = Kind.RECOMPUTED
    else:
        kind = Kind.NONE
    return Model(name, kind, columns)


@dataclass(frozen=True)
class Makings:
    """How the rows of a KPI come about.

    ``counts`` holds (stat, clock, layer, variant), ``durations`` (clock, layer, variant), ``whole`` the model of what
    is computed as a whole by (stat, clock, layer, variant, scope type). ``observed`` are the KPI's own rows, read once.
    """

    model: Model
    counts: frozenset[tuple[str, ...]]
    durations: frozenset[tuple[str, ...]]
    whole: dict[tuple[str, ...], str]
    observed: dict[Kind, Model]

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


def find_makings(connection: duckdb.DuckDBPyConnection, kpi_id: str, name: str | None) -> Makings:
    """What a KPI is made of; its observations are put into temporary tables, nothing is written to the warehouse.

    Args:
        connection: reading connection to the warehouse.
        kpi_id: the KPI.
        name: the model that the registry names for it.
    """
    observed = {}
    for kind, view in UNIONS.items():
        table = f"explained_{kind.value}"
        connection.execute(
            f"create or replace temp table {table} as select * from intermediate.{view} where kpi_id = ?",
            [kpi_id],
        )
        columns = relation_columns(connection, "intermediate", view)
        observed[kind] = Model(table, kind, columns, schema="")

    def made(columns: str, relation: str) -> frozenset[tuple[str, ...]]:
        query = f"select distinct {columns} from {relation} where kpi_id = ?"
        return frozenset(connection.execute(query, [kpi_id]).fetchall())

    keys = "clock, layer, variant"
    wholes = made(f"stat, {keys}, scope_type, computed_in", "intermediate.int_kpi_recomputed")
    return Makings(
        find_model(connection, name),
        made(f"stat, {keys}", observed[Kind.COUNTS].name),
        made(keys, observed[Kind.DURATIONS].name),
        {row[:-1]: row[-1] for row in wholes},
        observed,
    )


def uncounted_rows(
    connection: duckdb.DuckDBPyConnection, makings: Makings, facts: dict[str, Any]
) -> int:
    """How many rows of a number exist that the mart does not count, because a part of its inputs is missing."""
    keys = ("tenant_id", "month", "kpi_id", "layer", "variant")
    return sum(
        len(records(connection, _MATCHING.format(table=model.name), [facts[key] for key in keys]))
        for model in makings.observed.values()
    )


def rows_behind(connection: duckdb.DuckDBPyConnection, name: str) -> Model | None:
    """The view of rows beside a model of final numbers: its name with ``_rows`` behind it."""
    columns = relation_columns(connection, "intermediate", f"{name}_rows")
    return Model(f"{name}_rows", Kind.RECOMPUTED, columns) if columns else None


def observed_rows(
    connection: duckdb.DuckDBPyConnection,
    model: Model,
    facts: dict[str, Any],
    scope_type: str | None = None,
    scope_id: str | None = None,
) -> list[dict[str, Any]]:
    """The rows of an observation model behind one row of the mart.

    Args:
        connection: reading connection to the warehouse.
        model: an observation model, or one of the same columns behind a recomputed model.
        facts: key of the mart's row: tenant_id, month, kpi_id and clock, layer, variant; stat for counts. None = all.
        scope_type: scope to pick, None or company = everything.
        scope_id: its id in the mart.
    """
    conditions = ["found.kpi_id = ?"]
    parameters: list[Any] = [facts["kpi_id"]]
    keys = ["tenant_id", "month", "clock", "layer", "variant"]
    if model.kind is Kind.COUNTS:
        keys.append("stat")
    for key in keys:
        if key in model.columns and facts.get(key) is not None:
            conditions.append(f"found.{key} = ?")
            parameters.append(facts[key])
    outer = "true"
    if scope_type is not None and "scope_id" in model.columns:
        # Rows behind a number that is computed as a whole may name their scope, such as a week of a team.
        places = SCOPE_COLUMNS.get(scope_type)
        in_place = f"{places} = ?" if places else "subject_type = ? and subject_id = ?"
        given = [scope_id] if places else [scope_type, scope_id]
        in_place = "true" if scope_type == "company" else in_place
        outer = f"case when scope_type is not null then scope_type = ? and scope_id = ? else {in_place} end"
        parameters += [scope_type, scope_id, *([] if scope_type == "company" else given)]
    elif scope_type in SCOPE_COLUMNS:
        outer = f"{SCOPE_COLUMNS[scope_type]} = ?"
        parameters.append(scope_id)
    elif scope_type not in (None, "company"):
        outer = "subject_type = ? and subject_id = ?"
        parameters += [scope_type, scope_id]
    return records(
        connection,
        f"""
        with located as (
            select {_columns(model, facts.get("layer"))}
            from {model.schema}{model.name} as found
            {_joins(facts.get("layer"))}
            where {" and ".join(conditions)}
        )
        select * from located where {outer} order by happened_at, fact_key
        """,
        parameters,
    )


def _columns(model: Model, layer: str | None) -> str:
    def own(name: str) -> str:
        return f"found.{name}" if name in model.columns else f"null as {name}"

    rule = (
        f"coalesce(turns.{layer}_owner_rule, verdicts.owner_rule)"
        if layer in ("marketplace", "internal")
        else "verdicts.owner_rule"
        if layer == "group"
        else "cast(null as varchar)"
    )
    own_columns = (
        *("month", "stat", "clock", "layer", "variant", "happened_at", "detail", "numerator"),
        *("denominator", "seconds", "platform", "agent_key", "subject_type", "subject_id"),
        *("fact_key", "ticket_key", "scope_type", "scope_id"),
    )
    n = "cast(1 as bigint) as n" if model.kind is Kind.DURATIONS else own("n")
    return ", ".join(
        (
            *(own(name) for name in own_columns),
            n,
            "tickets.ticket_id",
            "accounts.marketplace_account_id",
            "coalesce(channels.channel_id, 'no_channel') as channel_id",
            "coalesce(teams.team_id, 'no_team') as team_id",
            "teams.name as team",
            "agents.display_name as agent",
            f"{rule} as owner_rule",
        )
    )


def _joins(layer: str | None) -> str:
    verdicts = ""
    if layer in ("marketplace", "internal"):
        verdicts = "left join core.fct_response_obligations as turns on found.fact_key = turns.obligation_key"
    if layer in ("marketplace", "internal", "group"):
        verdicts += " left join core.fct_sla_verdicts as verdicts on found.fact_key = verdicts.sla_verdict_key"
    return f"""
        left join core.dim_tickets as tickets on found.ticket_key = tickets.ticket_key
        left join core.dim_marketplace_accounts as accounts
            on found.marketplace_account_key = accounts.marketplace_account_key
        left join core.dim_channels as channels on found.channel_key = channels.channel_key
        left join core.dim_teams as teams on found.team_key = teams.team_key
        left join core.dim_agents as agents on found.agent_key = agents.agent_key
        {verdicts}
        """


def published_rows(
    connection: duckdb.DuckDBPyConnection, model: Model, facts: dict[str, Any]
) -> list[dict[str, Any]]:
    """The snapshots of the platform that a published number was taken from, one per account and dimension."""
    scope = {
        "marketplace_account": "found.marketplace_account_id = ?",
        "platform": "accounts.platform = ?",
    }.get(facts["scope_type"], "? is not null")
    return records(
        connection,
        f"""
        select
            found.captured_at as happened_at,
            concat_ws(' ', found.dimension_key, coalesce(found.published_status, '')) as detail,
            found.numerator,
            found.denominator,
            found.denominator as n,
            found.rate,
            found.target_value,
            found.is_stale,
            accounts.platform,
            found.marketplace_account_id
        from intermediate.{model.name} as found
        left join core.dim_marketplace_accounts as accounts
            on found.tenant_id = accounts.tenant_id
            and found.marketplace_account_id = accounts.marketplace_account_id
        where found.tenant_id = ? and found.month = ? and found.kpi_id = ? and found.variant = ? and {scope}
        order by found.marketplace_account_id, found.dimension_key nulls first, found.captured_at
        """,
        [*(facts[name] for name in ("tenant_id", "month", "kpi_id", "variant")), facts["scope_id"]],
    )


def recomputed_parts(
    connection: duckdb.DuckDBPyConnection, model: Model, facts: dict[str, Any]
) -> dict[str, Any]:
    """What the row of a recomputed model has beyond the columns of the mart."""
    keys = [
        *("tenant_id", "month", "kpi_id", "stat", "clock", "layer", "variant"),
        *("scope_type", "scope_id"),
    ]
    shared = {*keys, "value", "value_text", "numerator", "denominator", "n", "ci_low", "ci_high"}
    if not model.columns - shared:
        return {}
    rows = records(
        connection,
        f"select * from intermediate.{model.name} where {' and '.join(f'{key} = ?' for key in keys)}",
        [facts[key] for key in keys],
    )
    return {name: value for name, value in (rows[0] if rows else {}).items() if name not in shared}
