-- Handle time of answered contacts, in the month their last session ended, and of resolved tickets, in the month of the
-- resolution and by its reason. What people add to shared contacts is in `int_kpi_agent_handle_times`.

with

sessions as (

    select * from {{ ref('int_handle_sessions') }}

),

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

resolved as (

    select * from {{ ref('int_ticket_handle_times') }}

),

worked as (

    select
        obligation_key,
        max(month) as month,
        max(ended_at) as ended_at,
        count(*) as sessions,
        sum(handle_s) as handle_s
    from sessions
    where obligation_key is not null
    group by obligation_key

),

contacts as (

    select
        obligations.tenant_id,
        worked.month,
        obligations.obligation_key as fact_key,
        obligations.ticket_key,
        worked.ended_at as happened_at,
        obligations.kind || ' turn, sessions: ' || cast(worked.sessions as varchar) as detail,
        worked.handle_s,
        obligations.platform,
        obligations.marketplace_account_key,
        obligations.channel_key,
        obligations.responder_team_key as team_key,
        cast(null as varchar) as agent_key
    from worked
    inner join obligations on worked.obligation_key = obligations.obligation_key

),

tickets as (

    select
        tenant_id,
        month,
        cycle_key as fact_key,
        ticket_key,
        resolved_at as happened_at,
        'resolved ticket, sessions: ' || cast(session_count as varchar) as detail,
        handle_s,
        coalesce(reason_name, 'untagged') as reason_name,
        platform,
        marketplace_account_key,
        channel_key,
        team_key,
        cast(null as varchar) as agent_key
    from resolved
    where has_session

),

measured as (

    {{ kpi_durations('contacts', [{'kpi_id': 'aht', 'clock': 'none', 'seconds': 'handle_s'}]) }}
    union all
    {{ kpi_durations('tickets', [
        {'kpi_id': 'aht_ticket', 'clock': 'none', 'seconds': 'handle_s', 'subject_type': 'reason', 'subject_id': 'reason_name'},
        {'kpi_id': 'tag_aht', 'clock': 'none', 'seconds': 'handle_s', 'subject_type': 'reason', 'subject_id': 'reason_name'},
    ]) }}

)

select * from measured
