-- All rows of the monthly table before judgement: the numbers, for every registered KPI a company row in every month, so that
-- what was not counted, or cannot be, is said instead of missing, and the rows of other scopes that cannot be measured. A series is one KPI
-- version, statistic, clock, layer, variant and scope; from here on its key and the month name a number.

with

definitions as (

    select * from {{ ref('kpi_definitions') }}

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

expected as (

    select * from {{ ref('int_kpi_expected') }}

),

silent_scopes as (

    select * from {{ ref('int_kpi_silent_scopes') }}

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
        scope_type,
        scope_id,
        null as value,
        null as value_text,
        null as numerator,
        null as denominator,
        cast(0 as bigint) as n,
        null as ci_low,
        null as ci_high,
        false as is_measurable,
        gap_reason
    from silent_scopes

)

select
    {{ surrogate_key([
        'united.tenant_id', 'definitions.kpi_id', 'cast(definitions.kpi_version as varchar)', 'united.stat', 'united.clock', 'united.layer',
        'united.variant', 'united.scope_type', 'united.scope_id',
    ]) }} as series_key,
    united.*
from united
left join definitions on united.kpi_id = {{ kpi_series_id('definitions') }}
