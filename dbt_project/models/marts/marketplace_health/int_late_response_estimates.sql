{{ config(materialized='view', schema='intermediate', access='protected', contract={'enforced': false}) }}

-- Per message, as the platform counts, not per turn: a message is late when no qualifying reply came within 86 400 s.
-- It counts on the day it was sent, and only once its 24 hours are over or it is answered.
with messages as (
    select * from {{ ref('fct_messages') }}
),

channels as (
    select * from {{ ref('dim_channels') }}
),

days as (
    select * from {{ ref('int_reporting_days') }}
),

judged as (
    select
        messages.tenant_id,
        messages.marketplace_account_key,
        days.day_no,
        case
            when
                messages.first_reply_after_at is null
                or {{ seconds_between('messages.sent_at', 'messages.first_reply_after_at') }} > 86400
                then 1
            else 0
        end as is_late
    from messages
    inner join channels
        on messages.channel_key = channels.channel_key
    inner join days
        on messages.tenant_id = days.tenant_id
        and cast(messages.sent_at as date) = days.utc_date
        and messages.sent_at >= days.day_start_at
        and messages.sent_at < days.day_end_at
    where
        channels.platform = 'amazon'
        and channels.channel_class = 'marketplace_message'
        and messages.marketplace_account_key is not null
        and messages.direction = 'inbound'
        and messages.visibility = 'public'
        and messages.author_role = 'customer'
        and not coalesce(messages.no_reply_needed, false)
        and not messages.is_duplicate
        and not messages.is_ticket_excluded
        and (
            messages.first_reply_after_at is not null
            or {{ seconds_between('messages.sent_at', as_of_at()) }} > 86400
        )
),

sent as (
    select
        tenant_id,
        marketplace_account_key,
        day_no,
        sum(is_late) as late_messages,
        count(*) as judged_messages
    from judged
    group by
        tenant_id,
        marketplace_account_key,
        day_no
),

accounts as (
    select
        tenant_id,
        marketplace_account_key,
        min(day_no) as first_day_no
    from sent
    group by
        tenant_id,
        marketplace_account_key
),

calendar_days as (
    select distinct
        tenant_id,
        day_no,
        date_day
    from days
),

filled as (
    select
        accounts.tenant_id,
        accounts.marketplace_account_key,
        calendar_days.day_no,
        calendar_days.date_day,
        coalesce(sent.late_messages, 0) as late_messages,
        coalesce(sent.judged_messages, 0) as judged_messages
    from accounts
    inner join calendar_days
        on accounts.tenant_id = calendar_days.tenant_id
        and accounts.first_day_no <= calendar_days.day_no
    left join sent
        on accounts.marketplace_account_key = sent.marketplace_account_key
        and calendar_days.day_no = sent.day_no
),

final as (
    {%- for window_days in [7, 30, 90] %}
    select
        tenant_id,
        marketplace_account_key,
        date_day,
        '{{ window_days }}d' as window_length,
        cast({{ dbt.dateadd('day', 1 - window_days, 'date_day') }} as date) as window_from,
        sum(late_messages) over (
            partition by marketplace_account_key
            order by day_no
            rows between {{ window_days - 1 }} preceding and current row
        ) as late_messages,
        sum(judged_messages) over (
            partition by marketplace_account_key
            order by day_no
            rows between {{ window_days - 1 }} preceding and current row
        ) as judged_messages
    from filled
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
