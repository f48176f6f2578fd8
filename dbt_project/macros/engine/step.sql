{#- Materialization of a step that one model alone reads: part of its reader's query, no relation of its own.
    dbt's unit tests need relations for their rows, so the target `parts` makes every step a view. -#}
{% macro step() -%}
    {{ return('view' if target.name == 'parts' else 'ephemeral') }}
{%- endmacro %}
