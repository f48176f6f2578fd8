{#- Grouping sets of the people marts: the keys alone and with each list of columns. -#}
{% macro scope_sets(keys, scopes) -%}
    grouping sets (
        {%- for columns in scopes %}
        ({{ (keys + columns) | join(', ') }}){{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{#- Equality of several columns of two relations. -#}
{% macro same_columns(left, right, columns) -%}
    {%- for column in columns -%}
    {{ ' and ' if not loop.first }}{{ left }}.{{ column }} = {{ right }}.{{ column }}
    {%- endfor -%}
{%- endmacro %}
