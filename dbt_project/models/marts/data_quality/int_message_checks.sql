{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

-- Daily checks on messages: is the person behind a reply known, and how long do messages take to reach the helpdesk?
with messages as (
    select * from {{ ref('fct_messages') }}
    where not is_duplicate and not is_ticket_excluded
),

days as (
    select * from {{ ref('int_reporting_days') }}
),

sent as (
    select
        messages.*,
        days.date_day,
        {{ seconds_between('messages.sent_at', 'messages.available_at') }} as lag_cal_s
    from messages
    inner join days
        on messages.tenant_id = days.tenant_id
        and cast(messages.sent_at as date) = days.utc_date
        and messages.sent_at >= days.day_start_at
        and messages.sent_at < days.day_end_at
),

final as (
    select
        tenant_id,
        source_system,
        date_day,
        'attribution_coverage' as check_name,
        cast(count(*) filter (where coalesce(author_agent_key, 'unowned') <> 'unowned') as decimal(18, 6)) as numerator,
        cast(count(*) as decimal(18, 6)) as denominator
    from sent
    where is_qualifying_reply
    group by
        tenant_id,
        source_system,
        date_day

    union all

    select
        tenant_id,
        source_system,
        date_day,
        'sync_lag_within_15_min',
        cast(count(*) filter (where lag_cal_s <= 900) as decimal(18, 6)),
        cast(count(*) as decimal(18, 6))
    from sent
    where direction = 'inbound'
    group by
        tenant_id,
        source_system,
        date_day
)

select * from final
