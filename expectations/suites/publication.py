"""Border three, the staged publication: it adds up, and it holds no less than what readers have today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.batches import Circumstances, Suite, meaning, suite_of

if TYPE_CHECKING:
    import duckdb
    from great_expectations import ExpectationSuite

_OWNER = "data_owner"
_KPIS = ("governance_review.kpi_monthly", "governance_review.kpi_definitions")


def additivity_query(connection: duckdb.DuckDBPyConnection, circumstances: Circumstances) -> str:
    """One row per month, additive KPI and scope type that partitions the company: R6 of the catalogue.

    ``gap`` = sum over the scopes minus the company's value; agents include the row ``unowned``.
    """
    return """
        with additive as (
            select distinct kpi_id from governance_review.kpi_definitions where aggregation in ('G3', 'G4')
        ),
        counts as (
            select kpi.* from governance_review.kpi_monthly as kpi
            join additive on kpi.kpi_id = additive.kpi_id
            where kpi.stat = 'count' and kpi.status <> 'grey_not_measurable'
        ),
        totals as (
            select tenant_id, month, kpi_id, kpi_version, clock, layer, variant, sum(value) as total
            from counts where scope_type = 'company'
            group by tenant_id, month, kpi_id, kpi_version, clock, layer, variant
        ),
        parts as (
            select tenant_id, month, kpi_id, kpi_version, clock, layer, variant, scope_type, sum(value) as total
            from counts where scope_type in ('agent', 'team', 'channel', 'platform')
            group by tenant_id, month, kpi_id, kpi_version, clock, layer, variant, scope_type
        )
        select cast(parts.month as varchar) || ' ' || parts.kpi_id || ' by ' || parts.scope_type as kpi_scope,
            cast(coalesce(parts.total, 0) - coalesce(totals.total, 0) as double) as gap
        from parts
        left join totals
            on parts.tenant_id = totals.tenant_id and parts.month = totals.month
            and parts.kpi_id = totals.kpi_id and parts.kpi_version = totals.kpi_version
            and parts.clock = totals.clock and parts.layer = totals.layer and parts.variant = totals.variant
    """


def additivity_suite() -> ExpectationSuite:
    """Agents and the unowned add up to the company, as do teams, channels and platforms."""
    from great_expectations import expectations as gxe

    return suite_of(
        "publication__kpi_monthly",
        [
            gxe.ExpectColumnValuesToBeBetween(
                column="gap",
                min_value=0.0,
                max_value=0.0,
                severity="critical",
                meta=meaning(
                    "counts_add_up",
                    _OWNER,
                    "Rule R6: nothing is lost or counted twice between scopes; a forum that adds up the agents "
                    "must find the company.",
                    "see which scope drops rows without owner in the KPI's intermediate model",
                ),
            ),
        ],
    )


def tables_query(connection: duckdb.DuckDBPyConnection, circumstances: Circumstances) -> str:
    """One row per published table: rows now and as readers see it; ``kept_share`` for what only accumulates."""
    counts = " union all ".join(
        f'select \'{schema}.{table}\' as address, count(*) as row_count from "{schema}"."{table}"'
        for schema, table in connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_schema not in ('main', 'information_schema') order by 1, 2"
        ).fetchall()
    )
    counts = counts or "select '' as address, 0 as row_count where false"
    published = ", ".join(
        f"('{address}', {rows})" for address, rows in sorted(circumstances.published_rows.items())
    )
    previous = (
        f"select * from (values {published}) as known(address, row_count)"
        if published
        else "select '' as address, 0 as row_count where false"
    )
    return f"""
        with now_rows as ({counts}), previous as ({previous})
        select coalesce(now_rows.address, previous.address) as address,
            now_rows.row_count, previous.row_count as previous_row_count,
            case when previous.row_count >= 20
                    and (previous.address like 'core.%' or previous.address = 'governance_review.kpi_monthly')
                then coalesce(now_rows.row_count, 0) / cast(previous.row_count as double) end as kept_share,
            case when now_rows.address is null then 1 else 0 end as is_gone,
            case when coalesce(now_rows.address, previous.address) = 'governance_review.kpi_monthly'
                then coalesce(now_rows.row_count, 0) end as kpi_rows
        from now_rows full join previous on now_rows.address = previous.address
    """


def tables_suite() -> ExpectationSuite:
    """The new version is no smaller than the old one, and not empty."""
    from great_expectations import expectations as gxe

    return suite_of(
        "publication__tables",
        [
            gxe.ExpectColumnValuesToBeBetween(
                column="is_gone",
                max_value=0,
                severity="critical",
                meta=meaning(
                    "no_table_disappears",
                    _OWNER,
                    "Dashboards break on a missing table; dropping one is a breaking change announced in CHANGELOG.",
                    "restore the model; if it was dropped on purpose, remove published/current and run again",
                ),
            ),
            gxe.ExpectColumnValuesToBeBetween(
                column="kept_share",
                min_value=0.7,
                severity="critical",
                meta=meaning(
                    "no_table_shrinks",
                    _OWNER,
                    "Facts only accumulate; losing three rows in ten overnight is a build on half the input.",
                    "load all sources again; if the loss is wanted, remove published/current and run again",
                ),
            ),
            gxe.ExpectColumnValuesToBeBetween(
                column="kpi_rows",
                min_value=1,
                severity="critical",
                meta=meaning(
                    "there_are_kpis",
                    _OWNER,
                    "A publication without a single KPI row helps nobody and replaces one that did.",
                    "load a source first: credentials in .env, or files in DESKHOUSE_LANDING_DIR",
                ),
            ),
        ],
    )


SUITES = (
    Suite(
        "publication__kpi_monthly",
        "publication",
        "governance_review",
        "kpi_monthly",
        "kpi_scope",
        _KPIS,
        additivity_query,
        additivity_suite,
    ),
    Suite(
        "publication__tables",
        "publication",
        "core",
        "all",
        "address",
        (),
        tables_query,
        tables_suite,
    ),
)
