{{ canonical_reference(
    'team_membership',
    keys={
        'agent_key': person_key('tenant_id', 'source_system', 'agent_id'),
        'team_key': surrogate_key(['tenant_id', 'source_system', 'team_id']),
    },
    vendors=['zendesk']
) }}
