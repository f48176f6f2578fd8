-- Asynchronous turns with the ticket holding them over time (its own, after a merge the root); grain: turn and holder.

select
    obligations.obligation_no,
    obligations.tenant_id,
    obligations.lane_no,
    obligations.start_us,
    obligations.available_us,
    coalesce(obligations.end_us, {{ far_us() }}) as over_us,
    obligations.state,
    obligations.outcome,
    obligations.end_kind,
    case when obligations.outcome = 'answered' then obligations.end_us end as answered_us,
    obligations.end_agent_key,
    coalesce(map.ticket_no, obligations.lane_no) as holder_no,
    coalesce(map.from_us, {{ dawn_us() }}) as from_us,
    coalesce(map.to_us, {{ far_us() }}) as to_us
from {{ ref('int_obligations') }} as obligations
left join {{ ref('int_lane_map') }} as map
    on obligations.lane_no = map.lane_no
    and map.is_holder
where obligations.mode = 'turn'
