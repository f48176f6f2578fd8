{{ config(unique_key='review_key') }}

{{ canonical_event(
    'qa_reviews',
    keys={
        'review_key': surrogate_key(['tenant_id', 'source_system', 'review_id']),
        'ticket_key': surrogate_key(['tenant_id', 'coalesce(subject_system, source_system)', 'ticket_id']),
        'agent_key': person_key('tenant_id', 'coalesce(subject_system, source_system)', 'agent_id'),
        'reviewer_agent_key': person_key('tenant_id', 'coalesce(subject_system, source_system)', 'reviewer_id'),
    }
) }}
