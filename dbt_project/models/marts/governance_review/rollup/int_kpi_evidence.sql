{{ config(materialized='table') }}

-- The rows behind every number that is computed as a whole, which `deskhouse explain` lists. Where the number is what they add up to, the rows are
-- the model; a statistic that is no sum of its rows has beside it a step of its name with `_rows`. What a step does not say is null, layer and
-- variant 'none'. Sorted: who asks for one KPI reads only its rows.

{%- set rows_alone = ['int_kpi_agent_consistency', 'int_kpi_unit_costs'] %}

with

evidence as (

    {% for model, lacks in {
        'int_kpi_agent_consistency': [],
        'int_kpi_agent_handle_times': [],
        'int_kpi_alpha': [],
        'int_kpi_backlog_days': [],
        'int_kpi_fix_effect': [],
        'int_kpi_freshness': ['layer', 'scope_type', 'scope_id', 'subject_type', 'subject_id', 'numerator', 'denominator'],
        'int_kpi_headroom': [],
        'int_kpi_kappa': [],
        'int_kpi_macro_coverage': [],
        'int_kpi_macro_handle_deltas': [],
        'int_kpi_reason_contact_rate': [],
        'int_kpi_reason_costs': [],
        'int_kpi_reason_volumes': [],
        'int_kpi_reasons': [],
        'int_kpi_reconciliation': ['layer', 'scope_type', 'scope_id', 'subject_type', 'subject_id', 'numerator', 'denominator'],
        'int_kpi_speed_verdicts': [],
        'int_kpi_unit_costs': [],
    }.items() %}
    select
        '{{ model }}' as computed_in,
        tenant_id,
        month,
        kpi_id,
        {{ kpi_row_values(lacks) }}
    from {{ ref(model if model in rows_alone else model ~ '_rows') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from evidence
order by kpi_id, month
