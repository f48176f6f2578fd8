{{ canonical_reference(
    'teams',
    keys={
        'team_key': surrogate_key(['tenant_id', 'source_system', 'team_id']),
        'parent_team_key': surrogate_key(['tenant_id', 'source_system', 'parent_team_id']),
    },
    vendors=['zendesk']
) }}
