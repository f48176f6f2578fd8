{{ canonical_reference(
    'marketplace_accounts',
    keys={
        'marketplace_account_key': surrogate_key(['tenant_id', 'marketplace_account_id']),
    },
    vendors=['amazon', 'ebay'],
    shared='marketplace_account_id'
) }}
