"""The rows behind a number, read from the three relations that hold what every KPI counts.

Two of them the mart adds up: one with numerator, denominator and n, one with seconds. The third holds the rows behind
numbers that are computed as a whole, each with the model that computes from it. What is listed is what was counted:
attribution, months and conditions are not repeated here, only the scope is picked, by the columns that the roll-ups
group by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import duckdb

from orchestration.explain.question import records
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


class Kind(Enum):
    """How the rows of a KPI relate to the mart's numbers; the registry says it in ``counted_as``."""

    COUNTS = "counts"
    """Rows with numerator, denominator and n, which the mart adds up."""
    DURATIONS = "durations"
    """Rows with seconds, which the mart sorts."""
    RECOMPUTED = "whole"
    """Final numbers: what cannot be added up."""
    PUBLISHED = "published"
    """Numbers that a platform states itself."""
    NONE = "none"
    """Nothing of the kind is in the warehouse."""


UNIONS = {
    Kind.COUNTS: "int_kpi_counts_observed",
    Kind.DURATIONS: "int_kpi_durations_observed",
}
"""What unites all observations, from which the mart is rolled up."""
WHOLE = "int_kpi_recomputed"
"""All numbers that are computed as a whole, as the mart takes them, with the model that computes them."""
EVIDENCE = "int_kpi_evidence"
"""The rows behind them."""


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
    "select distinct fact_key from {table} "
    "where tenant_id = ? and month = ? and kpi_id = ? and layer = ? and variant = ?"
)


@dataclass(frozen=True)
class Model:
    """Where rows are: a relation or temporary table; for a card the model that it names."""

    name: str
    kind: Kind
    schema: str = "intermediate."

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
    """What a KPI is made of; its rows are put into temporary tables, nothing is written to the warehouse.

    Args:
        connection: reading connection to the warehouse.
        definition: the card of the KPI: kpi_id, stat, computed_in.
    """
    kpi_id = definition["kpi_id"]

    def made(columns: str, model: Model) -> frozenset[tuple[str, ...]]:
        found = connection.execute(f"select distinct {columns} from {model.address}").fetchall()
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
    """A temporary table of what a relation holds of a KPI; without a KPI it is empty."""
    table = f"explained_{relation}"
    if kpi_id is None:
        # Planning a view that unites dozens costs more than all that is read afterwards.
        columns = connection.execute(
            "select string_agg(column_name || ' ' || data_type, ', ' order by column_index) from duckdb_columns() "
            "where schema_name = 'intermediate' and table_name = ?",
            [relation],
        ).fetchall()[0][0]
        connection.execute(f"create or replace temp table {table} ({columns})")
    else:
        # Written out, the KPI is known when the query is planned: what observes other KPIs is not read at all.
        connection.execute(
            f"create or replace temp table {table} as select * from intermediate.{relation} "
            f"where kpi_id = {sql_text(kpi_id)}"
        )
    return Model(table, kind, schema="")


def uncounted_rows(
    connection: duckdb.DuckDBPyConnection, makings: Makings, facts: dict[str, Any]
) -> int:
    """How many rows of a number exist that the mart does not count, because a part of its inputs is missing."""
    keys = ("tenant_id", "month", "kpi_id", "layer", "variant")
    return sum(
        len(records(connection, _MATCHING.format(table=model.name), [facts[key] for key in keys]))
        for model in makings.observed.values()
    )


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
        model: observations, or evidence of the same columns.
        facts: key of the mart's row: tenant_id, month, kpi_id and clock, layer, variant; stat for counts, computed_in
            for evidence. None = all.
        scope_type: scope to pick, None or company = everything.
        scope_id: its id in the mart.
    """
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
    outer = "true"
    if scope_type is not None and "scope_id" in columns:
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
            from {model.address} as found
            {_joins(facts.get("layer"))}
            where {" and ".join(conditions)}
        )
        select * from located where {outer} order by happened_at, fact_key
        """,
        parameters,
    )


def _columns(model: Model, layer: str | None) -> str:
    columns = {"month", "layer", "variant", *COLUMNS[model.kind]}

    def own(name: str) -> str:
        return f"found.{name}" if name in columns else f"null as {name}"

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
