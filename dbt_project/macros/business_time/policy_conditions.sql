{#- The nine attributes a policy condition may name (architecture §2). -#}
{% macro condition_attributes() -%}
    {{ return(['platform', 'channel_id', 'channel_class', 'marketplace_account_id', 'team_id', 'priority', 'customer_type', 'reason_tag_id', 'language']) }}
{%- endmacro %}

{#- Value of a top-level key of a JSON text, as JSON text; null when the key is absent. -#}
{% macro json_member(json_text, key) -%}{{ return(adapter.dispatch('json_member', 'deskhouse')(json_text, key)) }}{%- endmacro %}
{% macro default__json_member(json_text, key) -%}
    cast(json_extract({{ json_text }}, '$.{{ key }}') as varchar)
{%- endmacro %}
{% macro postgres__json_member(json_text, key) -%}
    cast(cast({{ json_text }} as jsonb) -> '{{ key }}' as text)
{%- endmacro %}
{% macro spark__json_member(json_text, key) -%}
    get_json_object({{ json_text }}, '$.{{ key }}')
{%- endmacro %}

{#- Whether a JSON list of texts (as text) contains a value; a null value is in no list. -#}
{% macro json_list_has(json_list, value) -%}
    coalesce({{ json_list }} like '%"' || {{ value }} || '"%', false)
{%- endmacro %}

{#- One row per text of a JSON list (as text), with the named columns beside it. -#}
{% macro json_list_rows(relation, columns, json_list, name) -%}
    {{ return(adapter.dispatch('json_list_rows', 'deskhouse')(relation, columns, json_list, name)) }}
{%- endmacro %}
{% macro duckdb__json_list_rows(relation, columns, json_list, name) -%}
    select
        {% for column in columns %}{{ column }},
        {% endfor -%}
        unnest(from_json({{ json_list }}, '["VARCHAR"]')) as {{ name }}
    from {{ relation }}
{%- endmacro %}
{% macro postgres__json_list_rows(relation, columns, json_list, name) -%}
    select
        {% for column in columns %}{{ column }},
        {% endfor -%}
        jsonb_array_elements_text(cast({{ json_list }} as jsonb)) as {{ name }}
    from {{ relation }}
{%- endmacro %}
{% macro spark__json_list_rows(relation, columns, json_list, name) -%}
    select
        {% for column in columns %}{{ column }},
        {% endfor -%}
        explode(from_json({{ json_list }}, 'array<string>')) as {{ name }}
    from {{ relation }}
{%- endmacro %}
