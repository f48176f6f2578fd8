{{ config(unique_key='ticket_key') }}

{{ canonical_event(
    'tickets',
    keys={
        'ticket_key': surrogate_key(['tenant_id', 'source_system', 'ticket_id']),
        'channel_key': surrogate_key(['tenant_id', 'source_system', 'channel_id']),
        'assignee_agent_key': person_key('tenant_id', 'source_system', 'assignee_id'),
        'team_key': surrogate_key(['tenant_id', 'source_system', 'team_id']),
        'customer_key': surrogate_key(['tenant_id', 'source_system', 'customer_ref']),
        'primary_reason_tag_key': surrogate_key(['tenant_id', 'source_system', 'primary_reason_tag_id']),
        'marketplace_account_key': surrogate_key(['tenant_id', 'marketplace_account_id']),
        'order_key': surrogate_key(['tenant_id', 'order_id']),
        'merged_into_ticket_key': surrogate_key(['tenant_id', 'source_system', 'merged_into_ticket_id']),
        'split_from_ticket_key': surrogate_key(['tenant_id', 'source_system', 'split_from_ticket_id']),
        'follow_up_of_ticket_key': surrogate_key(['tenant_id', 'source_system', 'follow_up_of_ticket_id']),
    },
    vendors=['ebay', 'edesk', 'zendesk']
) }}
