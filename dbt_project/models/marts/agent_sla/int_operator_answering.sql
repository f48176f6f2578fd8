{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

-- What operators write and how fast they react: one row per activity of one person on one channel.
with messages as (
    select * from {{ ref('fct_messages') }}
    where not is_duplicate and not is_ticket_excluded
),

obligations as (
    select * from {{ ref('fct_response_obligations') }}
),

incident_turns as (
    select * from {{ ref('int_kpi_incident_turns') }}
    where is_visible_inside
),

-- A logged call is answered at the call itself and is nobody's reaction. A turn that became visible during an outage says
-- nothing about a person; it stays in the sums under `unowned`.
reactions as (
    select
        obligations.*,
        case
            when incident_turns.obligation_key is null then coalesce(obligations.responder_agent_key, 'unowned')
            else 'unowned'
        end as reacting_agent_key
    from obligations
    left join incident_turns
        on obligations.obligation_key = incident_turns.obligation_key
    where obligations.state = 'answered' and obligations.kind in ('first', 'next') and not obligations.is_proxy
),

final as (
    select
        tenant_id,
        source_system,
        coalesce(author_agent_key, 'unowned') as agent_key,
        team_key,
        channel_key,
        sent_at as counted_at,
        case
            when not is_human_public_reply then 'internal_note'
            when is_assist then 'assist_reply'
            else 'reply'
        end as activity,
        cast(null as bigint) as reaction_cal_s,
        cast(null as bigint) as reaction_bus_s
    from messages
    where is_human_public_reply or (visibility = 'internal' and author_role = 'agent')

    union all

    select
        tenant_id,
        source_system,
        coalesce(responder_agent_key, 'unowned'),
        responder_team_key,
        channel_key,
        satisfied_at,
        'first_reply',
        null,
        null
    from obligations
    where state = 'answered' and kind = 'first'

    union all

    select
        tenant_id,
        source_system,
        reacting_agent_key,
        responder_team_key,
        channel_key,
        satisfied_at,
        'reaction',
        reaction_cal_s,
        reaction_bus_s
    from reactions

    union all

    select
        tenant_id,
        source_system,
        settled_by_agent_key,
        settled_by_team_key,
        channel_key,
        settled_at,
        'waiver',
        null,
        null
    from obligations
    where state = 'waived' and kind in ('first', 'next')
)

select * from final
