{#- Engine differences about text, hashes and ordered choices. -#}

{% macro hash_text(expression) -%}{{ return(adapter.dispatch('hash_text', 'deskhouse')(expression)) }}{%- endmacro %}
{% macro default__hash_text(expression) -%}
    md5({{ expression }})
{%- endmacro %}

{#- Value of `expression` on the row with the greatest / smallest `ordering` of the group. -#}
{% macro max_by(expression, ordering) -%}{{ return(adapter.dispatch('max_by', 'deskhouse')(expression, ordering)) }}{%- endmacro %}
{% macro default__max_by(expression, ordering) -%}
    max_by({{ expression }}, {{ ordering }})
{%- endmacro %}
{% macro postgres__max_by(expression, ordering) -%}
    (array_agg({{ expression }} order by {{ ordering }} desc))[1]
{%- endmacro %}

{% macro min_by(expression, ordering) -%}{{ return(adapter.dispatch('min_by', 'deskhouse')(expression, ordering)) }}{%- endmacro %}
{% macro default__min_by(expression, ordering) -%}
    min_by({{ expression }}, {{ ordering }})
{%- endmacro %}
{% macro postgres__min_by(expression, ordering) -%}
    (array_agg({{ expression }} order by {{ ordering }} asc))[1]
{%- endmacro %}

{#- A text that stops the query when it is reached. `number` is any integer of the group, so that no engine computes it early. -#}
{% macro fail_with(message, number) -%}{{ return(adapter.dispatch('fail_with', 'deskhouse')(message, number)) }}{%- endmacro %}
{% macro default__fail_with(message, number) -%}
    cast(cast({{ message }} || ' ' || cast({{ number }} as {{ dbt.type_string() }}) as integer) as {{ dbt.type_string() }})
{%- endmacro %}
{% macro duckdb__fail_with(message, number) -%}
    error({{ message }} || ': ' || cast({{ number }} as varchar))
{%- endmacro %}
