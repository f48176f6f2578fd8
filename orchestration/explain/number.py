"""Explains one KPI of one month: the number, its target, what it is made of, and what was left out."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from ingestion.errors import ConfigurationError
from orchestration.explain.families import FAMILIES, rows_query
from orchestration.warehouse import open_read_only

SCOPES = ("agent", "channel", "team", "platform", "account")
_SCOPE_TYPES = {"account": "marketplace_account"}
ROW_COLUMNS = (
    "at",
    "ticket_id",
    "what",
    "numerator",
    "denominator",
    "seconds",
    "channel_id",
    "team",
    "agent_key",
    "owner_rule",
    "row_key",
)


class UnknownNumberError(ConfigurationError):
    """There is no such KPI, month or scope."""


@dataclass(frozen=True)
class Question:
    """What is asked: a KPI, a month, one scope, perhaps one layer."""

    kpi_id: str
    month: date
    scope_type: str = "company"
    scope_name: str = "company"
    layer: str | None = None


@dataclass
class Part:
    """One row of the mart (stat, clock, layer, variant) with the rows found behind it."""

    facts: dict[str, Any]
    rows: list[dict[str, Any]] = field(default_factory=list)
    has_rows: bool = False

    @property
    def title(self) -> str:
        """Which of the KPI's rows this is."""
        keys = ("stat", "clock", "layer", "variant")
        return " · ".join(str(self.facts[key]) for key in keys if self.facts[key] != "none")

    @property
    def expected_rows(self) -> int:
        """How many rows the mart says it counted."""
        return int(self.facts["n"] or 0)

    @property
    def agrees(self) -> bool:
        """Whether the rows found are the ones the mart counted."""
        numerator = sum(row["numerator"] or 0 for row in self.rows)
        return len(self.rows) == self.expected_rows and numerator == int(
            self.facts["numerator"] or 0
        )

    def owner_rules(self) -> dict[str, int]:
        """Rows by the rule that found their owner (catalogue §4 A2)."""
        counts: dict[str, int] = {}
        for row in self.rows:
            if row["owner_rule"]:
                counts[row["owner_rule"]] = counts.get(row["owner_rule"], 0) + 1
        return dict(sorted(counts.items(), key=lambda item: -item[1]))


@dataclass
class Explanation:
    """Everything about one number."""

    question: Question
    scope_id: str
    definition: dict[str, Any]
    parts: list[Part]
    left_out: list[tuple[str, int]]


def parse_month(text: str) -> date:
    """``2026-10`` as its first day.

    Raises:
        ConfigurationError: the text is no month.
    """
    try:
        year, month = text.split("-")
        return date(int(year), int(month), 1)
    except ValueError as error:
        raise ConfigurationError(f"{text!r} is no month; write it like 2026-10.") from error


def explain(warehouse: Path, question: Question) -> Explanation:
    """Look a number up in the mart and find the rows behind it in the core facts.

    Raises:
        UnknownNumberError: no such KPI, month, scope or layer; the message lists what there is.
        WarehouseLockedError: a run is writing; try again when it has ended.
    """
    if not warehouse.exists():
        raise UnknownNumberError(f"{warehouse} does not exist yet: run deskhouse run first.")
    with open_read_only(warehouse) as connection:
        definition = _definition(connection, question.kpi_id)
        scope_id = _scope_id(connection, question)
        parts = _parts(connection, question, scope_id)
        for part in parts:
            _find_rows(connection, question, scope_id, part)
        left_out = _left_out(connection, question)
    return Explanation(question, scope_id, definition, parts, left_out)


def _records(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: list[Any]
) -> list[dict[str, Any]]:
    cursor = connection.execute(query, parameters)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _definition(connection: duckdb.DuckDBPyConnection, kpi_id: str) -> dict[str, Any]:
    found = _records(
        connection,
        "select * from governance_review.kpi_definitions where kpi_id = ? order by kpi_version desc limit 1",
        [kpi_id],
    )
    if not found:
        near = connection.execute(
            "select kpi_id from governance_review.kpi_definitions order by levenshtein(kpi_id, ?), kpi_id limit 3",
            [kpi_id],
        ).fetchall()
        raise UnknownNumberError(
            f"There is no KPI {kpi_id}; near it are {', '.join(name for (name,) in near)}."
        )
    return found[0]


_NAMED = {
    "agent": ("core.dim_agents", "agent_key", ("agent_key", "agent_id", "display_name")),
    "channel": ("core.dim_channels", "channel_id", ("channel_id", "name")),
    "team": ("core.dim_teams", "team_id", ("team_id", "name")),
    "marketplace_account": (
        "core.dim_marketplace_accounts",
        "marketplace_account_id",
        ("marketplace_account_id",),
    ),
}


def _scope_id(connection: duckdb.DuckDBPyConnection, question: Question) -> str:
    """The mart's scope id of what a person typed: an id, a key or a name."""
    named = _NAMED.get(question.scope_type)
    wanted = question.scope_name
    if named is None or wanted in ("unowned", "no_team", "no_channel"):
        return wanted
    table, key, columns = named
    condition = " or ".join(f"lower({column}) = lower(?)" for column in columns)
    found = connection.execute(
        f"select distinct {key} from {table} where {condition} order by 1", [wanted] * len(columns)
    ).fetchall()
    if not found:
        raise UnknownNumberError(f"There is no {question.scope_type} {wanted} in {table}.")
    if len(found) > 1:
        keys = ", ".join(str(row[0]) for row in found)
        raise UnknownNumberError(f"{wanted} names several of {table}: {keys}; give one of these.")
    return str(found[0][0])


def _parts(connection: duckdb.DuckDBPyConnection, question: Question, scope_id: str) -> list[Part]:
    found = _records(
        connection,
        """
        select * from governance_review.kpi_monthly
        where kpi_id = ? and month = ? and scope_type = ? and scope_id = ?
            and (? is null or layer = ?)
        order by is_governed desc, layer, clock, stat, variant, tenant_id
        """,
        [
            question.kpi_id,
            question.month,
            question.scope_type,
            scope_id,
            question.layer,
            question.layer,
        ],
    )
    if not found:
        scopes = connection.execute(
            "select string_agg(distinct scope_type, ', ' order by scope_type), min(month), max(month) "
            "from governance_review.kpi_monthly where kpi_id = ?",
            [question.kpi_id],
        ).fetchall()[0]
        raise UnknownNumberError(
            f"{question.kpi_id} has no row for {question.month:%Y-%m} and {question.scope_type} {scope_id}; "
            f"it has {scopes[0] or 'no scopes'} from {scopes[1]} to {scopes[2]}."
        )
    return [Part(facts) for facts in found]


_SCOPE_CONDITIONS = {
    "company": "true",
    "platform": "found.platform = ?",
    "marketplace_account": "accounts.marketplace_account_id = ?",
    "channel": "coalesce(channels.channel_id, 'no_channel') = ?",
    "team": "coalesce(teams.team_id, 'no_team') = ?",
    "agent": "found.agent_key = ?",
}


def _find_rows(
    connection: duckdb.DuckDBPyConnection, question: Question, scope_id: str, part: Part
) -> None:
    facts = part.facts
    as_of = f"timestamp '{facts['as_of']}'"
    query = rows_query(question.kpi_id, facts["stat"], facts["layer"], facts["clock"], as_of)
    if query is None or question.scope_type not in _SCOPE_CONDITIONS:
        return
    parameters = [facts["tenant_id"], facts["month"]]
    if question.scope_type != "company":
        parameters.append(scope_id)
    part.rows = _records(
        connection,
        f"""
        select found.at, tickets.ticket_id, found.what, found.numerator, found.denominator, found.seconds,
            channels.channel_id, teams.name as team, found.agent_key, found.owner_rule, found.row_key
        from ({query}) as found
        join intermediate.int_kpi_months as months
            on found.tenant_id = months.tenant_id
            and found.at >= months.month_start_at and found.at < months.month_end_at
        left join core.dim_tickets as tickets on found.ticket_key = tickets.ticket_key
        left join core.dim_marketplace_accounts as accounts
            on found.marketplace_account_key = accounts.marketplace_account_key
        left join core.dim_channels as channels on found.channel_key = channels.channel_key
        left join core.dim_teams as teams on found.team_key = teams.team_key
        where found.tenant_id = ? and months.month = ? and {_SCOPE_CONDITIONS[question.scope_type]}
        order by found.at, found.row_key
        """,
        parameters,
    )
    part.has_rows = True


def _left_out(connection: duckdb.DuckDBPyConnection, question: Question) -> list[tuple[str, int]]:
    """What began in the month and is in no KPI, with the reason, over the whole company."""
    rows = connection.execute(
        """
        with months as (
            select tenant_id, month_start_at, month_end_at from intermediate.int_kpi_months where month = ?
        )
        select 'tickets excluded: ' || tickets.exclusion_reason, count(*)
        from core.dim_tickets as tickets
        join months on tickets.tenant_id = months.tenant_id
            and tickets.created_at >= months.month_start_at and tickets.created_at < months.month_end_at
        where tickets.is_excluded group by 1
        union all
        select 'turns excluded: ' || coalesce(turns.exclusion_reason, 'ticket'), count(*)
        from core.fct_response_obligations as turns
        join months on turns.tenant_id = months.tenant_id
            and turns.started_at >= months.month_start_at and turns.started_at < months.month_end_at
        where turns.state = 'excluded' group by 1
        union all
        select 'turns waived: ' || turns.waiver_reason, count(*)
        from core.fct_response_obligations as turns
        join months on turns.tenant_id = months.tenant_id
            and turns.started_at >= months.month_start_at and turns.started_at < months.month_end_at
        where turns.state = 'waived' group by 1
        order by 1
        """,
        [question.month],
    ).fetchall()
    return [(str(reason), int(count)) for reason, count in rows]


def write_csv(explanation: Explanation, path: Path) -> int:
    """All rows behind the number, one line per row and part; returns how many lines were written."""
    lines = 0
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["stat", "clock", "layer", "variant", *ROW_COLUMNS])
        for part in explanation.parts:
            key = [part.facts[name] for name in ("stat", "clock", "layer", "variant")]
            for row in part.rows:
                writer.writerow([*key, *(row[name] for name in ROW_COLUMNS)])
                lines += 1
    return lines


def explainable() -> tuple[str, ...]:
    """KPIs whose rows can be listed; the others are published by a marketplace or recomputed from windows."""
    return tuple(FAMILIES)
