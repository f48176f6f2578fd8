{{ config(materialized=step()) }}

-- Breached obligations whose owner hangs on an event known only to the polling interval (snapshot comparison): an assignment or
-- status change that may as well lie on the other side of the verdict. A change of status by an account behind which nobody in person is
-- known moves a breach from nobody to nobody. Grain: obligation.

with

vague_events as (

    select
        ticket_no,
        at_us,
        time_precision_s * 1000000 as precision_us
    from {{ ref('int_ticket_events_visible') }}
    where
        time_precision_s > 0
        and (
            event_type = 'assignee_change'
            or (event_type = 'status_change' and (actor_role <> 'agent' or actor_agent_key is not null))
        )

),

lane_events as (

    select
        coalesce(map.lane_no, vague_events.ticket_no) as lane_no,
        vague_events.at_us,
        vague_events.precision_us
    from vague_events
    left join {{ ref('int_lane_map') }} as map
        on vague_events.ticket_no = map.ticket_no
        and vague_events.at_us >= map.from_us
        and vague_events.at_us < map.to_us

)

select distinct verdicts.measure_no as obligation_no
from {{ ref('int_measure_verdicts') }} as verdicts
inner join {{ ref('int_obligations') }} as obligations on verdicts.measure_no = obligations.obligation_no
inner join lane_events
    on obligations.lane_no = lane_events.lane_no
    and verdicts.verdict_us >= lane_events.at_us - lane_events.precision_us
    and verdicts.verdict_us <= lane_events.at_us + lane_events.precision_us
where verdicts.verdict = 'breached'
