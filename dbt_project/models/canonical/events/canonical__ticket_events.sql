{{ config(unique_key='event_key') }}

{{ canonical_event(
    'ticket_events',
    keys={
        'event_key': surrogate_key(['tenant_id', 'source_system', 'event_id']),
        'ticket_key': surrogate_key(['tenant_id', 'source_system', 'ticket_id']),
        'actor_agent_key': person_key('tenant_id', 'source_system', "case when actor_role in ('agent', 'bot') then actor_id end"),
    },
    vendors=['ebay', 'edesk', 'zendesk']
) }}
