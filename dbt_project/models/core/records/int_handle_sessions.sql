-- Work on tickets: each session on the merge root, at most two hours long, with the handled contact it belongs to: the last
-- turn of the ticket that had begun when the session began, if a person answered that turn. Grain: session.

with

tickets as (

    select * from {{ ref('dim_tickets') }}

),

turns as (

    select
        ticket_key,
        started_at,
        min(case when state = 'answered' then obligation_key end) as obligation_key
    from {{ ref('fct_response_obligations') }}
    where
        kind in ('first', 'next')
        and state <> 'excluded'
    group by ticket_key, started_at

),

sessions as (

    select
        sessions.session_key,
        sessions.tenant_id,
        sessions.source_system,
        roots.ticket_key,
        sessions.ticket_key as original_ticket_key,
        sessions.agent_key,
        sessions.started_at,
        sessions.ended_at,
        sessions.method,
        sessions.method <> 'inferred' as is_measured,
        least({{ seconds_between('sessions.started_at', 'sessions.ended_at') }}, 7200) as handle_s,
        sessions.ended_month as month,
        {{ epoch_us('sessions.started_at') }} as started_us,
        roots.platform,
        roots.marketplace_account_key,
        roots.channel_key
    from {{ ref('core__handle_sessions') }} as sessions
    inner join tickets as originals on sessions.ticket_key = originals.ticket_key
    inner join tickets as roots on originals.effective_ticket_key = roots.ticket_key
    where
        not sessions.is_deleted_in_source
        and not roots.is_excluded
        and sessions.ended_at <= {{ as_of_at() }}
        and sessions.ended_at >= sessions.started_at

),

placed as (

    select
        sessions.*,
        turns.obligation_key
    from sessions
    {{ asof_left_join('turns', 'turns', [['sessions.ticket_key', 'ticket_key']], 'sessions.started_at', 'started_at') }}

)

select
    placed.session_key,
    placed.tenant_id,
    placed.source_system,
    placed.ticket_key,
    placed.agent_key,
    coalesce(homes.team_key, teams.value) as team_key,
    placed.started_at,
    placed.ended_at,
    placed.method,
    placed.is_measured,
    placed.handle_s,
    placed.month,
    placed.obligation_key,
    placed.platform,
    placed.marketplace_account_key,
    placed.channel_key
from placed
left join {{ ref('core__home_teams') }} as homes
    on
    placed.agent_key = homes.agent_key
    and placed.started_us >= homes.from_us
    and placed.started_us < homes.to_us
left join {{ ref('core__ticket_states') }} as teams
    on
    placed.original_ticket_key = teams.ticket_key
    and teams.attribute = 'team'
    and placed.started_at >= teams.from_at
    and (placed.started_at < teams.to_at or teams.to_at is null)
