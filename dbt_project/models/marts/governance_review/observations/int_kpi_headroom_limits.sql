-- Defects left before each limit at each month's snapshot: published rates of accounts with counts and a limit, as carried
-- to that day when they were captured in the month. Projections of the platform, parts of an account and limits that so few cases
-- say nothing about are left out. Each limit
-- once among all of them, once under its metric, and where there is a projection once at the projected denominator.

with

limits as (

    select
        health.tenant_id,
        months.month,
        health.metric,
        health.platform,
        health.marketplace_account_key,
        accounts.marketplace_account_id,
        health.account_health_daily_key as fact_key,
        health.captured_at as happened_at,
        health.metric || ' of ' || accounts.marketplace_account_id
        || coalesce(' (' || health.fulfilment || ')', '') as detail,
        health.headroom,
        health.projected_headroom
    from {{ ref('account_health_daily') }} as health
    inner join {{ ref('int_kpi_months') }} as months
        on
        health.tenant_id = months.tenant_id
        and health.date_day = months.snapshot_day
    inner join {{ ref('dim_marketplace_accounts') }} as accounts on health.marketplace_account_key = accounts.marketplace_account_key
    where
        health.headroom is not null
        and health.headroom_status <> 'grey_small_n'
        and health.captured_at >= months.month_start_at
        and coalesce(health.evaluation, 'current') = 'current'
        and health.dimension_key is null

)

{% for variant, defects_left in [
    ("'none'", 'headroom'), ('metric', 'headroom'), ("'projected_denominator'", 'projected_headroom'),
] %}
select
    tenant_id,
    month,
    {{ variant }} as variant,
    platform,
    marketplace_account_key,
    marketplace_account_id,
    fact_key,
    happened_at,
    detail,
    {{ defects_left }} as defects_left
from limits
where {{ defects_left }} is not null
{{ 'union all' if not loop.last }}
{% endfor %}
