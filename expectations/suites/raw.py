"""Border one, after the load: did the vendors answer with what they have, and did we keep it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.batches import Circumstances, Suite, meaning, suite_of

if TYPE_CHECKING:
    import duckdb
    from great_expectations import ExpectationSuite

_OWNER = "data_owner"
_BOOKKEEPING = ("quarantined_records", "landing_files")
"""What landing says about itself: fewer rows are good news here, not a collapse."""
_MIN_ROWS = 50
"""Below this a table may halve by chance: five of nine brands archived is no incident."""


def _raw_tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, set[str]]]:
    rows = connection.execute(
        """
        select table_schema, table_name, list(column_name) from information_schema.columns
        where table_schema like 'raw\\_%' escape '\\' and table_schema not like '%\\_staging' escape '\\'
          and table_schema not in ('raw_checks', 'raw_identity') and table_name not like '\\_dlt%' escape '\\'
        group by table_schema, table_name
        order by table_schema, table_name
        """
    ).fetchall()
    return [(schema, table, set(columns)) for schema, table, columns in rows]


def has_table(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> bool:
    """Whether the warehouse holds a table."""
    found = connection.execute(
        "select count(*) from information_schema.tables where table_schema = ? and table_name = ?",
        [schema, table],
    ).fetchall()
    return bool(found[0][0])


def tables_query(connection: duckdb.DuckDBPyConnection, circumstances: Circumstances) -> str:
    """One row per raw table: rows now, most rows in the last 30 days, shares of rows without tenant or content hash.

    The most, not the last: a collapse must keep failing until somebody acts, not pass from its second night on.
    """
    profiles = []
    for schema, table, columns in _raw_tables(connection):
        if table in _BOOKKEEPING:
            continue
        shares = [
            f"coalesce(avg(case when {column} is null then 1.0 else 0.0 end), 0.0) as {name}"
            if column in columns
            else f"0.0 as {name}"
            for column, name in (
                ("_tenant_id" if "_tenant_id" in columns else "tenant_id", "null_tenant_share"),
                ("row_hash", "null_hash_share"),
            )
        ]
        profiles.append(
            f"select '{schema}.{table}' as address, count(*) as row_count, {', '.join(shares)} "
            f'from "{schema}"."{table}"'
        )
    if not profiles:
        profiles = [
            "select '' as address, 0 as row_count, 0.0 as null_tenant_share, 0.0 as null_hash_share where false"
        ]
    if has_table(connection, "raw_checks", "table_profiles"):
        previous = "select address, max(row_count) as row_count from raw_checks.table_profiles group by address"
    else:
        previous = "select '' as address, 0 as row_count where false"
    return f"""
        with now_profile as ({" union all ".join(profiles)}), previous as ({previous})
        select now_profile.*, previous.row_count as previous_row_count,
            case when previous.row_count >= {_MIN_ROWS}
                then now_profile.row_count / cast(previous.row_count as double) end as kept_share
        from now_profile left join previous on now_profile.address = previous.address
    """


def tables_suite() -> ExpectationSuite:
    """No raw table collapses, and every row can be attributed and compared."""
    from great_expectations import expectations as gxe

    return suite_of(
        "raw__tables",
        [
            gxe.ExpectColumnValuesToBeBetween(
                column="kept_share",
                min_value=0.5,
                severity="critical",
                meta=meaning(
                    "no_table_collapsed",
                    _OWNER,
                    "Raw tables grow or, for small reference lists, are replaced; losing half at once means that a "
                    "vendor answered with a part and the load believed it.",
                    "compare with the vendor's own count; run again with --full-refresh, which reads everything "
                    "anew and takes the new count as the baseline",
                ),
            ),
            gxe.ExpectColumnValuesToBeBetween(
                column="null_tenant_share",
                max_value=0.0,
                severity="critical",
                meta=meaning(
                    "rows_have_a_tenant",
                    _OWNER,
                    "A row without tenant joins nothing and vanishes from every KPI without a trace.",
                    "see which source wrote it and load that source again with --full-refresh",
                ),
            ),
            gxe.ExpectColumnValuesToBeBetween(
                column="null_hash_share",
                max_value=0.0,
                severity="warning",
                meta=meaning(
                    "rows_have_a_content_hash",
                    _OWNER,
                    "Without the hash every run takes the row for changed, and incremental builds slow down.",
                    "load the source again with --full-refresh",
                ),
            ),
        ],
    )


def quarantine_query(connection: duckdb.DuckDBPyConnection, circumstances: Circumstances) -> str:
    """One row per table with refusals: refused rows, their share of all rows, and that share for events alone."""
    addresses = [
        (table, f'"{schema}"."{table}"')
        for schema, table, _ in _raw_tables(connection)
        if schema == "raw_landing" and table not in _BOOKKEEPING
    ]
    counts = " union all ".join(
        f"select '{table}' as table_name, count(*) as good from {address}"
        for table, address in addresses
    )
    counts = counts or "select '' as table_name, 0 as good where false"
    sheets = "select '' as table_name where false"
    if has_table(connection, "raw_landing", "landing_files"):
        sheets = "select distinct table_name from raw_landing.landing_files where kind <> 'event'"
    return f"""
        with good as ({counts}),
        sheets as ({sheets}),
        refused as (
            select table_name, count(distinct file_name || '|' || line_no) as refused
            from raw_landing.quarantined_records group by table_name
        )
        select refused.table_name, refused.refused, coalesce(good.good, 0) as loaded,
            refused.refused / cast(refused.refused + coalesce(good.good, 0) as double) as refused_share,
            case when sheets.table_name is null
                then refused.refused / cast(refused.refused + coalesce(good.good, 0) as double) end
                as refused_event_share
        from refused
        left join good on refused.table_name = good.table_name
        left join sheets on refused.table_name = sheets.table_name
    """


def quarantine_suite() -> ExpectationSuite:
    """Refused landing rows stay few."""
    from great_expectations import expectations as gxe

    return suite_of(
        "raw_landing__quarantined_records",
        [
            gxe.ExpectColumnValuesToBeBetween(
                column="refused_event_share",
                max_value=0.5,
                severity="critical",
                meta=meaning(
                    "most_rows_were_accepted",
                    _OWNER,
                    "When more than half of the tickets, messages or events of a file is refused its format changed; "
                    "KPIs of the rest would mislead. Of a rule sheet the last good rows stay in force instead.",
                    "read the reasons in data_quality.quarantined_records, correct the file, run again",
                ),
            ),
            gxe.ExpectColumnValuesToBeBetween(
                column="refused_share",
                max_value=0.01,
                severity="warning",
                meta=meaning(
                    "few_rows_were_refused",
                    _OWNER,
                    "One row in a hundred is what hand-kept sheets cost; more is a habit worth correcting.",
                    "send the reasons in data_quality.quarantined_records to whoever keeps the file",
                ),
            ),
        ],
    )


SUITES = (
    Suite(
        "raw__tables",
        "raw",
        "raw_checks",
        "table_profiles",
        "address",
        (),
        tables_query,
        tables_suite,
    ),
    Suite(
        "raw_landing__quarantined_records",
        "raw",
        "raw_landing",
        "quarantined_records",
        "table_name",
        ("raw_landing.quarantined_records",),
        quarantine_query,
        quarantine_suite,
    ),
)
