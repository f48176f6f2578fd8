with

profiles as (

    select * from {{ ref('stg_ebay__seller_standards_profiles') }}

),

listed as (

    select
        profiles.tenant_id,
        profiles.marketplace_account_id,
        profiles.program,
        profiles.evaluation,
        profiles.captured_at,
        profiles.row_hash,
        profiles.ingested_at,
        profiles.load_id,
        metric.*
    from profiles
    cross join lateral {{ json_rows('profiles.metric_list', {
        'metric_key': 'text', 'level': 'text', 'value': 'text', 'numerator': 'text', 'denominator': 'text',
        'look_back_from': 'text', 'look_back_to': 'text', 'lower_bound': 'text', 'upper_bound': 'text',
    }) }} as metric

),

typed as (

    select
        tenant_id,
        marketplace_account_id,
        program,
        evaluation,
        captured_at,
        metric_key as vendor_metric,
        lower(level) as level,
        {{ decimal_or_null('value') }} as published_value,
        {{ decimal_or_null('numerator') }} as numerator,
        {{ decimal_or_null('denominator') }} as denominator,
        cast({{ to_utc_or_null('look_back_from') }} as date) as window_from,
        cast({{ to_utc_or_null('look_back_to') }} as date) as window_to,
        {{ decimal_or_null('lower_bound') }} as lower_bound,
        {{ decimal_or_null('upper_bound') }} as upper_bound,
        row_hash,
        ingested_at,
        load_id
    from listed

)

select * from typed
