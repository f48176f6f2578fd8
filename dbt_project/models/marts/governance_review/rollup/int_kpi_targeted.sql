{{ config(materialized=step()) }}

-- Monthly numbers with what their definition and target say for their judgement. A limit that the platform delivers with its own
-- number goes before ours.

with

numbers as (

    select * from {{ ref('int_kpi_grid') }}

),

definitions as (

    -- a newer version governs from its first month; the older one is shown beside it as long as it is in force
    select
        *,
        lead(valid_from) over (partition by kpi_id order by kpi_version) as superseded_from
    from {{ ref('kpi_definitions') }}

),

months as (

    select * from {{ ref('int_kpi_months') }}

),

targets as (

    select * from {{ ref('int_kpi_targets_matched') }}

),

published as (

    select * from {{ ref('int_kpi_published') }}

),

final as (

    select
        numbers.series_key,
        numbers.tenant_id,
        numbers.month,
        definitions.kpi_id,
        numbers.stat,
        numbers.clock,
        numbers.layer,
        numbers.variant,
        numbers.scope_type,
        numbers.scope_id,
        numbers.value,
        numbers.value_text,
        numbers.numerator,
        numbers.denominator,
        numbers.n,
        numbers.ci_low,
        numbers.ci_high,
        numbers.is_measurable,
        numbers.gap_reason,
        definitions.better,
        definitions.min_n,
        definitions.governed_clock,
        definitions.denominator_meaning,
        {{ kpi_window_days('numbers.kpi_id', 'numbers.variant', 'numbers.stat') }} as window_days,
        case
            when numbers.kpi_id = 'backlog_days' then {{ pace_days('months.') }}
            else {{ dbt.datediff('months.known_from_day', 'months.snapshot_day', 'day') }} + 1
        end as known_days,
        numbers.clock = definitions.governed_clock as is_governed_clock,
        numbers.clock = definitions.governed_clock
        and numbers.stat = definitions.stat
        and numbers.variant = definitions.governed_variant
        and (definitions.superseded_from is null or numbers.month < definitions.superseded_from) as is_governed,
        coalesce(published.is_stale, false) as is_stale,
        case when published.target_value is null then targets.target else {{ kpi_number('published.target_value') }} end as target,
        case when published.target_value is null then targets.target_high end as target_high,
        case
            when published.target_value is null then targets.amber_tolerance
            else {{ kpi_number('abs(published.target_value) * 0.1') }}
        end as amber_tolerance,
        case
            when published.target_value is null then targets.direction
            when published.target_condition = 'less_or_equal' then 'lower'
            when published.target_condition = 'greater_or_equal' then 'higher'
            else coalesce(published.target_condition, targets.direction, definitions.better)
        end as direction,
        case when published.target_value is null then targets.target_class else coalesce(targets.target_class, 'M') end as target_class,
        case
            when published.target_value is null then targets.target_version_id
            else 'published'
        end as target_version_id
    from numbers
    inner join definitions
        on
        numbers.kpi_id = {{ kpi_series_id('definitions') }}
        and {{ kpi_version_in_force('definitions', 'numbers.month') }}
    left join months
        on
        numbers.tenant_id = months.tenant_id
        and numbers.month = months.month
    left join targets
        on
        numbers.series_key = targets.series_key
        and numbers.month = targets.month
    left join published
        on
        numbers.stat = 'published'
        {%- for column in ['tenant_id', 'month', 'kpi_id', 'variant', 'scope_type', 'scope_id'] %}
        and numbers.{{ column }} = published.{{ column }}
        {%- endfor %}

)

select * from final
