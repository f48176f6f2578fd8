with

snapshots as (

    select * from {{ ref('stg_ebay__customer_service_metrics') }}

),

listed as (

    select
        snapshots.tenant_id,
        snapshots.marketplace_account_id,
        snapshots.metric_type,
        snapshots.evaluation,
        snapshots.captured_at,
        snapshots.look_back_from_at,
        snapshots.look_back_to_at,
        snapshots.row_hash,
        snapshots.ingested_at,
        snapshots.load_id,
        metric.*
    from snapshots
    cross join lateral {{ json_rows('snapshots.metric_list', {
        'dimension_key': 'text', 'dimension_value': 'text', 'transaction_count': 'text', 'count': 'text', 'rate': 'text',
        'rating': 'text',
    }) }} as metric

),

typed as (

    select
        tenant_id,
        marketplace_account_id,
        metric_type,
        evaluation,
        captured_at,
        lower(dimension_key) as dimension_key,
        dimension_value,
        -- the vendor counts days in Mountain Standard Time, seven hours behind UTC all year
        cast({{ add_seconds('look_back_from_at', '-25200') }} as date) as window_from,
        cast({{ add_seconds('look_back_to_at', '-25200') }} as date) as window_to,
        cast(count as decimal(18, 6)) as numerator,
        cast(transaction_count as decimal(18, 6)) as denominator,
        cast({{ as_double('rate') }} / 100 as decimal(18, 6)) as rate,
        lower(replace(rating, ' ', '_')) as rating,
        row_hash,
        ingested_at,
        load_id
    from listed

)

select * from typed
