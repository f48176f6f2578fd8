{{ config(materialized='table') }}

-- Numbers that no addition of parts can give: ranks, tests, differences of medians, snapshots of ratios. Their models give
-- the final row of every scope. Where rows that are no facts of one scope do add up, int_kpi_summed does it. `parts` are columns that one of them has beside those of the mart; explain shows them.

{%- set parts = {
    'int_kpi_fix_effect': ['touched_before_rate', 'touched_after_rate', 'control_before_rate', 'control_after_rate'],
} %}

with

recomputed as (

    {% for model in [
        'int_kpi_agent_handle_times',
        'int_kpi_alpha',
        'int_kpi_backlog_days',
        'int_kpi_fix_effect',
        'int_kpi_freshness',
        'int_kpi_headroom',
        'int_kpi_kappa',
        'int_kpi_macro_coverage',
        'int_kpi_macro_handle_deltas',
        'int_kpi_reason_contact_rate',
        'int_kpi_reason_costs',
        'int_kpi_reason_volumes',
        'int_kpi_reasons',
        'int_kpi_reconciliation',
        'int_kpi_speed_verdicts',
        'int_kpi_summed',
    ] %}
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
        ci_high,
        {% for name in parts.values() | sum(start=[]) -%}
        {{ name if name in parts.get(model, []) else as_double('null') }} as {{ name }},
        {% endfor -%}
        {{ 'computed_in' if model == 'int_kpi_summed' else "'" ~ model ~ "' as computed_in" }}
    from {{ ref(model) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from recomputed
order by kpi_id, month
