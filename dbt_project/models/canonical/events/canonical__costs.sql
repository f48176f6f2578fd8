{{ config(unique_key='cost_key') }}

{{ canonical_event(
    'costs',
    keys={
        'cost_key': surrogate_key(['tenant_id', 'source_system', 'cost_id']),
    }
) }}
