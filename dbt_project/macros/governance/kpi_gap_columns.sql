{#-
    What marts ask int_kpi_gaps: per tenant and month one column `no_<kpi_id>` a KPI with what is missing for it, null where
    it can be measured. A mart shows null for the KPI's numbers where that column speaks, and the words in
    `not_measurable_reason`.
-#}
{% macro kpi_gap_columns(kpis) -%}
    select
        tenant_id,
        month,
        {%- for kpi_id in kpis %}
        max(case when kpi_id = '{{ kpi_id }}' then reason end) as no_{{ kpi_id }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_kpi_gaps') }}
    where
        kpi_id in ('{{ kpis | join("', '") }}')
        and variant = '*'
        and clock = '*'
        and layer = '*'
    group by tenant_id, month
{%- endmacro %}

{#- What is missing for which KPI, in one text; null where nothing is. -#}
{% macro kpi_gap_text(relation, kpis) -%}
    nullif(
        concat_ws(
            '; '
            {%- for kpi_id in kpis %},
            case when {{ relation }}.no_{{ kpi_id }} is not null then '{{ kpi_id }}: ' || {{ relation }}.no_{{ kpi_id }} end
            {%- endfor %}
        ),
        ''
    )
{%- endmacro %}
