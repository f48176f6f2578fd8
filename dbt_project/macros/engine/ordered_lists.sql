{#- Ordered lists as aggregates: percentiles and order statistics whose rank depends on the size of the group. -#}

{#- All values of the group in ascending order. -#}
{% macro sorted_list(expression) -%}{{ return(adapter.dispatch('sorted_list', 'deskhouse')(expression)) }}{%- endmacro %}
{% macro default__sorted_list(expression) -%}
    list_sort(list({{ expression }}))
{%- endmacro %}
{% macro postgres__sorted_list(expression) -%}
    array_agg({{ expression }} order by {{ expression }})
{%- endmacro %}
{% macro spark__sorted_list(expression) -%}
    sort_array(collect_list({{ expression }}))
{%- endmacro %}

{#- The values of such a list of texts in one text. -#}
{% macro joined_list(list, separator) -%}{{ return(adapter.dispatch('joined_list', 'deskhouse')(list, separator)) }}{%- endmacro %}
{% macro default__joined_list(list, separator) -%}
    array_to_string({{ list }}, '{{ separator }}')
{%- endmacro %}
{% macro spark__joined_list(list, separator) -%}
    array_join({{ list }}, '{{ separator }}')
{%- endmacro %}

{#- Value at a position of such a list, the first being 1. -#}
{% macro list_item(list, position) -%}{{ return(adapter.dispatch('list_item', 'deskhouse')(list, position)) }}{%- endmacro %}
{% macro default__list_item(list, position) -%}
    {{ list }}[cast({{ position }} as bigint)]
{%- endmacro %}
{% macro postgres__list_item(list, position) -%}
    ({{ list }})[cast({{ position }} as integer)]
{%- endmacro %}
{% macro spark__list_item(list, position) -%}
    element_at({{ list }}, cast({{ position }} as int))
{%- endmacro %}

{#- Number of a vendor's text inside a JSON list, null when it is none: one spoiled value must not stop the build. -#}
{% macro decimal_or_null(text) -%}{{ return(adapter.dispatch('decimal_or_null', 'deskhouse')(text)) }}{%- endmacro %}
{% macro default__decimal_or_null(text) -%}
    try_cast(try_cast({{ text }} as double) as decimal(18, 6))
{%- endmacro %}

{#- Double precision number. -#}
{% macro as_double(expression) -%}{{ return(adapter.dispatch('as_double', 'deskhouse')(expression)) }}{%- endmacro %}
{% macro default__as_double(expression) -%}
    cast({{ expression }} as double)
{%- endmacro %}
{% macro postgres__as_double(expression) -%}
    cast({{ expression }} as double precision)
{%- endmacro %}
