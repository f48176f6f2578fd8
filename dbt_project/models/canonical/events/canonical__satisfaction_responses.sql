{{ config(unique_key='response_key') }}

{{ canonical_event(
    'satisfaction_responses',
    keys={
        'response_key': surrogate_key(['tenant_id', 'source_system', 'response_id']),
        'ticket_key': surrogate_key(['tenant_id', 'coalesce(subject_system, source_system)', 'ticket_id']),
        'survey_key': surrogate_key(['tenant_id', 'source_system', 'survey_sent_id']),
        'agent_key': person_key('tenant_id', 'coalesce(subject_system, source_system)', 'agent_id'),
        'order_key': surrogate_key(['tenant_id', 'order_id']),
    },
    vendors=['zendesk'],
    filled={'sentiment': 'coalesce(sentiment, ' ~ sentiment_of('scale', 'raw_score') ~ ')'}
) }}
