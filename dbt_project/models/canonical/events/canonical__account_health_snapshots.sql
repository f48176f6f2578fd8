{{ config(unique_key='snapshot_key') }}

{{ canonical_event(
    'account_health_snapshots',
    keys={
        'snapshot_key': surrogate_key(['tenant_id', 'source_system', 'snapshot_id']),
        'marketplace_account_key': surrogate_key(['tenant_id', 'marketplace_account_id']),
    },
    vendors=['amazon', 'ebay']
) }}
