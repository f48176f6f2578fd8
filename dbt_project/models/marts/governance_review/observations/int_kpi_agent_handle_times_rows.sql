-- The handled contacts behind everyone's own `aht`: the seconds of one person on one contact.

with

sessions as (

    select * from {{ ref('int_handle_sessions') }} as found
    where
        obligation_key is not null
        and {{ kpi_is_seen('found.ticket_key', 'aht') }}

),

contacts as (

    select
        obligation_key,
        max(month) as month
    from sessions
    group by obligation_key

),

parts as (

    select
        sessions.tenant_id,
        contacts.month,
        sessions.agent_key,
        sessions.obligation_key,
        min(sessions.ticket_key) as ticket_key,
        min(sessions.platform) as platform,
        min(sessions.marketplace_account_key) as marketplace_account_key,
        min(sessions.channel_key) as channel_key,
        max(sessions.ended_at) as ended_at,
        count(*) as sessions,
        sum(sessions.handle_s) as handle_s
    from sessions
    inner join contacts on sessions.obligation_key = contacts.obligation_key
    group by sessions.tenant_id, contacts.month, sessions.agent_key, sessions.obligation_key

)

select * from parts
