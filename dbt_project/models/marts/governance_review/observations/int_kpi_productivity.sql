-- Work finished per hour of work, for people whose time is recorded: resolutions with an own reply by resolver, answered
-- contacts by responder, beside the hours of the same people in the same month.

with

time_spent as (

    select
        tenant_id,
        month,
        team_key,
        agent_key,
        sum(numerator) as handling_s,
        sum(denominator) as paid_s
    from {{ ref('int_kpi_agent_time') }}
    where kpi_id = 'utilization'
    group by tenant_id, month, team_key, agent_key

),

cycles as (

    select * from {{ ref('fct_resolution_cycles') }}

),

messages as (

    select * from {{ ref('fct_messages') }}

),

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

people as (

    select
        tenant_id,
        month,
        agent_key,
        sum(handling_s) > 0 as has_handling,
        sum(paid_s) > 0 as has_paid
    from time_spent
    group by tenant_id, month, agent_key

),

own_replies as (

    select
        cycles.cycle_key,
        cycles.ended_month,
        count(*) as replies
    from cycles
    inner join messages
        on
        cycles.ticket_key = messages.ticket_key
        and cycles.resolver_agent_key = messages.author_agent_key
        and messages.sent_at >= cycles.started_at
        and messages.sent_at <= cycles.ended_at
    where messages.is_human_public_reply
    group by cycles.cycle_key, cycles.ended_month

),

answered as (

    select
        obligations.tenant_id,
        obligations.satisfied_month as month,
        obligations.obligation_key as fact_key,
        obligations.ticket_key,
        obligations.satisfied_at as happened_at,
        obligations.kind || ' turn' as detail,
        obligations.responder_team_key as team_key,
        coalesce(obligations.responder_agent_key, 'unowned') as agent_key
    from obligations
    where
        obligations.state = 'answered'
        and obligations.kind in ('first', 'next')

),

finished as (

    select
        cycles.tenant_id,
        cycles.ended_month as month,
        cycles.cycle_key as fact_key,
        cycles.ticket_key,
        cycles.ended_at as happened_at,
        'resolution, own replies: ' || cast(own_replies.replies as varchar) as detail,
        cycles.resolver_team_key as team_key,
        cycles.resolver_agent_key as agent_key
    from cycles
    inner join own_replies
        on
        cycles.cycle_key = own_replies.cycle_key
        -- who asks for a month counts replies of that month alone
        and cycles.ended_month = own_replies.ended_month
    where not cycles.is_ticket_excluded

),

work as (

    select
        united.*,
        cast(null as varchar) as platform,
        cast(null as varchar) as marketplace_account_key,
        cast(null as varchar) as channel_key,
        coalesce(people.has_handling, false) as has_handling,
        coalesce(people.has_paid, false) as has_paid
    from (
        select
            'contact' as unit,
            *,
            0 as handling_h,
            0 as paid_h
        from answered
        union all
        select
            'resolution' as unit,
            *,
            0 as handling_h,
            0 as paid_h
        from finished
        union all
        select
            'hours' as unit,
            tenant_id,
            month,
            agent_key || coalesce(team_key, '') as fact_key,
            cast(null as varchar) as ticket_key,
            cast(month as timestamp) as happened_at,
            'hours of the month' as detail,
            team_key,
            agent_key,
            round(handling_s / 3600, 6) as handling_h,
            round(paid_s / 3600, 6) as paid_h
        from time_spent
    ) as united
    left join people
        on
        united.tenant_id = people.tenant_id
        and united.month = people.month
        and united.agent_key = people.agent_key

),

measured as (

    {{ kpi_counts('work', [
        {'kpi_id': 'contacts_per_agent', 'stat': 'count', 'where': "unit = 'contact'"},
        {'kpi_id': 'contacts_per_agent', 'stat': 'ratio', 'variant': 'per_paid_hour', 'numerator': "case when unit = 'contact' then 1 else 0 end", 'denominator': 'paid_h', 'n': "case when unit = 'contact' then 1 else 0 end", 'where': "has_paid and unit <> 'resolution'"},
        {'kpi_id': 'productivity', 'stat': 'ratio', 'variant': 'per_handling_hour', 'numerator': "case when unit = 'resolution' then 1 else 0 end", 'denominator': 'handling_h', 'n': "case when unit = 'resolution' then 1 else 0 end", 'where': "has_handling and unit <> 'contact'"},
        {'kpi_id': 'productivity', 'stat': 'ratio', 'variant': 'per_paid_hour', 'numerator': "case when unit = 'resolution' then 1 else 0 end", 'denominator': 'paid_h', 'n': "case when unit = 'resolution' then 1 else 0 end", 'where': "has_paid and unit <> 'contact'"},
    ]) }}

)

select * from measured
