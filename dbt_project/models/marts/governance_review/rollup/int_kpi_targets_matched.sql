{{ config(materialized=step()) }}

-- The target of each monthly row, in force on the first day of the month: of the scope itself, else of its type, else of
-- its platform, else of the company; the exact variant before one for all variants.

with

numbers as (

    select * from {{ ref('int_kpi_grid') }}

),

definitions as (

    select * from {{ ref('kpi_definitions') }}

),

targets as (

    select * from {{ ref('kpi_targets') }}

),

platforms as (

    select
        tenant_id,
        'channel' as scope_type,
        channel_id as scope_id,
        max(platform) as platform
    from {{ ref('dim_channels') }}
    group by tenant_id, channel_id
    union all
    select
        tenant_id,
        'marketplace_account' as scope_type,
        marketplace_account_id as scope_id,
        max(platform) as platform
    from {{ ref('dim_marketplace_accounts') }}
    group by tenant_id, marketplace_account_id

),

top_reasons as (

    -- a target for the scope `top5` holds for the reasons that are in the company's top five at the month's end
    select
        tenant_id,
        month,
        reason_name
    from {{ ref('int_reason_ranks') }}
    where
        scope_type = 'company'
        and window_days = 30
        and is_top5

),

candidates as (

    select
        numbers.series_key,
        numbers.tenant_id,
        numbers.month,
        numbers.kpi_id,
        numbers.stat,
        numbers.clock,
        numbers.layer,
        numbers.variant,
        numbers.scope_type,
        numbers.scope_id,
        targets.target_version_id,
        targets.target,
        targets.target_high,
        targets.amber_tolerance,
        targets.direction,
        targets.target_class,
        row_number() over (
            partition by numbers.series_key, numbers.month
            order by
                case
                    when targets.scope_type = numbers.scope_type and targets.scope_id = numbers.scope_id then 1
                    when targets.scope_type = numbers.scope_type and targets.scope_id in ('*', 'top5') then 2
                    when targets.scope_type = 'platform' then 3
                    else 4
                end,
                case when targets.variant = numbers.variant then 1 else 2 end,
                targets.valid_from desc,
                targets.target_version_id
        ) as choice
    from numbers
    inner join definitions on numbers.kpi_id = {{ kpi_series_id('definitions') }}
    inner join targets
        on
        numbers.tenant_id = targets.tenant_id
        and definitions.kpi_id = targets.kpi_id
        and numbers.stat = targets.stat
        and numbers.layer = targets.layer
        and numbers.clock = coalesce(targets.clock, definitions.governed_clock)
        -- a companion figure has another meaning than its KPI: only a target that names it can judge it
        and (
            numbers.variant = targets.variant
            or (targets.variant = 'none' and '|' || coalesce(definitions.companions, '') || '|' not like '%|' || numbers.variant || '|%')
        )
        and numbers.month >= targets.valid_from
        and (numbers.month < targets.valid_to or targets.valid_to is null)
    left join platforms
        on
        numbers.tenant_id = platforms.tenant_id
        and numbers.scope_type = platforms.scope_type
        and numbers.scope_id = platforms.scope_id
    left join top_reasons
        on
        numbers.scope_type = 'reason'
        and targets.scope_id = 'top5'
        and numbers.tenant_id = top_reasons.tenant_id
        and numbers.month = top_reasons.month
        and numbers.scope_id = top_reasons.reason_name
    where
        (targets.scope_type = numbers.scope_type and targets.scope_id in (numbers.scope_id, '*'))
        or (targets.scope_type = 'reason' and top_reasons.reason_name is not null)
        or (targets.scope_type = 'platform' and targets.scope_id = platforms.platform)
        or targets.scope_type = 'company'

)

select * from candidates
where choice = 1
