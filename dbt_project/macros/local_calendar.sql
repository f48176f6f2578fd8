{#- Calendar of a tenant's reporting zone: in which month and on which day an instant falls there. `zone` defaults to the column
    of `tenants` (`dim_tenants`, or `canonical__tenants` left of core) in scope. Facts carry the answers as `<event>_month` and
    `<event>_on`, so that marts need neither the zone nor the arithmetic. -#}
{% macro local_month(instant, zone='tenants.reporting_tz') -%}
    {{ month_start(utc_to_local(instant, zone)) }}
{%- endmacro %}

{% macro local_day(instant, zone='tenants.reporting_tz') -%}
    cast({{ utc_to_local(instant, zone) }} as date)
{%- endmacro %}
