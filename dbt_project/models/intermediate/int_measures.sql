-- Everything a target can be set for, in one shape: response obligations, resolution cycles (numbered from one milliard on) and the
-- measures of int_work_measures (from one and a half on); grain: measure.

select
    obligation_no as measure_no,
    tenant_id,
    mode,
    lane_no,
    source_key,
    case kind
        when 'first' then 'first_reply'
        when 'next' then 'next_reply'
        else 'case_response'
    end as metric,
    kind = 'first' as is_first,
    start_us,
    available_us,
    held_until_us,
    until_us,
    outcome = 'answered' as is_answered,
    false as is_excluded_cycle,
    created_us,
    missed_anchor_us,
    published_due_us
from {{ ref('int_obligations') }}
union all
select
    1000000000 + cycle_id as measure_no,
    tenant_id,
    'cycle' as mode,
    lane_no,
    ticket_key as source_key,
    'resolution' as metric,
    cycle_no = 1 as is_first,
    start_us,
    available_us,
    coalesce(end_us, {{ as_of_us() }}) as held_until_us,
    coalesce(end_us, {{ as_of_us() }}) as until_us,
    end_us is not null as is_answered,
    exclusion_reason is not null as is_excluded_cycle,
    created_us,
    cast(null as bigint) as missed_anchor_us,
    cast(null as bigint) as published_due_us
from {{ ref('int_cycles') }}
union all
select
    measure_no,
    tenant_id,
    'cycle' as mode,
    lane_no,
    ticket_key as source_key,
    metric,
    coalesce(cycle_no = 1, false) as is_first,
    start_us,
    available_us,
    coalesce(end_us, {{ as_of_us() }}) as held_until_us,
    coalesce(end_us, {{ as_of_us() }}) as until_us,
    end_us is not null as is_answered,
    is_excluded as is_excluded_cycle,
    created_us,
    cast(null as bigint) as missed_anchor_us,
    cast(null as bigint) as published_due_us
from {{ ref('int_work_measures') }}
