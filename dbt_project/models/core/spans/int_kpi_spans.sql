-- Stretches of a ticket's life that speed KPIs measure, each with whose row it is: from contact to solution and to last
-- reply, from opening to last resolution, between updates, under one team, from visibility to the first holder. Of the tickets this
-- build computes.

with

cycles as (

    select
        cycles.*,
        tickets.created_at
    from {{ ref('fct_resolution_cycles') }} as cycles
    inner join {{ ref('dim_tickets') }} as tickets on cycles.ticket_key = tickets.ticket_key
    where {{ touched_only('cycles.ticket_key') }} and not tickets.is_excluded and cycles.ended_at is not null

),

solutions as (

    select * from {{ ref('int_kpi_solutions') }}

),

gaps as (

    select * from {{ ref('int_kpi_update_gaps') }}

),

team_spans as (

    select * from {{ ref('int_kpi_team_spans') }}

),

assignments as (

    select * from {{ ref('int_kpi_first_assignments') }}

),

united as (

    select
        'solution' as purpose,
        tenant_id,
        ticket_key as span_key,
        ticket_key,
        ticket_key as timeline_key,
        first_contact_at as from_at,
        solution_at as to_at,
        solved_at as happened_at,
        team_key,
        agent_key,
        'method ' || cast(method as varchar) || ', reply ' || message_key as detail
    from solutions
    union all
    select
        'last_reply' as purpose,
        tenant_id,
        ticket_key as span_key,
        ticket_key,
        ticket_key as timeline_key,
        first_contact_at as from_at,
        last_reply_at as to_at,
        ended_at as happened_at,
        resolver_team_key as team_key,
        coalesce(resolver_agent_key, 'unowned') as agent_key,
        'last reply ' || cast(last_reply_at as varchar) as detail
    from cycles
    where is_last and is_mature and reply_count > 0
    union all
    -- nobody waits before the ticket exists, nor, on one the seller opened, before the customer has written
    select
        'life' as purpose,
        tenant_id,
        ticket_key as span_key,
        ticket_key,
        ticket_key as timeline_key,
        least(case when created_at > first_contact_at then created_at else first_contact_at end, ended_at) as from_at,
        ended_at as to_at,
        ended_at as happened_at,
        null as team_key,
        null as agent_key,
        'up to cycle ' || cast(cycle_no as varchar) as detail
    from cycles
    where is_last
    union all
    select
        'gap' as purpose,
        tenant_id,
        message_key as span_key,
        ticket_key,
        ticket_key as timeline_key,
        from_at,
        to_at,
        to_at as happened_at,
        null as team_key,
        assignee_agent_key as agent_key,
        'since the update at ' || cast(from_at as varchar) as detail
    from gaps
    union all
    select
        'team' as purpose,
        tenant_id,
        span_key,
        ticket_key,
        ticket_key as timeline_key,
        from_at,
        to_at,
        to_at as happened_at,
        team_key,
        null as agent_key,
        'held since ' || cast(from_at as varchar) as detail
    from team_spans
    where to_at is not null
    union all
    select
        'assignment' as purpose,
        tenant_id,
        ticket_key as span_key,
        ticket_key,
        ticket_key as timeline_key,
        from_at,
        to_at,
        to_at as happened_at,
        null as team_key,
        null as agent_key,
        ended_by as detail
    from assignments

)

select * from united
