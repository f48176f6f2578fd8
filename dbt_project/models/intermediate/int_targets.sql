-- Targets with what their clocks need; grain: target. target_no is a short key valid within one build. What a requester waits for
-- never runs while the ticket is pending, what agents work never while it is pending or on hold, whatever the target lists.

select
    cast(row_number() over (order by tenant_id, policy_id, version, target_version_id) as integer) as target_no,
    tenant_id,
    policy_id,
    version,
    target_version_id,
    metric,
    priority,
    target_seconds,
    target_business_days,
    case when target_business_days is not null then 'business_days' else clock end as clock,
    calendar_id,
    clock_start,
    {%- for status in ['new', 'open', 'pending', 'on_hold'] %}
    {{ json_list_has('pause_statuses', "'" ~ status ~ "'") }}
    {%- if status == 'pending' %} or metric in ('requester_wait', 'agent_work')
    {%- elif status == 'on_hold' %} or metric = 'agent_work'
    {%- endif %} as pauses_{{ status }},
    {%- endfor %}
    (coalesce(pause_statuses, '[]') not in ('[]', '') or metric in ('requester_wait', 'agent_work'))
    and target_business_days is null as can_pause,
    case
        when target_business_days is not null then 3600
        else least(cast(floor(target_seconds / 4.0) as bigint), 3600)
    end as fair_window_s
from {{ ref('canonical__sla_targets') }}
