{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- Persons who were active in a period and of whose obligations none was judged in it: they have no rate, and a card that says so.
-- Active is who wrote, changed a ticket, had one given or taken, ended a resolution, had a session or an hour on duty, or of whom
-- int_scorecard_conduct knows anything. In the layer of the house, and in the platforms' where the seller has an account.
with periods as (
    select * from {{ ref('int_scorecard_periods') }}
    where period_type <> 'quarter'
),

seen as (
    select tenant_id, author_agent_key as agent_key, sent_at as happened_at
    from {{ ref('fct_messages') }}

    union all

    select tenant_id, actor_agent_key as agent_key, occurred_at as happened_at
    from {{ ref('fct_ticket_events') }}

    union all

    select tenant_id, agent_key, from_at as happened_at
    from {{ ref('fct_assignment_spans') }}

    union all

    select tenant_id, agent_key, to_at as happened_at
    from {{ ref('fct_assignment_spans') }}

    union all

    select tenant_id, resolver_agent_key as agent_key, ended_at as happened_at
    from {{ ref('fct_resolution_cycles') }}

    union all

    select tenant_id, agent_key, ended_at as happened_at
    from {{ ref('int_handle_sessions') }}
),

-- An instant lies in few days, a day in many periods.
days as (
    select
        seen.tenant_id,
        seen.agent_key,
        dates.date_day
    from (
        select
            tenant_id,
            agent_key,
            cast(date_trunc('minute', happened_at) as timestamp) as happened_minute
        from seen
        where agent_key is not null and happened_at <= {{ as_of_at() }}
        group by tenant_id, agent_key, cast(date_trunc('minute', happened_at) as timestamp)
    ) as seen
    inner join {{ ref('dim_dates') }} as dates
        on
        seen.tenant_id = dates.tenant_id
        and seen.happened_minute >= dates.day_start_at
        and seen.happened_minute < dates.day_end_at
    group by seen.tenant_id, seen.agent_key, dates.date_day

    union

    select tenant_id, agent_key, date_day
    from {{ ref('int_staffed_hours') }}
    where staffed_s > 0
),

active as (
    select
        periods.tenant_id,
        periods.period_type,
        periods.period_start,
        days.agent_key
    from days
    inner join periods
        on
        days.tenant_id = periods.tenant_id
        and days.date_day between periods.period_start and periods.last_day
    group by periods.tenant_id, periods.period_type, periods.period_start, days.agent_key

    union

    select tenant_id, period_type, period_start, agent_key
    from {{ ref('int_scorecard_conduct') }}
),

layers as (
    select distinct tenant_id, 'internal' as layer
    from periods
    union
    select distinct tenant_id, 'marketplace' as layer
    from {{ ref('dim_marketplace_accounts') }}
),

-- Why nothing was judged at all, in the layer.
gaps as (
    select
        tenant_id,
        month,
        layer,
        reason
    from {{ ref('int_kpi_gaps') }}
    where kpi_id = 'sla_compliance' and variant = '*' and clock = '*'
)

select
    active.tenant_id,
    active.period_type,
    active.period_start,
    layers.layer,
    'all' as platform,
    active.agent_key,
    periods.last_day,
    homes.team_key,
    coalesce(everywhere.reason, gaps.reason, 'owed no reply that was judged in the period') as eligibility_reason
from active
inner join periods
    on
    active.tenant_id = periods.tenant_id
    and active.period_type = periods.period_type
    and active.period_start = periods.period_start
-- a seller all of whose tickets are excluded has no month, and no cards in it
inner join {{ ref('int_kpi_months') }} as months
    on
    active.tenant_id = months.tenant_id
    and {{ month_start('periods.last_day') }} = months.month
inner join layers
    on active.tenant_id = layers.tenant_id
inner join {{ ref('dim_agents') }} as agents
    on active.agent_key = agents.agent_key
left join {{ ref('core__home_teams') }} as homes
    on
    active.agent_key = homes.agent_key
    and periods.last_day >= cast(homes.valid_from as date)
    and (periods.last_day < cast(homes.valid_to as date) or homes.valid_to is null)
left join gaps as everywhere
    on
    active.tenant_id = everywhere.tenant_id
    and {{ month_start('periods.last_day') }} = everywhere.month
    and everywhere.layer = '*'
left join gaps
    on
    active.tenant_id = gaps.tenant_id
    and {{ month_start('periods.last_day') }} = gaps.month
    and layers.layer = gaps.layer
left join {{ ref('int_scorecard_rates') }} as rates
    on
    active.tenant_id = rates.tenant_id
    and active.period_type = rates.period_type
    and active.period_start = rates.period_start
    and layers.layer = rates.layer
    and active.agent_key = rates.agent_key
    and rates.platform = 'all'
where
    rates.agent_key is null
    and agents.agent_key <> 'unowned'
    and not agents.is_bot
    and agents.agent_analytics_allowed
    and agents.agent_views <> 'off'
