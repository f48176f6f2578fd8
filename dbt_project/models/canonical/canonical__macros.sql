{{ canonical_reference(
    'macros',
    keys={
        'macro_key': surrogate_key(['tenant_id', 'source_system', 'macro_id']),
        'reason_tag_key': surrogate_key(['tenant_id', 'source_system', 'reason_tag_id']),
    },
    vendors=['edesk', 'zendesk']
) }}
