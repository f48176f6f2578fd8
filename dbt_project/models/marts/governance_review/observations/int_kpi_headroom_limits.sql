-- Defects left before each limit at each month's snapshot: published rates of accounts with counts and a limit, as carried
-- to that day when they were captured in the month. Projections of the platform and parts of an account are left out.

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

health as (

    select * from {{ ref('account_health_daily') }}

),

accounts as (

    select * from {{ ref('dim_marketplace_accounts') }}

),

final as (

    select
        health.tenant_id,
        months.month,
        'health_headroom' as kpi_id,
        health.metric as variant,
        health.platform,
        health.marketplace_account_key,
        accounts.marketplace_account_id,
        cast(null as varchar) as channel_key,
        cast(null as varchar) as team_key,
        cast(null as varchar) as agent_key,
        health.account_health_daily_key as fact_key,
        cast(null as varchar) as ticket_key,
        health.captured_at as happened_at,
        health.metric || ' of ' || accounts.marketplace_account_id
        || coalesce(' (' || health.fulfilment || ')', '') as detail,
        health.headroom,
        health.projected_headroom
    from health
    inner join months
        on
        health.tenant_id = months.tenant_id
        and health.date_day = months.snapshot_day
    inner join accounts on health.marketplace_account_key = accounts.marketplace_account_key
    where
        health.headroom is not null
        and health.captured_at >= months.month_start_at
        and coalesce(health.evaluation, 'current') = 'current'
        and health.dimension_key is null

)

select * from final
