{{ config(materialized=step()) }}

-- What the monthly table says of every registered KPI in every month, whatever was counted: its governed variant, and variants with
-- needs of their own that are not met; with what is missing, and whether a count of nothing is a true zero.

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

definitions as (

    select * from {{ ref('kpi_definitions') }}

),

gaps as (

    select * from {{ ref('int_kpi_gaps') }}

),

layers as (

    select 'none' as layer
    union all
    select 'marketplace' as layer
    union all
    select 'internal' as layer

),

variants as (

    select * from {{ ref('seed_kpi_variant_inputs') }}

),

series as (

    -- the governed variant of every KPI, and those that have needs of their own
    select
        {{ kpi_series_id('definitions') }} as series_id,
        definitions.*,
        definitions.governed_variant as variant,
        definitions.stat as variant_stat
    from definitions

    union all

    select
        {{ kpi_series_id('definitions') }} as series_id,
        definitions.*,
        variants.variant,
        variants.stat as variant_stat
    from definitions
    inner join variants
        on
        definitions.kpi_id = variants.kpi_id
        and definitions.governed_variant <> variants.variant

),

clocks as (

    -- the governed clock, and the business clock beside it
    select
        {{ kpi_series_id('definitions') }} as series_id,
        governed_clock as clock,
        false as is_twin
    from definitions

    union all

    select
        {{ kpi_series_id('definitions') }} as series_id,
        'business' as clock,
        true as is_twin
    from definitions
    where
        governed_clock = 'calendar'
        and (clock_codes like '%C2%' or clock_codes like '%C3%')

),

asked as (

    select
        months.tenant_id,
        months.month,
        series.series_id as kpi_id,
        series.variant_stat as stat,
        clocks.clock,
        clocks.is_twin,
        layers.layer,
        series.variant,
        series.variant = series.governed_variant as is_governed_variant,
        series.aggregation,
        series.allowed_scopes,
        case when variants.variant is null then '*' else series.variant end as gap_variant
    from months
    cross join series
    inner join clocks on series.series_id = clocks.series_id
    inner join layers
        on '|' || series.layers || '|' like '%|' || layers.layer || '|%'
    left join variants
        on
        series.kpi_id = variants.kpi_id
        and series.variant = variants.variant
    where {{ kpi_version_in_force('series', 'months.month') }}

),

final as (

    -- of several gaps (one for every clock, one for the business clock) the general one speaks
    select
        asked.tenant_id,
        asked.month,
        asked.kpi_id,
        asked.stat,
        asked.clock,
        asked.layer,
        asked.variant,
        asked.is_governed_variant,
        asked.allowed_scopes,
        asked.stat = 'count' and min(gaps.reason) is null and asked.aggregation in ('G3', 'G4') as is_true_zero,
        {{ min_by('gaps.reason', "gaps.clock || gaps.layer") }} as gap_reason
    from asked
    left join gaps
        on
        asked.tenant_id = gaps.tenant_id
        and asked.month = gaps.month
        and asked.kpi_id = gaps.kpi_id
        and asked.gap_variant = gaps.variant
        and gaps.clock in ('*', asked.clock)
        and gaps.layer in ('*', asked.layer)
    -- a twin speaks where it lacks more than the governed clock does
    where (asked.is_governed_variant and not asked.is_twin) or gaps.reason is not null
    group by
        asked.tenant_id,
        asked.month,
        asked.kpi_id,
        asked.stat,
        asked.clock,
        asked.layer,
        asked.variant,
        asked.is_governed_variant,
        asked.allowed_scopes,
        asked.aggregation,
        asked.is_twin
    having not asked.is_twin or max(case when gaps.clock = '*' then 1 else 0 end) = 0

)

select * from final
