{{ canonical_reference(
    'tags',
    keys={
        'tag_key': surrogate_key(['tenant_id', 'source_system', 'tag_id']),
        'parent_tag_key': surrogate_key(['tenant_id', 'source_system', 'parent_tag_id']),
        'canonical_tag_key': surrogate_key(['tenant_id', 'source_system', 'canonical_tag_id']),
    },
    vendors=['edesk', 'zendesk']
) }}
