{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- State of `reason_surge` at the end of every day (§13): tickets of a reason per 100 orders of the day outside the limits of the days
-- before; the same shape as int_alert_compliance_states.
with days as (
    select * from {{ ref('int_alert_days') }}
),

orders as (
    select
        tenant_id,
        placed_on as date_day,
        count(*) as orders
    from {{ ref('core__orders') }}
    where placed_at <= {{ as_of_at() }} and not coalesce(is_deleted_in_source, false)
    group by tenant_id, placed_on
),

first_days as (
    select
        tenant_id,
        reason_name,
        min(date_day) as first_day
    from {{ ref('tag_volume_daily') }}
    where not is_untagged and reason_name is not null
    group by tenant_id, reason_name
),

reason_days as (
    select
        orders.tenant_id,
        first_days.reason_name,
        days.state_at,
        days.day_no,
        coalesce(sum(volumes.tickets), 0) as tickets,
        100 * coalesce({{ as_double('sum(volumes.tickets)') }}, 0) / max(orders.orders) as rate
    from orders
    inner join first_days
        on
        orders.tenant_id = first_days.tenant_id
        and orders.date_day >= first_days.first_day
    inner join days
        on
        orders.tenant_id = days.tenant_id
        and orders.date_day = days.date_day
    left join {{ ref('tag_volume_daily') }} as volumes
        on
        first_days.tenant_id = volumes.tenant_id
        and first_days.reason_name = volumes.reason_name
        and orders.date_day = volumes.date_day
    group by orders.tenant_id, first_days.reason_name, days.state_at, days.day_no
),

reason_ranges as (
    select
        *,
        abs(rate - lag(rate) over (partition by tenant_id, reason_name order by day_no)) as moving_range
    from reason_days
),

reason_charts as (
    select
        *,
        count(rate) over baseline as points,
        round(avg(rate) over baseline, 9) as centre,
        round(avg(moving_range) over ranges, 9) as mean_range
    from reason_ranges
    window
        baseline as {{ xmr_window('tenant_id, reason_name', 'day_no') }},
        ranges as {{ xmr_window('tenant_id, reason_name', 'day_no', 39) }}
),

reason_surges as (
    select
        *,
        case when points >= 12 and tickets >= 5 and rate > centre + {{ xmr_reach('mean_range') }} then 1 else 0 end as is_out
    from reason_charts
),

final as (
    select
        tenant_id,
        'reason_surge' as rule_id,
        'reason' as scope_type,
        reason_name as scope_id,
        null as agent_key,
        state_at,
        is_out = 1 as is_on,
        max(is_out) over (partition by tenant_id, reason_name order by day_no rows between 6 preceding and current row) = 0 as is_clear,
        rate as value,
        tickets as n,
        null as ci_low,
        null as ci_high,
        centre + {{ xmr_reach('mean_range') }} as threshold
    from reason_surges
)

select * from final
where is_on or is_clear
