"""Writes rows of one published table as CSV, with a head that says what they are and units in the header.

Only the published file is read, never the warehouse, and names come from its dimensions alone: there the setting of the
legal entity (``agent_views``) has already shown, replaced or removed them.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from ingestion.errors import ConfigurationError, DeskhouseError
from orchestration.csv_file import write_csv
from orchestration.explain.question import parse_month
from orchestration.export.persons import BeforeWriting, rows_of_persons
from orchestration.export.units import ROW_UNITS, in_words, kpis_of, unit_of
from orchestration.presenting.money import unit_sql
from orchestration.presenting.scopes import labels_sql
from orchestration.settings import nothing_there
from orchestration.tenants import shown_tenants, tenants_of
from orchestration.warehouse import open_read_only

HEAD = ("table", "as_of", "filters", "kpi_version", "published_version")
"""Lines above the header, always these, so that a reader may skip a fixed number."""

_DEFINITIONS = "governance_review.kpi_definitions"
_ALERTS = "agent_sla.alerts"
_TURNS = "core.fct_response_obligations"
_PERIODS = ("month", "date_day", "period_start", "week")
_MONTHLY = (*_PERIODS, "occurred_at")
"""Columns that tell the month of a row, the first that a table has."""
_ORDER = (*_PERIODS, "kpi_id", "scope_type", "scope_id", "layer", "platform", "agent_name")
_BATCH = 10_000


@dataclass(frozen=True)
class _Name:
    """What a key is called: the column that holds it, the dimension that knows it, the column that is added beside."""

    column: str
    relation: str
    key: str
    name: str
    added: str


_AGENT = _Name("agent_key", "core.dim_agents", "agent_key", "display_name", "agent_name")
_NAMES = (
    _AGENT,
    replace(_AGENT, column="accountable_person", added="accountable_name"),
    _Name("team_key", "core.dim_teams", "team_key", "name", "team_name"),
    _Name("channel_key", "core.dim_channels", "channel_key", "name", "channel_name"),
    _Name(
        "marketplace_account_key",
        "core.dim_marketplace_accounts",
        "marketplace_account_key",
        *("marketplace_account_id", "marketplace_account_id"),
    ),
    _Name("reason_tag_key", "core.dim_tags", "tag_key", "name", "reason_name"),
)


@dataclass(frozen=True)
class Wanted:
    """A table and the rows of it that are wanted.

    ``scope`` is type and id, or type and name where the scope is an agent; ``where`` holds columns and texts, an empty
    text for rows without a value.
    """

    table: str
    month: str | None = None
    kpi_id: str | None = None
    scope: tuple[str, str] | None = None
    where: tuple[tuple[str, str], ...] = ()
    tenant_id: str | None = None


@dataclass
class _Select:
    """The query in parts; ``types`` are the columns it gives, ``sources`` their SQL."""

    address: str
    types: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    joins: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    parameters: list[Any] = field(default_factory=list)
    filters: list[str] = field(default_factory=list)

    @property
    def rows(self) -> str:
        """From and where."""
        condition = f" where {' and '.join(self.conditions)}" if self.conditions else ""
        return f"from {_quoted_address(self.address)} as rows {' '.join(self.joins)}{condition}"


def export(
    marts_file: Path,
    wanted: Wanted,
    path: Path,
    before: BeforeWriting | None = None,
) -> int:
    """Write the wanted rows to a file; nothing is written when there are none.

    Args:
        marts_file: the published database.
        wanted: what of it.
        path: where to; an existing file is replaced.
        before: is told the filters, the agent keys of the rows and their number before anything is written.

    Returns:
        How many rows were written.

    Raises:
        ConfigurationError: an unknown table, column or value, no such row, a path that cannot be written, or nothing is
            published.
    """
    with opened(marts_file, wanted, before) as content:
        return write_csv(path, [*content.lines, content.header], content.rows)


@dataclass(frozen=True)
class Content:
    """What a file of an export holds: lines above, header, rows, and how many these are."""

    lines: list[tuple[str, str]]
    header: list[str]
    rows: Iterator[tuple[Any, ...]]
    count: int


@contextmanager
def opened(
    marts_file: Path, wanted: Wanted, before: BeforeWriting | None = None
) -> Iterator[Content]:
    """The wanted rows, to be written in whatever form while the block lasts; whose they are is told before.

    Raises:
        ConfigurationError: an unknown table, column or value, no such row, or nothing is published.
    """
    if not marts_file.exists():
        raise nothing_there(marts_file)
    # The link may be moved to a newer version meanwhile; file and description must be of one.
    marts_file = marts_file.resolve()
    publication = _publication(marts_file)
    with open_read_only(marts_file) as connection:
        shown_tenants(tenants_of(connection), wanted.tenant_id)
        select = _select(connection, wanted)
        versions, header = _header(connection, select)
        columns = ", ".join(
            f"{source} as {_quoted(name)}" for name, source in select.sources.items()
        )
        order = [name for name in _ORDER if name in select.types]
        order += [name for name in list(select.types)[:1] if name not in order]
        # a cursor of its own: whose rows they are is asked on the connection while they are read
        cursor = connection.cursor().execute(
            f"select {columns} {select.rows} order by {', '.join(map(_quoted, order))}",
            select.parameters,
        )
        first = cursor.fetchmany(_BATCH)
        if not first:
            chosen = ", ".join(select.filters)
            raise ConfigurationError(
                f"{select.address} has no rows{f' with {chosen}' if chosen else ''}: "
                f"{'give other filters' if chosen else 'there is nothing to export'}."
            )
        if before is not None:
            asked = (select.sources, select.rows, select.parameters, select.filters)
            before(*rows_of_persons(connection, *asked))
        head = (
            select.address,
            datetime.fromisoformat(publication["as_of"]).astimezone(UTC).isoformat(),
            ", ".join(select.filters) or "none",
            versions,
            publication["version"],
        )
        lines = [(f"# {name}", text) for name, text in zip(HEAD, head, strict=True)]
        yield Content(lines, header, _rows(cursor, first), _count(connection, select))


def _publication(marts_file: Path) -> dict[str, Any]:
    path = marts_file.parent / "publication.json"
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DeskhouseError(
            f"{path} is missing, so nobody knows the instant of {marts_file.name}: run `deskhouse run` again."
        ) from error
    return content


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    rows = connection.execute(
        "select table_schema, table_name, column_name, data_type from information_schema.columns "
        "where table_catalog = current_database() order by table_schema, table_name, ordinal_position"
    ).fetchall()
    tables: dict[str, dict[str, str]] = {}
    for schema, table, column, data_type in rows:
        tables.setdefault(f"{schema}.{table}", {})[column] = data_type
    return tables


def _select(connection: duckdb.DuckDBPyConnection, wanted: Wanted) -> _Select:
    tables = _tables(connection)
    found = [address for address in tables if wanted.table in (address, address.rpartition(".")[2])]
    if len(found) != 1:
        near = difflib.get_close_matches(wanted.table, tables, 3, 0.4) or sorted(tables)[:3]
        raise ConfigurationError(
            f"No published table is called {wanted.table}; near it are {', '.join(near)}."
        )
    select = _Select(found[0])
    for column, data_type in tables[select.address].items():
        select.types[column] = data_type
        select.sources[column] = f"rows.{_quoted(column)}"
        for name in _NAMES:
            if name.column == column and name.relation in tables:
                _add_name(select, name, tables[select.address], f"rows.{_quoted(column)}")
        # Scope ids of alerts say more than the key, which stands beside them.
        is_key = column == "scope_id" and "agent_key" not in tables[select.address]
        if is_key and "core.dim_agents" in tables:
            agent = "case when rows.scope_type = 'agent' then rows.scope_id end"
            _add_name(select, _AGENT, tables[select.address], agent)
    _add_scope_name(select, tables)
    if select.address in ROW_UNITS and "unit" not in select.types:
        own = tables[select.address]
        # a change that was promised of another KPI is in the unit of that
        kpi = "split_part(coalesce(rows.expected_kpi, rows.kpi_id), '/', 1)"
        select.types["unit"] = "VARCHAR"
        select.sources["unit"] = (
            unit_sql("registry.unit", "rows.tenant_id") if "tenant_id" in own else "registry.unit"
        )
        select.joins.append(
            f"left join (select kpi_id, max(unit) as unit from {_DEFINITIONS} group by kpi_id) as registry "
            f"on {kpi if 'expected_kpi' in own else 'rows.kpi_id'} = registry.kpi_id"
        )
    _filter(select, wanted)
    return select


def _add_name(select: _Select, name: _Name, own: dict[str, str], key: str) -> None:
    # A dimension tells its own names, and a table may carry them already.
    if name.added in own or select.address == name.relation or name.added in select.types:
        return
    alias = f"{name.added}s"
    select.types[name.added] = "VARCHAR"
    select.sources[name.added] = f"{alias}.{name.name}"
    select.joins.append(f"left join {name.relation} as {alias} on {alias}.{name.key} = {key}")


def _add_scope_name(select: _Select, tables: dict[str, dict[str, str]]) -> None:
    """What a team, channel, reason or macro is called, and the ticket of an answer owed; persons have their column."""
    own = tables[select.address]
    if not {"tenant_id", "scope_type", "scope_id"} <= own.keys() or "scope_name" in own:
        return
    is_alert = select.address == _ALERTS
    kind, first, second = "rows.scope_type", "rows.scope_id", "null"
    if is_alert:
        # the scope of an alert says more than one place
        kind = "case rows.scope_type when 'channel_team' then 'channel' else rows.scope_type end"
        first = "split_part(rows.scope_id, '|', 1)"
        second = (
            "case when rows.scope_type = 'channel_team' then split_part(rows.scope_id, '|', 2) end"
        )
    labels = labels_sql(tables)
    said = ["places.label"]
    select.joins.append(
        f"left join ({labels}) as places on places.tenant_id = rows.tenant_id "
        f"and places.scope_type = {kind} and places.scope_id = {first}"
    )
    if is_alert:
        said.append("teams_of_places.label")
        select.joins.append(
            f"left join ({labels}) as teams_of_places on teams_of_places.tenant_id = rows.tenant_id "
            f"and teams_of_places.scope_type = 'team' and teams_of_places.scope_id = {second}"
        )
        if {_TURNS, "core.dim_tickets"} <= tables.keys():
            said.append("'ticket ' || tickets_of_turns.ticket_id")
            select.joins.append(
                f"left join {_TURNS} as turns_of_rows on rows.scope_type = 'obligation' "
                "and turns_of_rows.obligation_key = rows.scope_id "
                "left join core.dim_tickets as tickets_of_turns "
                "on turns_of_rows.ticket_key = tickets_of_turns.ticket_key"
            )
    select.types["scope_name"] = "VARCHAR"
    select.sources["scope_name"] = f"nullif(concat_ws(', ', {', '.join(said)}), '')"


def _filter(select: _Select, wanted: Wanted) -> None:
    if wanted.month is not None:
        month = parse_month(wanted.month)
        period = next((name for name in _MONTHLY if name in select.types), None)
        if period is None:
            raise ConfigurationError(
                f"{select.address} has no column that says a month: leave --month out or filter with --where."
            )
        source = select.sources[period]
        select.conditions.append(f"{source} >= ? and {source} < ?")
        select.parameters += [month, _next(month)]
        select.filters.append(f"{period} in {month:%Y-%m}")
    if wanted.tenant_id is not None:
        if "tenant_id" not in select.types:
            raise ConfigurationError(
                f"{select.address} is the same for every tenant: leave --tenant out."
            )
        _filter_equal(select, "tenant_id", wanted.tenant_id)
    equal = list(wanted.where)
    if wanted.kpi_id is not None:
        equal.insert(0, ("kpi_id", wanted.kpi_id))
    if wanted.scope is not None:
        scope_type, scope_id = wanted.scope
        _filter_equal(select, _known(select, "scope_type"), scope_type)
        is_name = "agent_name" in select.types and scope_type == "agent"
        column = _known(select, "scope_id")
        sources = [select.sources[column], *([select.sources["agent_name"]] if is_name else [])]
        select.conditions.append(f"({' or '.join(f'{source} = ?' for source in sources)})")
        select.parameters += [scope_id] * len(sources)
        select.filters.append(f"{column} = {scope_id}")
    for column, text in equal:
        _filter_equal(select, _known(select, column), text)


def _filter_equal(select: _Select, column: str, text: str) -> None:
    source = select.sources[column]
    if text == "":
        select.conditions.append(f"{source} is null")
        select.filters.append(f"{column} is empty")
        return
    select.conditions.append(f"{source} = ?")
    select.parameters.append(_value(column, select.types[column], text))
    select.filters.append(f"{column} = {text}")


def _value(column: str, data_type: str, text: str) -> Any:
    """The text as a value of the column's type, so that a wrong one is refused and not just never found."""
    with duckdb.connect(":memory:") as connection:
        try:
            return connection.execute(f"select cast(? as {data_type})", [text]).fetchall()[0][0]
        except duckdb.Error as error:
            raise ConfigurationError(
                f"--where {column}={text}: {column} is a {data_type.lower()} and cannot be that; correct the value."
            ) from error


def _known(select: _Select, column: str) -> str:
    if column in select.types:
        return column
    near = difflib.get_close_matches(column, select.types, 5, 0.4) or list(select.types)
    raise ConfigurationError(
        f"{select.address} has no column {column}: choose among {', '.join(near)}."
    )


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _header(connection: duckdb.DuckDBPyConnection, select: _Select) -> tuple[str, list[str]]:
    """KPIs of the rows with their versions, and the column names with their units."""
    registry: dict[str, str] = {}
    versions: dict[str, list[int]] = {}
    if _exists(connection, _DEFINITIONS):
        found = connection.execute(
            f"select kpi_id, unit, kpi_version from {_DEFINITIONS} order by kpi_id, kpi_version"
        ).fetchall()
        for kpi_id, kpi_unit, version in found:
            registry[kpi_id] = kpi_unit
            versions.setdefault(kpi_id, []).append(version)
    kpis = kpis_of(select.address, select.types, registry)
    row_unit = _row_unit(connection, select) if select.address in ROW_UNITS else ""
    header = []
    for column, data_type in select.types.items():
        if column in ROW_UNITS.get(select.address, ()):
            unit: str | None = row_unit
        elif column in kpis:
            unit = in_words(registry.get(kpis[column], ""))
        else:
            unit = unit_of(select.address, column, data_type)
        header.append(f"{column} [{unit}]" if unit else column)
    if {"kpi_id", "kpi_version"} <= select.types.keys():
        pairs = _distinct(connection, select, "kpi_id", "kpi_version")
    else:
        of_rows = _distinct(connection, select, "kpi_id") if "kpi_id" in select.types else []
        ids = sorted({*kpis.values(), *(row[0] for row in of_rows if row[0] is not None)})
        pairs = [(kpi_id, version) for kpi_id in ids for version in versions.get(kpi_id, [])]
    said = ", ".join(f"{kpi_id} {version}" for kpi_id, version in pairs)
    return said or "none: the table holds no KPI", header


def _row_unit(connection: duckdb.DuckDBPyConnection, select: _Select) -> str:
    units = _distinct(connection, select, "unit")
    return in_words(units[0][0] or "") if len(units) == 1 else "see unit"


def _distinct(
    connection: duckdb.DuckDBPyConnection, select: _Select, *columns: str
) -> list[tuple[Any, ...]]:
    sources = ", ".join(select.sources[column] for column in columns)
    return connection.execute(
        f"select distinct {sources} {select.rows} order by all", select.parameters
    ).fetchall()


def _count(connection: duckdb.DuckDBPyConnection, select: _Select) -> int:
    found = connection.execute(f"select count(*) {select.rows}", select.parameters).fetchall()
    return int(found[0][0])


def _exists(connection: duckdb.DuckDBPyConnection, address: str) -> bool:
    return address in _tables(connection)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted_address(address: str) -> str:
    schema, _, table = address.partition(".")
    return f"{_quoted(schema)}.{_quoted(table)}"


def _rows(
    cursor: duckdb.DuckDBPyConnection, first: list[tuple[Any, ...]]
) -> Iterator[tuple[Any, ...]]:
    while first:
        yield from first
        first = cursor.fetchmany(_BATCH)
