{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- State of the alert rules about marketplace accounts and about data (§13): headroom, freshness, mapping, completeness.
with days as (
    select * from {{ ref('int_alert_days') }}
),

health as (
    -- few cases leave little room with no defect at all, and an old figure speaks of a window that is gone: neither keeps an alert up
    select
        daily.*,
        coalesce(daily.days_since_capture <= 30, true) as is_current,
        coalesce(daily.headroom <= 2 and daily.headroom_status <> 'grey_small_n', false) as is_close,
        coalesce(daily.published_status in ('bad', 'at_risk', 'deactivated', 'below_standard'), false) as is_bad,
        accounts.marketplace_account_id || '|' || daily.metric || '|' || coalesce(daily.program, '') || '|' || coalesce(daily.evaluation, '')
        || '|' || coalesce(daily.fulfilment, '') || '|' || coalesce(daily.dimension_value, '') || '|' || coalesce(daily.window_length, '')
            as series
    from {{ ref('account_health_daily') }} as daily
    inner join {{ ref('dim_marketplace_accounts') }} as accounts
        on daily.marketplace_account_key = accounts.marketplace_account_key
    where daily.metric not like '%\_est' escape '\' and coalesce(daily.evaluation, 'current') = 'current'
),

checks as (
    select
        *,
        case
            when check_name = 'unmapped_rate' then 'mapping_gap'
            when check_name = 'load_completeness' then 'completeness'
        end as rule_id
    from {{ ref('check_results_daily') }}
    where check_name in ('unmapped_rate', 'load_completeness')
),

final as (
    select
        health.tenant_id,
        'headroom_low' as rule_id,
        'marketplace_account' as scope_type,
        health.series as scope_id,
        null as agent_key,
        days.state_at,
        health.is_current and (health.is_close or health.is_bad) as is_on,
        not health.is_current
        or (
            not health.is_bad
            and coalesce(
                health.headroom >= 5 or health.headroom_status = 'grey_small_n',
                health.published_status in ('good', 'above_standard', 'top_rated', 'normal'), false
            )
        ) as is_clear,
        health.headroom as value,
        health.denominator as n,
        null as ci_low,
        null as ci_high,
        2 as threshold
    from health
    inner join days
        on
        health.tenant_id = days.tenant_id
        and health.date_day = days.date_day

    union all

    select
        checks.tenant_id,
        checks.rule_id,
        'source' as scope_type,
        coalesce(checks.source_system, 'all') || '|' || coalesce(checks.table_name, '') as scope_id,
        null as agent_key,
        days.state_at,
        max(case when checks.status = 'failed' then 1 else 0 end) = 1 as is_on,
        max(case when checks.status = 'failed' then 1 else 0 end) = 0 as is_clear,
        max(checks.value) as value,
        max(checks.denominator) as n,
        null as ci_low,
        null as ci_high,
        max(checks.limit_value) as threshold
    from checks
    inner join days
        on
        checks.tenant_id = days.tenant_id
        and checks.date_day = days.date_day
    group by checks.tenant_id, checks.rule_id, checks.source_system, checks.table_name, days.state_at

    union all

    select
        tenant_id,
        'data_stale' as rule_id,
        'source' as scope_type,
        source_system || '|' || table_name as scope_id,
        null as agent_key,
        -- since it is red, so that the next run does not raise it anew
        case
            when freshness_status = 'red' then {{ add_seconds('behind_since_at', '86400') }}
            else {{ as_of_at() }}
        end as state_at,
        freshness_status = 'red' as is_on,
        freshness_status <> 'red' as is_clear,
        freshness_lag_s as value,
        row_count as n,
        null as ci_low,
        null as ci_high,
        86400 as threshold
    from {{ ref('source_freshness') }}
)

select * from final
where is_on or is_clear
