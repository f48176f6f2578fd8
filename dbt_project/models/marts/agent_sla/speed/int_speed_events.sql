{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

-- What happens on a reporting day for the question of §12, one row per countable thing: a turn that arrives, a reaction, a closing
-- with or without reply, a waiver. A turn belongs to the team that answered it, else to the one that has it.
with obligations as (
    select
        *,
        coalesce(responder_team_key, team_key, holder_team_key) as working_team_key,
        -- nights are no slowness: business time where a calendar is in force; asked and answered while closed tells nothing
        case
            when reaction_bus_s is null then reaction_cal_s
            when reaction_bus_s > 0 or reaction_cal_s = 0 then reaction_bus_s
        end as reaction_s
    from {{ ref('fct_response_obligations') }}
    where kind in ('first', 'next') and state <> 'excluded'
),

incident_turns as (
    select * from {{ ref('int_kpi_incident_turns') }}
    where is_visible_inside
),

things as (
    select
        tenant_id,
        started_at as happened_at,
        channel_key,
        working_team_key as team_key,
        responder_agent_key as agent_key,
        1 as turns,
        cast(null as bigint) as reaction_s,
        0 as ends,
        0 as silent_ends,
        obligation_key
    from obligations

    union all

    select
        obligations.tenant_id,
        obligations.satisfied_at as happened_at,
        obligations.channel_key,
        obligations.responder_team_key as team_key,
        -- a turn of an outage is nobody's reaction
        case when incident_turns.obligation_key is null then obligations.responder_agent_key end as agent_key,
        0 as turns,
        obligations.reaction_s,
        0 as ends,
        0 as silent_ends,
        obligations.obligation_key
    from obligations
    left join incident_turns
        on obligations.obligation_key = incident_turns.obligation_key
    where obligations.state = 'answered' and not obligations.is_proxy and obligations.reaction_s is not null

    union all

    select
        tenant_id,
        closed_at as happened_at,
        channel_key,
        closer_team_key as team_key,
        closer_agent_key as agent_key,
        0 as turns,
        cast(null as bigint) as reaction_s,
        1 as ends,
        case when is_without_reply then 1 else 0 end as silent_ends,
        cast(null as varchar) as obligation_key
    from {{ ref('fct_closings') }}
    where is_human and not is_merge_or_spam and not is_ticket_excluded and (is_with_reply or is_without_reply)

    union all

    select
        tenant_id,
        settled_at as happened_at,
        channel_key,
        working_team_key as team_key,
        waived_by_agent_key as agent_key,
        0 as turns,
        cast(null as bigint) as reaction_s,
        1 as ends,
        1 as silent_ends,
        obligation_key
    from obligations
    where state = 'waived'
),

final as (
    select
        things.*,
        days.date_day
    from things
    inner join {{ ref('int_reporting_days') }} as days
        on
        things.tenant_id = days.tenant_id
        and cast(things.happened_at as date) = days.utc_date
        and things.happened_at >= days.day_start_at
        and things.happened_at < days.day_end_at
)

select * from final
