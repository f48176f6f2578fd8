{#- Name under which the observations of one version of a KPI are known: the id itself for version 1, `id@2`, `id@3` … for
    later ones. A changed definition is computed beside the old one, so both are counted in the months they share. -#}
{% macro kpi_series_id(definitions) -%}
    case
        when coalesce({{ definitions }}.kpi_version, 1) = 1 then {{ definitions }}.kpi_id
        else {{ definitions }}.kpi_id || '@' || cast({{ definitions }}.kpi_version as varchar)
    end
{%- endmacro %}

{#- Whether a version is in force in a month. -#}
{% macro kpi_version_in_force(definitions, month) -%}
    {{ month }} >= coalesce({{ definitions }}.valid_from, cast('1900-01-01' as date))
    and ({{ month }} < {{ definitions }}.valid_to or {{ definitions }}.valid_to is null)
{%- endmacro %}
