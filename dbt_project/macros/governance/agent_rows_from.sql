{#- First day of the oldest month whose numbers of single persons are kept (catalogue §11.7): the local month of now and
    `agent_rows_kept_months` whole months before it. Needs `tenants` in scope. -#}
{% macro agent_rows_from() -%}
    cast({{ dbt.dateadd('month', -(var('agent_rows_kept_months') | int), kpi_local_month(as_of_at())) }} as date)
{%- endmacro %}

{#- Whose row it is: beyond the limit everybody's rows are one, without a person; nobody's rows stay nobody's. -#}
{% macro agent_key_kept(agent_key, are_agents_aggregated) -%}
    case when {{ are_agents_aggregated }} and {{ agent_key }} <> 'unowned' then 'aggregated' else {{ agent_key }} end
{%- endmacro %}
