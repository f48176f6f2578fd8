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
        'metricKey': 'text', 'level': 'text', 'value': 'text', 'numerator': 'text', 'denominator': 'text',
        'lookbackStartDate': 'text', 'lookbackEndDate': 'text', 'thresholdLowerBound': 'text', 'thresholdUpperBound': 'text',
    }) }} as metric

),

typed as (

    select
        tenant_id,
        marketplace_account_id,
        program,
        evaluation,
        captured_at,
        metrickey as vendor_metric,
        lower(level) as level,
        cast({{ as_double('"value"') }} as decimal(18, 6)) as published_value,
        cast(numerator as decimal(18, 6)) as numerator,
        cast(denominator as decimal(18, 6)) as denominator,
        cast({{ to_utc('"lookbackStartDate"') }} as date) as window_from,
        cast({{ to_utc('"lookbackEndDate"') }} as date) as window_to,
        cast({{ as_double('"thresholdLowerBound"') }} as decimal(18, 6)) as lower_bound,
        cast({{ as_double('"thresholdUpperBound"') }} as decimal(18, 6)) as upper_bound,
        row_hash,
        ingested_at,
        load_id
    from listed

)

select * from typed
