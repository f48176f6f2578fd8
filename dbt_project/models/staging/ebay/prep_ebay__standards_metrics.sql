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
        cast({{ as_double('value') }} as decimal(18, 6)) as published_value,
        cast(numerator as decimal(18, 6)) as numerator,
        cast(denominator as decimal(18, 6)) as denominator,
        cast({{ to_utc('look_back_from') }} as date) as window_from,
        cast({{ to_utc('look_back_to') }} as date) as window_to,
        cast({{ as_double('lower_bound') }} as decimal(18, 6)) as lower_bound,
        cast({{ as_double('upper_bound') }} as decimal(18, 6)) as upper_bound,
        row_hash,
        ingested_at,
        load_id
    from listed

)

select * from typed
