{#- Days over which the pace of a month's backlog is taken: 28, in a tenant's first four weeks those begun since its first fact. -#}
{% macro pace_days(prefix='') -%}
    least(
        greatest(
            coalesce(ceil({{ as_double(seconds_between(prefix ~ 'known_from_at', prefix ~ 'snapshot_at')) }} / 86400), 28), 1
        ), 28
    )
{%- endmacro %}

{#- Length in days of the window a KPI row speaks of; null without one. Published windows are the platform's. -#}
{% macro kpi_window_days(kpi_id, variant, stat) -%}
    case
        when {{ kpi_id }} = 'backlog_days' then 28
        when {{ stat }} <> 'published'
            then case {{ variant }} when '7d' then 7 when '14d' then 14 when '30d' then 30 when '60d' then 60 when '90d' then 90 end
    end
{%- endmacro %}
