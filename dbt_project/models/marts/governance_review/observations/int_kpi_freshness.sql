-- The source and table that is furthest behind at each month's snapshot; n = sources and tables looked at. Months before
-- the first load have no row: nothing was loaded that could be fresh.

with

lags as (

    select
        *,
        row_number() over (partition by tenant_id, month order by lag_s desc, fact_key) as place
    from {{ ref('int_kpi_freshness_rows') }}

),

final as (

    select
        tenant_id,
        month,
        'freshness_lag' as kpi_id,
        'ratio' as stat,
        'none' as clock,
        'none' as layer,
        'none' as variant,
        'company' as scope_type,
        'company' as scope_id,
        {{ as_double('max(lag_s)') }} as value,
        max(case when place = 1 then detail end) as value_text,
        cast(max(lag_s) as decimal(28, 6)) as numerator,
        cast(null as decimal(28, 6)) as denominator,
        count(*) as n,
        {{ as_double('null') }} as ci_low,
        {{ as_double('null') }} as ci_high
    from lags
    group by tenant_id, month

)

select * from final
