{{ config(unique_key='defect_key') }}

{{ canonical_event(
    'order_defects',
    keys={
        'defect_key': surrogate_key(['tenant_id', 'source_system', 'defect_id']),
        'order_key': surrogate_key(['tenant_id', 'order_id']),
    },
    vendors=['amazon', 'ebay']
) }}
