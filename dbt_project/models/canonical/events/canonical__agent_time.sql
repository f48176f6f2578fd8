{{ config(unique_key='agent_time_key') }}

{{ canonical_event(
    'agent_time',
    keys={
        'agent_time_key': surrogate_key(['tenant_id', 'source_system', "agent_id || '|' || cast(interval_start as varchar) || '|' || state"]),
        'agent_key': person_key('tenant_id', 'coalesce(subject_system, source_system)', 'agent_id'),
    }
) }}
