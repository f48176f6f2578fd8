{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

-- Everything agent_sla_daily counts, one row per countable thing: a verdict for its owner (with the
-- seconds its turn was held), a reply for its author, an undecided obligation for the holder at the day's end.
with layers as (
    select * from {{ ref('int_obligation_layers') }}
),

segments as (
    select * from {{ ref('fct_obligation_segments') }}
),

pending_days as (
    select * from {{ ref('int_pending_obligation_days') }}
),

-- Where the judged turns waited: seconds of all segments of a turn, on the row of its verdict.
held as (
    {% set holders = ['queue', 'sync_lag', 'agent', 'bot', 'closed'] %}
    select
        {% for holder in holders %}
        sum(case when holder_class = '{{ holder }}' then cal_s end) as held_{{ holder }}_cal_s,
        sum(case when holder_class = '{{ holder }}' then marketplace_target_s end) as held_{{ holder }}_marketplace_s,
        sum(case when holder_class = '{{ holder }}' then internal_target_s end) as held_{{ holder }}_internal_s,
        {% endfor %}
        obligation_key
    from segments
    group by obligation_key
),

final as (
    select
        layers.obligation_key,
        layers.layer,
        layers.policy_id,
        layers.counted_at,
        layers.counted_agent_key as agent_key,
        layers.counted_team_key as team_key,
        layers.verdict,
        layers.missed_class,
        layers.owner_rule,
        layers.overrun_s,
        layers.is_time_uncertain,
        cast(null as bigint) as reply_cal_s,
        cast(null as bigint) as reply_bus_s,
        {% for holder in holders %}
        held.held_{{ holder }}_cal_s,
        case
            when layers.layer = 'marketplace' then held.held_{{ holder }}_marketplace_s
            else held.held_{{ holder }}_internal_s
        end as held_{{ holder }}_target_s,
        {% endfor %}
        false as is_reply
    from layers
    left join held
        on layers.obligation_key = held.obligation_key
        and layers.verdict in ('met', 'breached')
    where layers.verdict <> 'pending'

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
        {% for holder in holders %}
        null,
        null,
        {% endfor %}
        true
    from layers
    where state = 'answered'

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
        {% for holder in holders %}
        null,
        null,
        {% endfor %}
        false
    from pending_days
    inner join layers
        on pending_days.obligation_key = layers.obligation_key
        and pending_days.layer = layers.layer
)

select * from final
