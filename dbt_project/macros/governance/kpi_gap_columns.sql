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

{#- The same for a tenant at any time: what no source delivers is missing in every month. -#}
{% macro kpi_gap_columns_of_tenants(kpis) -%}
    select
        tenant_id,
        {%- for kpi_id in kpis %}
        max(no_{{ kpi_id }}) as no_{{ kpi_id }}{{ ',' if not loop.last }}
        {%- endfor %}
    from ({{ kpi_gap_columns(kpis) }}) as of_months
    group by tenant_id
{%- endmacro %}

{#- The same per source: what nobody delivers, else what this source does not. -#}
{% macro kpi_gap_columns_of_sources(kpis) -%}
    select
        sources.tenant_id,
        sources.source_system,
        months.month,
        {%- for kpi_id in kpis %}
        coalesce(
            max(case when gaps.kpi_id = '{{ kpi_id }}' then gaps.reason end),
            max(case when of_source.kpi_id = '{{ kpi_id }}' then of_source.reason end)
        ) as no_{{ kpi_id }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (select distinct tenant_id, source_system from {{ ref('dim_tickets') }}) as sources
    inner join {{ ref('int_kpi_months') }} as months on sources.tenant_id = months.tenant_id
    left join {{ ref('int_kpi_gaps') }} as gaps
        on
        months.tenant_id = gaps.tenant_id
        and months.month = gaps.month
        and gaps.kpi_id in ('{{ kpis | join("', '") }}')
        and gaps.variant = '*'
        and gaps.clock = '*'
        and gaps.layer = '*'
    left join {{ ref('int_kpi_source_gaps') }} as of_source
        on
        sources.tenant_id = of_source.tenant_id
        and sources.source_system = of_source.source_system
        and of_source.kpi_id in ('{{ kpis | join("', '") }}')
    group by sources.tenant_id, sources.source_system, months.month
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

{#- Whether the source of a ticket tells what a KPI needs, where any source of the tenant does (int_kpi_unseen_tickets). -#}
{% macro kpi_is_seen(ticket_key, kpi_id) -%}
    not exists (
        select 1
        from {{ ref('int_kpi_unseen_tickets') }} as untold
        where
            untold.ticket_key = {{ ticket_key }}
            and untold.kpi_id = '{{ kpi_id }}'
    )
{%- endmacro %}

{#-
    Keeps of all KPIs' rows those whose KPI is told by the source of their ticket (int_kpi_unseen_tickets, for one KPI `kpi_is_seen`): joins and
    the end of the query. In two steps of which each is small: together, tickets and KPIs are hundreds of thousands of pairs.
-#}
{% macro kpis_seen(rows) -%}
left join {{ ref('int_kpi_partial_tickets') }} as partial on {{ rows }}.ticket_key = partial.ticket_key
left join {{ ref('int_kpi_source_gaps') }} as gaps
    on
    partial.tenant_id = gaps.tenant_id
    and partial.source_system = gaps.source_system
    and {{ rows }}.kpi_id = gaps.kpi_id
where gaps.kpi_id is null
{%- endmacro %}

{#- KPIs that spread the costs of the whole company: without the work of one source the others would carry its costs. -#}
{% macro kpis_of_all_sources() -%}
    {{ return(['cost_per_unit', 'tag_cost']) }}
{%- endmacro %}
