"""What is asked of explain, and how names that people type become the scope ids of the mart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from ingestion.errors import ConfigurationError
from orchestration.former_keys import former_keys


class UnknownNumberError(ConfigurationError):
    """There is no such KPI, month, scope, layer or variant; ``agent_keys`` are the persons that the text tells of."""

    def __init__(self, text: str, agent_keys: Sequence[str] = ()) -> None:
        super().__init__(text)
        self.agent_keys = tuple(agent_keys)


@dataclass(frozen=True)
class Question:
    """A KPI, a month, one scope, perhaps one layer and one variant; ``tenant_id`` None = every tenant."""

    kpi_id: str
    month: date
    scope_type: str = "company"
    scope_name: str = "company"
    layer: str | None = None
    variant: str | None = None
    tenant_id: str | None = None


@dataclass(frozen=True)
class _Named:
    """Where the names of a scope type lie: relation, column of the id, columns that a person may type."""

    relation: str
    key: str
    columns: tuple[str, ...]


_NAMED = {
    "agent": _Named("core.dim_agents", "agent_key", ("agent_key", "agent_id", "display_name")),
    "channel": _Named("core.dim_channels", "channel_id", ("channel_id", "name")),
    "team": _Named("core.dim_teams", "team_id", ("team_id", "name")),
    "marketplace_account": _Named(
        "core.dim_marketplace_accounts", "marketplace_account_id", ("marketplace_account_id",)
    ),
    "reason": _Named("core.dim_tags", "lower(name)", ("tag_id", "name")),
    "macro": _Named("core.dim_macros", "macro_id", ("macro_id", "name")),
}
_SHOWN_NAMES = 8


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


def records(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: list[Any]
) -> list[dict[str, Any]]:
    """All rows of a query as mappings."""
    cursor = connection.execute(query, parameters)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def relation_columns(
    connection: duckdb.DuckDBPyConnection, schema: str, relation: str
) -> frozenset[str]:
    """Names of the columns of a table or view; empty when it does not exist."""
    rows = connection.execute(
        "select column_name from information_schema.columns where table_schema = ? and table_name = ?",
        [schema, relation],
    ).fetchall()
    return frozenset(str(name) for (name,) in rows)


def find_definition(connection: duckdb.DuckDBPyConnection, kpi_id: str) -> dict[str, Any]:
    """The newest card of a KPI.

    Raises:
        UnknownNumberError: there is none; the message names the nearest ids.
    """
    found = records(
        connection,
        "select * from governance_review.kpi_definitions where kpi_id = ? order by kpi_version desc limit 1",
        [kpi_id],
    )
    if not found:
        near = connection.execute(
            "select distinct kpi_id, levenshtein(kpi_id, ?) as distance "
            "from governance_review.kpi_definitions order by distance, kpi_id limit 3",
            [kpi_id],
        ).fetchall()
        raise UnknownNumberError(
            f"There is no KPI {kpi_id}; near it are {', '.join(name for name, _ in near)}."
        )
    return found[0]


def find_scope_id(connection: duckdb.DuckDBPyConnection, question: Question) -> str:
    """The mart's scope id of what a person typed: an id, a key or a display name, in any case.

    Raises:
        UnknownNumberError: nothing, or more than one thing, has this name; the message says what there is.
    """
    scope_type, wanted = question.scope_type, question.scope_name
    if scope_type == "company":
        return "company"
    if scope_type == "agent":
        wanted = former_keys(connection).get(wanted.lower(), wanted)
    known = [
        str(scope_id)
        for (scope_id,) in connection.execute(
            "select distinct scope_id from governance_review.kpi_monthly where scope_type = ? "
            "and coalesce(?, tenant_id) = tenant_id order by 1",
            [scope_type, question.tenant_id],
        ).fetchall()
    ]
    exact = [scope_id for scope_id in known if scope_id.lower() == wanted.lower()]
    if exact:
        return exact[0]
    named = _NAMED.get(scope_type)
    found = _by_name(connection, named, wanted, question.tenant_id) if named else []
    if len(found) == 1:
        return found[0]
    word = scope_type.replace("_", " ")
    if found:
        raise UnknownNumberError(
            f"{wanted} names several {word}s: {', '.join(found)}; give one of these ids.",
            found if scope_type == "agent" else (),
        )
    if scope_type == "agent":
        # Names of persons are shown by commands that log it, not by an error.
        raise UnknownNumberError(
            f"There is no agent {wanted} in the mart: deskhouse export core.dim_agents --csv FILE lists who there is."
        )
    shown = _display_names(connection, named, known, question.tenant_id)
    raise UnknownNumberError(f"There is no {word} {wanted}; {_listed(word, shown)}.")


def _by_name(
    connection: duckdb.DuckDBPyConnection, named: _Named, wanted: str, tenant_id: str | None
) -> list[str]:
    condition = " or ".join(f"lower({column}) = lower(?)" for column in named.columns)
    rows = connection.execute(
        f"select distinct {named.key} from {named.relation} "
        f"where ({condition}) and coalesce(?, tenant_id) = tenant_id order by 1",
        [*[wanted] * len(named.columns), tenant_id],
    ).fetchall()
    return [str(row[0]) for row in rows]


def _display_names(
    connection: duckdb.DuckDBPyConnection,
    named: _Named | None,
    known: list[str],
    tenant_id: str | None,
) -> list[str]:
    """What a person would type: names where the scope's ids are keys, else the ids themselves."""
    if named is None or named.key == named.columns[-1] or named.key.startswith("lower"):
        return known
    rows = connection.execute(
        f"select distinct coalesce({named.columns[-1]}, {named.key}) from {named.relation} "
        f"where list_contains(?, {named.key}) and coalesce(?, tenant_id) = tenant_id order by 1",
        [known, tenant_id],
    ).fetchall()
    return [str(row[0]) for row in rows]


def _listed(word: str, names: list[str]) -> str:
    if not names:
        return f"the mart has no {word} rows"
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f"known are {', '.join(names[:_SHOWN_NAMES])}{more}"
