{#- Month (first day, date) in which an instant falls in the tenant's reporting zone. Needs `tenants` in scope. -#}
{% macro kpi_local_month(instant) -%}
    {{ local_month(instant) }}
{%- endmacro %}
