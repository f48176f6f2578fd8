{{ config(unique_key='order_key') }}

{{ canonical_event(
    'orders',
    keys={
        'order_key': surrogate_key(['tenant_id', 'order_id']),
        'marketplace_account_key': surrogate_key(['tenant_id', 'marketplace_account_id']),
    },
    vendors=['amazon', 'ebay'],
    shared='order_id'
) }}
