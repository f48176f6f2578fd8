{{ config(materialized=step(), schema='intermediate', access='protected', contract={'enforced': false}) }}

-- Every buyer message that Amazon's 24 hours judge, on the local day it was sent: the one rule behind the estimate of a day
-- (int_late_response_estimates) and of a month (int_kpi_late_messages). Per message, as the platform counts, not per turn: late
-- when no qualifying reply came within 86 400 s. It counts once its 24 hours are over or it is answered, by what is known today.
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
        messages.message_key,
        messages.ticket_key,
        messages.sent_at,
        channels.platform,
        messages.marketplace_account_key,
        messages.channel_key,
        messages.team_key,
        days.day_no,
        days.date_day,
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
)

select * from judged
