{{ config(materialized='view', schema='intermediate', access='private', contract={'enforced': false}) }}

-- Everything agent_sla_daily counts, one row per countable thing: a verdict for its owner, a reply for its author,
-- held seconds for the holder, an undecided obligation for the holder at the day's end.
with layers as (
    select * from {{ ref('int_obligation_layers') }}
),

segments as (
    select * from {{ ref('fct_obligation_segments') }}
),

pending_days as (
    select * from {{ ref('int_pending_obligation_days') }}
),

held as (
    select
        layers.obligation_key,
        layers.layer,
        layers.policy_id,
        layers.counted_at,
        coalesce(segments.agent_key, 'unowned') as agent_key,
        segments.team_key,
        segments.holder_class,
        segments.cal_s,
        case
            when layers.layer = 'marketplace' then segments.marketplace_target_s
            else segments.internal_target_s
        end as target_s
    from layers
    inner join segments
        on layers.obligation_key = segments.obligation_key
    where layers.verdict in ('met', 'breached')
),

final as (
    select
        obligation_key,
        layer,
        policy_id,
        counted_at,
        counted_agent_key as agent_key,
        counted_team_key as team_key,
        verdict,
        missed_class,
        owner_rule,
        overrun_s,
        is_time_uncertain,
        cast(null as bigint) as reply_cal_s,
        cast(null as bigint) as reply_bus_s,
        false as is_reply,
        cast(null as varchar) as holder_class,
        cast(null as bigint) as held_cal_s,
        cast(null as bigint) as held_target_s
    from layers
    where verdict <> 'pending'

    union all

    select
        obligation_key,
        layer,
        policy_id,
        satisfied_at,
        coalesce(responder_agent_key, 'unowned'),
        responder_team_key,
        null,
        null,
        null,
        null,
        false,
        reply_cal_s,
        reply_bus_s,
        true,
        null,
        null,
        null
    from layers
    where state = 'answered'

    union all

    select
        obligation_key,
        layer,
        policy_id,
        counted_at,
        agent_key,
        team_key,
        null,
        null,
        null,
        null,
        false,
        null,
        null,
        false,
        holder_class,
        cal_s,
        target_s
    from held

    union all

    select
        pending_days.obligation_key,
        pending_days.layer,
        layers.policy_id,
        pending_days.counted_at,
        coalesce(pending_days.agent_key, 'unowned'),
        pending_days.team_key,
        'pending',
        null,
        null,
        null,
        false,
        null,
        null,
        false,
        null,
        null,
        null
    from pending_days
    inner join layers
        on pending_days.obligation_key = layers.obligation_key
        and pending_days.layer = layers.layer
)

select * from final
