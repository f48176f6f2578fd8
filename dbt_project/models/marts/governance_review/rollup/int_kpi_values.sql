-- Every number that this version computes, in one shape: value, parts, n and the bounds of its interval. Rows that
-- lack an input (int_kpi_gaps), and of scopes their card does not allow, end here.

with

definitions as (

    select * from {{ ref('seed_kpi_definitions') }}

),

gaps as (

    select * from {{ ref('int_kpi_gaps') }}

),

variants as (

    select * from {{ ref('seed_kpi_variant_inputs') }}

),

united as (

    select
        counted.tenant_id,
        counted.month,
        counted.kpi_id,
        counted.stat,
        counted.clock,
        counted.layer,
        counted.variant,
        counted.scope_type,
        counted.scope_id,
        case
            when counted.stat = 'count' then {{ as_double('numerator') }}
            else {{ as_double('numerator') }} / nullif({{ as_double('denominator') }}, 0)
        end
        -- per 100 of what is below the line; its companions are plain shares
        * case
            when
                counted.stat = 'ratio' and definitions.unit = 'per 100'
                and '|' || coalesce(definitions.companions, '') || '|' not like '%|' || counted.variant || '|%'
                then 100
            else 1
        end as value,
        cast(null as varchar) as value_text,
        numerator,
        denominator,
        n,
        -- an interval needs counted things: sums of amounts, and parts that are not below their whole, have none
    {% for side in ['low', 'high'] %}
    case
        when
            counted.stat = 'ratio' and n = denominator and numerator between 0 and denominator
            and coalesce(definitions.aggregation, 'G1') not in ('sum', 'mean')
            and coalesce(definitions.unit, '%') <> 'per 100'
            then {{ wilson_bound('numerator', 'denominator', side) }}
    end as ci_{{ side }}{{ ',' if not loop.last }}
    {% endfor %}
    from {{ ref('int_kpi_counts_scoped') }} as counted
    inner join definitions on counted.kpi_id = {{ kpi_series_id('definitions') }}
    {% for stat, value, low, high in [
        ('median', 'median_s', 'median_low_s', 'median_high_s'),
        ('p10', 'p10_s', 'p10_low_s', 'p10_high_s'),
        ('p90', 'p90_s', 'p90_low_s', 'p90_high_s'),
        ('p95', 'p95_s', 'p95_low_s', 'p95_high_s'),
        ('min', 'min_s', 'null', 'null'),
        ('max', 'max_s', 'null', 'null'),
        ('mean', as_double('seconds') ~ ' / n', 'null', 'null'),
    ] %}
    union all
    select
        tenant_id,
        month,
        kpi_id,
        '{{ stat }}' as stat,
        clock,
        layer,
        variant,
        scope_type,
        scope_id,
        {{ value }} as value,
        null as value_text,
        seconds as numerator,
        n as denominator,
        n,
        {{ low }} as ci_low,
        {{ high }} as ci_high
    from {{ ref('int_kpi_durations_scoped') }}
    {% endfor %}
    union all
    select
        tenant_id,
        month,
        kpi_id,
        stat,
        clock,
        layer,
        variant,
        scope_type,
        scope_id,
        value,
        value_text,
        numerator,
        denominator,
        n,
        ci_low,
        ci_high
    from {{ ref('int_kpi_recomputed') }}
    union all
    select
        tenant_id,
        month,
        kpi_id,
        'published' as stat,
        'none' as clock,
        'none' as layer,
        variant,
        scope_type,
        scope_id,
        value,
        value_text,
        numerator,
        denominator,
        denominator as n,
        null as ci_low,
        null as ci_high
    from {{ ref('int_kpi_published') }}

),

allowed as (

    select united.*
    from united
    inner join definitions
        on
        united.kpi_id = {{ kpi_series_id('definitions') }}
        and '|' || definitions.allowed_scopes || '|' like '%|' || united.scope_type || '|%'
    left join variants
        on
        definitions.kpi_id = variants.kpi_id
        and united.variant = variants.variant
    left join gaps
        on
        united.tenant_id = gaps.tenant_id
        and united.month = gaps.month
        and united.kpi_id = gaps.kpi_id
        and coalesce(variants.variant, '*') = gaps.variant
        and gaps.clock in ('*', united.clock)
        and gaps.layer in ('*', united.layer)
    where
        gaps.kpi_id is null
        -- extremes and outer percentiles only where the registry asks for them
        and (
            united.stat not in ('p10', 'p95', 'min', 'max')
            or '|' || definitions.stat || '|' || coalesce(definitions.extra_stats, '') || '|' like '%|' || united.stat || '|%'
        )

)

select * from allowed
