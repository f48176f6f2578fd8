{{ config(unique_key='message_key') }}

{{ canonical_event(
    'messages',
    keys={
        'message_key': surrogate_key(['tenant_id', 'source_system', 'message_id']),
        'ticket_key': surrogate_key(['tenant_id', 'source_system', 'ticket_id']),
        'author_agent_key': person_key('tenant_id', 'source_system', "case when author_role in ('agent', 'bot') then author_id end"),
        'macro_key': surrogate_key(['tenant_id', 'source_system', 'macro_id']),
    },
    vendors=['ebay', 'edesk', 'zendesk'],
    filled={'available_at': 'coalesce(available_at, sent_at)'}
) }}
