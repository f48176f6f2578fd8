{{ config(materialized=step(), access='protected') }}

-- Monthly numbers as everybody reads them: the number, with its judgement and past by the key of the series, with what its card says.
-- Grain: series and month.

with

definitions as (

    select * from {{ ref('kpi_definitions') }}

),

variant_units as (

    select * from {{ ref('seed_kpi_variant_units') }}

),

numbers as (

    select * from {{ ref('int_kpi_grid') }}

),

final as (

    select
        numbers.series_key,
        numbers.tenant_id,
        numbers.month,
        definitions.kpi_id,
        definitions.kpi_version,
        {% for column in [
            'stat', 'clock', 'layer', 'variant', 'scope_type', 'scope_id', 'value', 'value_text', 'numerator', 'denominator', 'n', 'ci_low',
            'ci_high',
        ] -%}
        numbers.{{ column }},
        {% endfor -%}
        definitions.definition_hash,
        -- companions and second statistics have the unit of what they are
        case
            when variant_units.unit is not null then variant_units.unit
            when numbers.stat = 'count' and definitions.stat <> 'count' then 'count'
            when numbers.stat = 'ratio' and definitions.stat <> 'ratio' then '%'
            when
                numbers.stat = 'ratio' and definitions.unit = 'per 100'
                and '|' || coalesce(definitions.companions, '') || '|' like '%|' || numbers.variant || '|%'
                then '%'
            when numbers.stat in ('median', 'mean', 'p90', 'max') and definitions.stat = 'count' then 's'
            else definitions.unit
        end as unit,
        {% for column in [
            'min_n', 'is_governed', 'target', 'target_high', 'amber_tolerance', 'direction', 'target_class', 'target_version_id', 'gap_to_target',
            'miss', 'status', 'status_reason', 'window_reason', 'is_finished', 'status_1', 'has_month_before', 'off_target_streak',
            'red_streak',
        ] -%}
        past.{{ column }},
        {% endfor -%}
        past.trend_3m
    from numbers
    inner join {{ ref('int_kpi_past') }} as past
        on
        numbers.series_key = past.series_key
        and numbers.month = past.month
    inner join definitions on numbers.kpi_id = {{ kpi_series_id('definitions') }}
    left join variant_units
        on
        definitions.kpi_id = variant_units.kpi_id
        and numbers.variant = variant_units.variant

)

select * from final
