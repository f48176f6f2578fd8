{{ config(unique_key='review_item_key') }}

{{ canonical_event(
    'qa_review_items',
    keys={
        'review_item_key': surrogate_key(['tenant_id', 'source_system', "review_id || '|' || criterion_id"]),
        'review_key': surrogate_key(['tenant_id', 'source_system', 'review_id']),
    }
) }}
