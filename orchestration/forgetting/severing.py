"""Which references are replaced by which, and the statements that do it in one database file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import duckdb

from ingestion.forgotten import TEXTS
from orchestration.warehouse import sql_text

_TENANT_COLUMNS = ("tenant_id", "_tenant_id")
_HASHED = "row_hash"


def customer_key(tenant: str, system: str, ref: str) -> str:
    """The key of a customer in the models (macro ``surrogate_key``)."""
    return hashlib.md5(f"{tenant}|{system}|{ref}".encode()).hexdigest()  # noqa: S324 (a name of a row, not a secret)


@dataclass(frozen=True)
class Swap:
    """One text that stands for a person, what replaces it, and in whose rows (null: it is one tenant's alone)."""

    old: str
    new: str
    tenant: str | None = None


@dataclass(frozen=True)
class Buyer:
    """A buyer of a tenant and source system: the reference that leads to the person, and one that leads nowhere."""

    tenant: str
    system: str
    ref: str
    tombstone: str

    def swaps(self) -> list[Swap]:
        """What replaces the reference, and the key that is made of it."""
        old, new = (
            customer_key(self.tenant, self.system, ref) for ref in (self.ref, self.tombstone)
        )
        return [Swap(self.ref, self.tombstone, self.tenant), Swap(old, new)]


@dataclass(frozen=True)
class Severing:
    """A decided forgetting.

    ``salt`` replaces hashes of whole rows, which say something of the reference in them; it ends with the forgetting.
    """

    receipt: str
    buyers: tuple[Buyer, ...]
    salt: str
    rows: int = 0
    swaps: tuple[Swap, ...] = field(default=())

    def all_swaps(self) -> list[Swap]:
        """Replacements that hold in every file."""
        return [swap for buyer in self.buyers for swap in buyer.swaps()]

    def tokens(self) -> list[str]:
        """What must be found nowhere afterwards."""
        return [swap.old for swap in self.all_swaps()]


@dataclass(frozen=True)
class TextTable:
    """A table with columns that can hold text."""

    schema: str
    name: str
    texts: tuple[tuple[str, str], ...]
    columns: frozenset[str]

    @property
    def address(self) -> str:
        """Its name in statements."""
        return f'"{self.schema}"."{self.name}"'

    @property
    def tenant_column(self) -> str | None:
        """The column that says whose row it is."""
        return next((name for name in _TENANT_COLUMNS if name in self.columns), None)


def text_tables(connection: duckdb.DuckDBPyConnection) -> list[TextTable]:
    """Tables of the open database that can hold text, alone or within lists and structures; empty ones hold none."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for schema, table, column, kind in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns()"
        " where not internal and database_name = current_database()"
        " and (schema_name, table_name) in"
        " (select schema_name, table_name from duckdb_tables() where estimated_size > 0)"
    ).fetchall():
        found.setdefault((schema, table), []).append((column, kind))
    return [
        TextTable(
            schema,
            table,
            tuple((name, kind) for name, kind in columns if "VARCHAR" in kind or kind == "JSON"),
            frozenset(name for name, _ in columns),
        )
        for (schema, table), columns in found.items()
    ]


def issue_swaps(connection: duckdb.DuckDBPyConnection, swaps: Sequence[Swap]) -> list[Swap]:
    """Keys of issues that are made of customer, order and reason (model ``int_issue_tickets``)."""
    exists = connection.execute(
        "select count(*) from duckdb_columns() where schema_name = 'core' and table_name = 'dim_tickets'"
        " and column_name in ('customer_key', 'order_key', 'resolution_reason_tag_key')"
    ).fetchall()
    if exists[0][0] != 3:
        return []
    found = []
    for swap in swaps:
        rows = connection.execute(
            "select distinct '|' || order_key || '|' || resolution_reason_tag_key from core.dim_tickets"
            " where customer_key = ? and order_key is not null and resolution_reason_tag_key is not null",
            [swap.old],
        ).fetchall()
        for (rest,) in rows:
            old, new = (
                hashlib.md5(f"{key}{rest}".encode()).hexdigest()  # noqa: S324
                for key in (swap.old, swap.new)
            )
            found.append(Swap(old, new))
    return found


def holds(table: TextTable, columns: Iterable[str], swaps: Sequence[Swap]) -> str:
    """The condition that any of the columns of a row holds what is to be replaced."""
    tests = [
        _applies(table, swap, f'contains(cast("{name}" as varchar), {sql_text(swap.old)})')
        for name in columns
        for swap in swaps
    ]
    return " or ".join(f"coalesce({test}, false)" for test in tests) or "false"


def replaced(table: TextTable, column: str, kind: str, swaps: Sequence[Swap]) -> str:
    """A column with every reference replaced, in its own type."""
    text = f'cast("{column}" as varchar)'
    for swap in swaps:
        exchanged = f"replace({text}, {sql_text(swap.old)}, {sql_text(swap.new)})"
        is_ours = _applies(table, swap, "true")
        text = (
            exchanged
            if is_ours == "true"
            else f"case when {is_ours} then {exchanged} else {text} end"
        )
    return f"cast({text} as {kind})"


def sever_table(
    connection: duckdb.DuckDBPyConnection, table: TextTable, swaps: Sequence[Swap], salt: str
) -> int:
    """Replace every reference in a table; returns how many rows held one."""
    texts = [(name, kind) for name, kind in table.texts if name not in (_HASHED, *TEXTS)]
    if not texts:
        return 0
    # every column is looked at in one reading of the table
    tests = ", ".join(f"bool_or({holds(table, [name], swaps)})" for name, _ in texts)
    (held,) = connection.execute(f"select {tests} from {table.address}").fetchall()
    named = [text for text, is_held in zip(texts, held, strict=True) if is_held]
    if not named:
        return 0
    where = holds(table, [name for name, _ in named], swaps)
    changes = [f'"{name}" = {replaced(table, name, kind, swaps)}' for name, kind in named]
    if _HASHED in table.columns:
        changes.append(f'"{_HASHED}" = md5("{_HASHED}" || {sql_text(salt)})')
    changes += [f'"{name}" = null' for name in TEXTS if name in table.columns]
    changed = connection.execute(f"update {table.address} set {', '.join(changes)} where {where}")
    return int(changed.fetchall()[0][0])


def drop_texts(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[TextTable], buyers: Sequence[Buyer]
) -> None:
    """Remove fingerprints of what the buyers wrote from rows that name their tickets and not them."""
    listed = ", ".join(sql_text(buyer.tombstone) for buyer in buyers)
    theirs = " union ".join(
        f"select tenant_id, source_system, ticket_id from {table.address} where customer_ref in ({listed})"
        for table in tables
        if table.name == "tickets" and table.schema in ("canonical", "raw_landing")
    )
    if not theirs:
        return
    needed = {"tenant_id", "source_system", "ticket_id"}
    for table in tables:
        fingerprints = [name for name in TEXTS if name in table.columns]
        if fingerprints and needed <= table.columns:
            system = "source_system"
            if "subject_system" in table.columns:
                system = "coalesce(subject_system, source_system)"
            changes = ", ".join(f'"{name}" = null' for name in fingerprints)
            connection.execute(
                f"update {table.address} set {changes} where (tenant_id, {system}, ticket_id) in ({theirs})"
            )


def _applies(table: TextTable, swap: Swap, test: str) -> str:
    if swap.tenant is None or table.tenant_column is None:
        return test
    return f'("{table.tenant_column}" = {sql_text(swap.tenant)} and {test})'
