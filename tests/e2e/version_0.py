"""A warehouse as releases left it that hashed persons without a key."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb


def md5(*parts: object) -> str:
    """Key of what bears these parts, as those releases made it."""
    return hashlib.md5("|".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def as_version_0(warehouse: Path) -> None:
    """Give every person the key that releases before keyed ones made, everywhere, and take away what they lacked."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "create temp table was as select agent_key as today, former_key as before from canonical.former_person_keys"
        )
        for schema, table, column in connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() "
            "inner join duckdb_tables() using (schema_name, table_name) "
            "where not starts_with(schema_name, 'raw_') and duckdb_columns.data_type = 'VARCHAR' "
            "and table_name not in ('person_keys', 'former_person_keys') and not temporary"
        ).fetchall():
            connection.execute(
                f'update "{schema}"."{table}" set "{column}" = was.before from was where "{column}" = was.today'
            )
        series = "tenant_id, kpi_id, kpi_version, stat, clock, layer, variant, scope_type, scope_id"
        connection.execute(
            f"update governance_review.kpi_monthly set kpi_monthly_key = "
            f"md5(md5(concat_ws('|', {series})) || '|' || cast(month as varchar)) where scope_type = 'agent'"
        )
        connection.execute("drop schema raw_identity cascade")
        for table in ("person_keys", "former_person_keys"):
            connection.execute(f"drop table canonical.{table}")
        # by what rules they built they did not note
        connection.execute("drop table if exists raw_checks.build_inputs")
