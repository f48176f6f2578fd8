{{ config(materialized='view', schema='intermediate', access='private', contract={'enforced': false}) }}

-- What operators write and how fast they react: one row per activity of one person on one channel.
with messages as (
    select * from {{ ref('fct_messages') }}
    where not is_duplicate and not is_ticket_excluded
),

-- A logged call is answered at the call itself and is nobody's reaction.
proxy_tickets as (
    select
        ticket_key,
        created_at
    from {{ ref('dim_tickets') }}
    where origin = 'proxy'
),

obligations as (
    select
        obligations.*,
        proxy_tickets.ticket_key is not null and obligations.kind = 'first' as is_logged_call
    from {{ ref('fct_response_obligations') }} as obligations
    left join proxy_tickets
        on obligations.original_ticket_key = proxy_tickets.ticket_key
        and obligations.started_at = proxy_tickets.created_at
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
        coalesce(responder_team_key, team_key),
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
        -- E22: a turn due inside an incident is nobody's reaction; it stays in the sums under `unowned`.
        case
            when coalesce(marketplace_owner_rule, '') = 'incident' or coalesce(internal_owner_rule, '') = 'incident'
                then 'unowned'
            else coalesce(responder_agent_key, 'unowned')
        end,
        coalesce(responder_team_key, team_key),
        channel_key,
        satisfied_at,
        'reaction',
        reaction_cal_s,
        reaction_bus_s
    from obligations
    where state = 'answered' and kind in ('first', 'next') and not is_logged_call

    union all

    select
        tenant_id,
        source_system,
        coalesce(waived_by_agent_key, 'unowned'),
        team_key,
        channel_key,
        coalesce(waived_at, started_at),
        'waiver',
        null,
        null
    from obligations
    where state = 'waived'
)

select * from final
