{{ canonical_reference(
    'agent_role_history',
    keys={
        'agent_key': person_key('tenant_id', 'source_system', 'agent_id'),
    },
    vendors=['edesk', 'zendesk']
) }}
