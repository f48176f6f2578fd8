{{ config(schema='intermediate', access='private', contract={'enforced': false}) }}

-- All rows of the monthly table before judgement: the numbers, and for every registered KPI a company row in every month,
-- so that what was not counted, or cannot be, is said instead of missing; also in channels whose source does not tell what a KPI needs.

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

computed as (

    select counted.*
    from {{ ref('int_kpi_values') }} as counted
    inner join definitions
        on
        counted.kpi_id = {{ kpi_series_id('definitions') }}
        and {{ kpi_version_in_force('definitions', 'counted.month') }}

),

published as (

    -- what the accounts of the tenant have of it in the month
    select distinct
        tenant_id,
        month,
        kpi_id
    from computed
    where scope_type = 'marketplace_account' and (value is not null or value_text is not null)

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

asked as (

    select
        months.tenant_id,
        months.month,
        series.series_id as kpi_id,
        series.variant_stat as stat,
        series.governed_clock as clock,
        layers.layer,
        series.variant,
        series.variant = series.governed_variant as is_governed_variant,
        series.aggregation,
        '|' || series.allowed_scopes || '|' like '%|channel|%' as allows_channels,
        case when variants.variant is null then '*' else series.variant end as gap_variant
    from months
    cross join series
    inner join layers
        on '|' || series.layers || '|' like '%|' || layers.layer || '|%'
    left join variants
        on
        series.kpi_id = variants.kpi_id
        and series.variant = variants.variant
    where {{ kpi_version_in_force('series', 'months.month') }}

),

expected as (

    -- of several gaps (one for every clock, one for the business clock) the general one speaks
    select
        asked.tenant_id,
        asked.month,
        asked.kpi_id,
        asked.stat,
        asked.clock,
        asked.layer,
        asked.variant,
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
    where asked.is_governed_variant or gaps.reason is not null
    group by
        asked.tenant_id,
        asked.month,
        asked.kpi_id,
        asked.stat,
        asked.clock,
        asked.layer,
        asked.variant,
        asked.aggregation

),

missing as (

    select
        expected.*,
        published.kpi_id is not null as is_published_somewhere
    from expected
    left join published
        on
        expected.tenant_id = published.tenant_id
        and expected.month = published.month
        and expected.kpi_id = published.kpi_id
    left join computed
        on
        expected.tenant_id = computed.tenant_id
        and expected.month = computed.month
        and expected.kpi_id = computed.kpi_id
        and expected.stat = computed.stat
        and expected.clock = computed.clock
        and expected.layer = computed.layer
        and expected.variant = computed.variant
        and computed.scope_type = 'company'
    where computed.kpi_id is null

),

silent_sources as (

    select * from {{ ref('int_kpi_source_gaps') }}

),

silent_channels as (

    -- channels of a source that does not tell what a KPI needs; nothing of them is counted
    select
        asked.tenant_id,
        asked.month,
        asked.kpi_id,
        asked.stat,
        asked.clock,
        asked.layer,
        asked.variant,
        channels.channel_id,
        min(silent_sources.reason) as gap_reason
    from asked
    inner join silent_sources
        on
        asked.tenant_id = silent_sources.tenant_id
        and asked.kpi_id = silent_sources.kpi_id
    inner join {{ ref('dim_channels') }} as channels
        on
        silent_sources.tenant_id = channels.tenant_id
        and silent_sources.source_system = channels.source_system
    left join expected
        on
        asked.tenant_id = expected.tenant_id
        and asked.month = expected.month
        and asked.kpi_id = expected.kpi_id
        and asked.layer = expected.layer
        and asked.variant = expected.variant
    left join computed
        on
        asked.tenant_id = computed.tenant_id
        and asked.month = computed.month
        and asked.kpi_id = computed.kpi_id
        and asked.layer = computed.layer
        and asked.variant = computed.variant
        and computed.scope_type = 'channel'
        and channels.channel_id = computed.scope_id
    where
        asked.is_governed_variant
        and asked.allows_channels
        and expected.gap_reason is null
        and computed.kpi_id is null
    group by
        asked.tenant_id,
        asked.month,
        asked.kpi_id,
        asked.stat,
        asked.clock,
        asked.layer,
        asked.variant,
        channels.channel_id

),

united as (

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
        {{ kpi_number('round(value, 9)') }} as value,
        value_text,
        {{ kpi_number('numerator') }} as numerator,
        {{ kpi_number('denominator') }} as denominator,
        cast(n as bigint) as n,
        {{ kpi_number('ci_low') }} as ci_low,
        {{ kpi_number('ci_high') }} as ci_high,
        true as is_measurable,
        cast(null as varchar) as gap_reason
    from computed

    union all

    select
        tenant_id,
        month,
        kpi_id,
        stat,
        clock,
        layer,
        variant,
        'company' as scope_type,
        'company' as scope_id,
        case when is_true_zero then {{ kpi_number('0') }} end as value,
        null as value_text,
        case when is_true_zero then {{ kpi_number('0') }} end as numerator,
        null as denominator,
        cast(0 as bigint) as n,
        null as ci_low,
        null as ci_high,
        gap_reason is null and stat <> 'published' as is_measurable,
        case
            when gap_reason is not null then gap_reason
            when stat = 'published' and is_published_somewhere
                then 'no published number that holds for the whole company: see the marketplace accounts'
            when stat = 'published' then 'nothing had been published by the end of this month'
            when kpi_id = 'freshness_lag' then 'nothing had been loaded by the end of this month'
            when not is_true_zero then 'nothing was counted in this month'
        end as gap_reason
    from missing

    union all

    select
        tenant_id,
        month,
        kpi_id,
        stat,
        clock,
        layer,
        variant,
        'channel' as scope_type,
        channel_id as scope_id,
        null as value,
        null as value_text,
        null as numerator,
        null as denominator,
        cast(0 as bigint) as n,
        null as ci_low,
        null as ci_high,
        false as is_measurable,
        gap_reason
    from silent_channels

)

select * from united
