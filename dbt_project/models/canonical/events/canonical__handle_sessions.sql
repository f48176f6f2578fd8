{{ config(unique_key='session_key') }}

{{ canonical_event(
    'handle_sessions',
    keys={
        'session_key': surrogate_key(['tenant_id', 'source_system', 'session_id']),
        'ticket_key': surrogate_key(['tenant_id', 'coalesce(subject_system, source_system)', 'ticket_id']),
        'agent_key': person_key('tenant_id', 'coalesce(subject_system, source_system)', 'agent_id'),
    }
) }}
