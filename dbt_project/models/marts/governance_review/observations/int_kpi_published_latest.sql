{{ config(materialized='view') }}

-- What a platform published last about an account up to each month's snapshot: one row per account, metric, variant and
-- dimension (an eBay category or shipping region; null = the account as a whole).

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

snapshots as (

    select * from {{ ref('core__account_health_snapshots') }}

),

definitions as (

    select * from {{ ref('seed_kpi_definitions') }}

),

companions as (

    -- figures that stand beside a KPI of the card, under its id
    select
        'amz_avg_response_h' as metric,
        'amz_late_response_rate' as kpi_id,
        'amz_avg_response_h' as companion
    union all
    select
        'amz_policy_violations' as metric,
        'amz_account_status' as kpi_id,
        'open_violations' as companion
    union all
    select
        'social_page_response_time' as metric,
        'social_page_responsiveness' as kpi_id,
        'social_page_response_time' as companion

),

named as (

    select
        snapshots.*,
        definitions.kpi_id,
        companions.companion,
        definitions.variants,
        {{ dbt.datediff('snapshots.window_from', 'snapshots.window_to', 'day') }} + 1 as window_days
    from snapshots
    left join companions on snapshots.metric = companions.metric
    inner join definitions on coalesce(companions.kpi_id, snapshots.metric) = definitions.kpi_id
    where
        definitions.stat = 'published'
        and not coalesce(snapshots.is_deleted_in_source, false)

),

varied as (

    -- the card splits by fulfilment, by evaluation or by the length of the window; months have 28 to 31 days
    select
        *,
        case
            when companion is not null then companion
            when dimension_key = 'variant' then dimension_value
            when variants = 'mfn|afn' then coalesce(fulfilment, 'none')
            when variants = 'current|projected' then coalesce(evaluation, 'current')
            when variants = 'none' or window_days is null then 'none'
            when window_days <= 8 then '7d'
            when window_days <= 12 then '10d'
            when window_days <= 16 then '14d'
            when window_days between 27 and 35 then '30d'
            when window_days between 55 and 66 then '60d'
            when window_days between 85 and 100 then '90d'
            else 'none'
        end as variant
    from named
    -- of several windows a companion has that of the governed one
    where
        companion is null
        or companion <> 'amz_avg_response_h'
        or window_days <= 8

),

ranked as (

    -- of several programs of one account the one with most transactions speaks for it
    select
        months.month,
        months.month_start_at,
        varied.*,
        row_number() over (
            partition by
                months.tenant_id,
                months.month,
                varied.marketplace_account_id,
                varied.metric,
                varied.variant,
                coalesce(varied.dimension_key, ''),
                coalesce(varied.dimension_value, '')
            order by
                cast(varied.captured_at as date) desc,
                varied.denominator desc nulls last,
                varied.captured_at desc,
                varied.snapshot_id desc
        ) as place
    from varied
    inner join months
        on
        varied.tenant_id = months.tenant_id
        and varied.captured_at <= months.snapshot_at

),

final as (

    select
        tenant_id,
        month,
        kpi_id,
        variant,
        marketplace_account_id,
        case when dimension_key <> 'variant' then dimension_key end as dimension_key,
        rate,
        numerator,
        denominator,
        published_status,
        target_value,
        target_condition,
        captured_at,
        captured_at < month_start_at as is_stale
    from ranked
    where place = 1

)

select * from final
