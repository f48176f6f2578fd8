-- Seconds from the sending of an inbound message to the instant agents could see it, in the month it was sent. A clock that
-- runs up to two minutes ahead counts as no lag; one further off tells nothing (edge case E20).

with

messages as (

    select * from {{ ref('fct_messages') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

received as (

    select
        messages.tenant_id,
        messages.message_key as fact_key,
        messages.ticket_key,
        messages.sent_at as happened_at,
        'inbound message' as detail,
        {{ kpi_local_month('messages.sent_at') }} as month,
        {{ seconds_between('messages.sent_at', 'messages.available_at') }} as lag_s,
        messages.platform,
        messages.marketplace_account_key,
        messages.channel_key,
        messages.team_key,
        cast(null as varchar) as agent_key
    from messages
    inner join tenants on messages.tenant_id = tenants.tenant_id
    where
        messages.direction = 'inbound'
        and not coalesce(messages.is_duplicate, false)
        and not messages.is_ticket_excluded

),

measured as (

    {{ kpi_durations('received', [
        {'kpi_id': 'sync_lag', 'seconds': 'greatest(lag_s, 0)', 'where': 'lag_s >= -120'},
    ]) }}

)

select * from measured
