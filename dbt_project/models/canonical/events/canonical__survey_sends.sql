{{ config(unique_key='survey_key') }}

{{ canonical_event(
    'survey_sends',
    keys={
        'survey_key': surrogate_key(['tenant_id', 'source_system', 'survey_sent_id']),
        'ticket_key': surrogate_key(['tenant_id', 'coalesce(subject_system, source_system)', 'ticket_id']),
        'channel_key': surrogate_key(['tenant_id', 'coalesce(subject_system, source_system)', 'channel_id']),
    },
    vendors=['zendesk']
) }}
