-- Values that a forum saw, by closed month, and which of them later moved beyond tolerance. A changed definition runs beside
-- the old one and restates nothing; the share of restated values is not counted among the values.

with

snapshots as (

    select * from {{ ref('int_ledger_snapshots') }}

),

restated as (

    select
        kpi_monthly_key,
        max(detected_at) as restated_at
    from {{ ref('int_ledger_restatements') }}
    where
        kpi_monthly_key is not null
        and reason_code <> 'definition_change'
    group by kpi_monthly_key

),

frozen as (

    select
        snapshots.tenant_id,
        snapshots.month,
        snapshots.kpi_monthly_key as fact_key,
        cast(null as varchar) as ticket_key,
        coalesce(restated.restated_at, snapshots.as_of) as happened_at,
        snapshots.kpi_id || ' of ' || snapshots.scope_type || ' ' || snapshots.scope_id
        || case when restated.kpi_monthly_key is null then ' as presented' else ' restated' end as detail,
        restated.kpi_monthly_key is not null as is_restated,
        cast(null as varchar) as platform,
        cast(null as varchar) as marketplace_account_key,
        cast(null as varchar) as channel_key,
        cast(null as varchar) as team_key,
        cast(null as varchar) as agent_key
    from snapshots
    left join restated on snapshots.kpi_monthly_key = restated.kpi_monthly_key
    where
        snapshots.kpi_id <> 'restatement_rate'
        and (snapshots.value is not null or snapshots.value_text is not null)

),

measured as (

    {{ kpi_counts('frozen', [
        {'kpi_id': 'restatement_rate', 'stat': 'ratio', 'numerator': 'case when is_restated then 1 else 0 end', 'denominator': '1'},
    ]) }}

)

select * from measured
