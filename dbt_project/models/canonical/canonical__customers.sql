{{ canonical_reference(
    'customers',
    keys={
        'customer_key': surrogate_key(['tenant_id', 'source_system', 'customer_ref']),
    },
    vendors=['ebay', 'edesk', 'zendesk']
) }}
