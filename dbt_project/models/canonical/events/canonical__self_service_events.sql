{{ config(unique_key='event_key') }}

{{ canonical_event(
    'self_service_events',
    keys={
        'event_key': surrogate_key(['tenant_id', 'source_system', 'event_id']),
        'reason_tag_key': surrogate_key(['tenant_id', 'coalesce(subject_system, source_system)', 'reason_tag_id']),
    }
) }}
