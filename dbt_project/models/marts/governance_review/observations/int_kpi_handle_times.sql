-- Handle time of answered contacts, in the month their last session ended, and of resolved tickets, in the month of the resolution and by
-- its reason; what people add to shared contacts is in `int_kpi_agent_handle_times`. And resolved tickets by whether their handling was
-- measured, inferred or not seen at all.

with

sessions as (

    select * from {{ ref('int_handle_sessions') }}

),

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

handle_times as (

    select * from {{ ref('int_ticket_handle_times') }}

),

worked_contacts as (

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
        worked_contacts.month,
        obligations.obligation_key as fact_key,
        obligations.ticket_key,
        worked_contacts.ended_at as happened_at,
        obligations.kind || ' turn, sessions: ' || cast(worked_contacts.sessions as varchar) as detail,
        worked_contacts.handle_s,
        obligations.platform,
        obligations.marketplace_account_key,
        obligations.channel_key,
        obligations.responder_team_key as team_key,
        cast(null as varchar) as agent_key
    from worked_contacts
    inner join obligations on worked_contacts.obligation_key = obligations.obligation_key

),

handled_tickets as (

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
    from handle_times
    where has_session

),

cycles as (

    select * from {{ ref('fct_resolution_cycles') }}

),

worked as (

    select
        cycles.cycle_key,
        max(case when sessions.is_measured then 1 else 0 end) as is_measured
    from cycles
    inner join sessions
        on
        cycles.ticket_key = sessions.ticket_key
        and sessions.started_at <= cycles.ended_at
    where cycles.is_last
    group by cycles.cycle_key

),

resolved as (

    select
        cycles.tenant_id,
        cycles.ended_month as month,
        cycles.cycle_key as fact_key,
        cycles.ticket_key,
        cycles.ended_at as happened_at,
        case worked.is_measured when 1 then 'measured' when 0 then 'inferred only' else 'no session' end as detail,
        case when worked.is_measured = 1 then 1 else 0 end as is_measured,
        case when worked.is_measured = 0 then 1 else 0 end as is_inferred,
        cycles.platform,
        cycles.marketplace_account_key,
        cycles.channel_key,
        cycles.resolver_team_key as team_key,
        cast(null as varchar) as agent_key
    from cycles
    left join worked on cycles.cycle_key = worked.cycle_key
    where
        cycles.is_last
        and cycles.ended_at is not null
        and not cycles.is_ticket_excluded

),

measured as (

    {{ kpi_durations('contacts', [{'kpi_id': 'aht', 'clock': 'none', 'seconds': 'handle_s'}]) }}
    union all
    {{ kpi_durations('handled_tickets', [
        {'kpi_id': 'aht_ticket', 'clock': 'none', 'seconds': 'handle_s', 'subject_type': 'reason', 'subject_id': 'reason_name'},
        {'kpi_id': 'tag_aht', 'clock': 'none', 'seconds': 'handle_s', 'subject_type': 'reason', 'subject_id': 'reason_name'},
    ]) }}
    union all
    {{ kpi_counts('resolved', [
        {'kpi_id': 'handle_time_coverage', 'stat': 'ratio', 'numerator': 'is_measured', 'denominator': '1'},
        {'kpi_id': 'handle_time_coverage', 'stat': 'ratio', 'variant': 'inferred_share', 'numerator': 'is_inferred', 'denominator': '1'},
    ]) }}

)

select * from measured
