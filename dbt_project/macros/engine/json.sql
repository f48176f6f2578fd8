{#- Engine differences about JSON text. Nested values are landed as text and unnested with declared types. -#}

{#- Rows of a JSON list of objects, as a lateral subquery: one column a field. `fields` maps names to text, bigint, boolean.
    Use as `cross join lateral {{ json_rows('parent.list', fields) }} as item`; a null list gives no rows. -#}
{% macro json_rows(expression, fields) -%}{{ return(adapter.dispatch('json_rows', 'deskhouse')(expression, fields)) }}{%- endmacro %}
{% macro default__json_rows(expression, fields) -%}
    {%- set types = {'text': 'VARCHAR', 'bigint': 'BIGINT', 'boolean': 'BOOLEAN'} -%}
    {%- set shape = [] -%}
    {%- for name, kind in fields.items() -%}
        {%- do shape.append('"' ~ name ~ '":"' ~ types[kind] ~ '"') -%}
    {%- endfor -%}
    (select unnest(from_json({{ expression }}, '[{ {{- shape | join(",") -}} }]'), recursive := true))
{%- endmacro %}
{% macro postgres__json_rows(expression, fields) -%}
    {%- set shape = [] -%}
    {%- for name, kind in fields.items() -%}
        {%- do shape.append('"' ~ name ~ '" ' ~ kind) -%}
    {%- endfor -%}
    (select * from jsonb_to_recordset(cast({{ expression }} as jsonb)) as entries ({{ shape | join(', ') }}))
{%- endmacro %}
{% macro spark__json_rows(expression, fields) -%}
    {%- set types = {'text': 'string', 'bigint': 'bigint', 'boolean': 'boolean'} -%}
    {%- set shape = [] -%}
    {%- for name, kind in fields.items() -%}
        {%- do shape.append(name ~ ': ' ~ types[kind]) -%}
    {%- endfor -%}
    (select inline(from_json({{ expression }}, 'array<struct<{{ shape | join(", ") }}>>')))
{%- endmacro %}

{#- Rows of a JSON list of scalars, as a lateral subquery with the one column `value` (text). -#}
{% macro json_values(expression) -%}{{ return(adapter.dispatch('json_values', 'deskhouse')(expression)) }}{%- endmacro %}
{% macro default__json_values(expression) -%}
    (select unnest(from_json({{ expression }}, '["VARCHAR"]')) as value)
{%- endmacro %}
{% macro postgres__json_values(expression) -%}
    (select entries.value from jsonb_array_elements_text(cast({{ expression }} as jsonb)) as entries (value))
{%- endmacro %}
{% macro spark__json_values(expression) -%}
    (select explode(from_json({{ expression }}, 'array<string>')) as value)
{%- endmacro %}

{#- Text value of a top-level key of a JSON object. -#}
{% macro json_field(expression, key) -%}{{ return(adapter.dispatch('json_field', 'deskhouse')(expression, key)) }}{%- endmacro %}
{% macro default__json_field(expression, key) -%}
    json_extract_string({{ expression }}, '$.{{ key }}')
{%- endmacro %}
{% macro postgres__json_field(expression, key) -%}
    (cast({{ expression }} as jsonb) ->> '{{ key }}')
{%- endmacro %}
{% macro spark__json_field(expression, key) -%}
    get_json_object({{ expression }}, '$.{{ key }}')
{%- endmacro %}

{#- JSON list of the group's texts in ascending order; null for a group without any. -#}
{% macro json_list_agg(expression) -%}{{ return(adapter.dispatch('json_list_agg', 'deskhouse')(expression)) }}{%- endmacro %}
{% macro default__json_list_agg(expression) -%}
    cast(to_json(list({{ expression }} order by {{ expression }}) filter (where {{ expression }} is not null)) as varchar)
{%- endmacro %}
{% macro postgres__json_list_agg(expression) -%}
    cast(to_jsonb(array_agg({{ expression }} order by {{ expression }}) filter (where {{ expression }} is not null)) as text)
{%- endmacro %}
{% macro spark__json_list_agg(expression) -%}
    to_json(sort_array(collect_list({{ expression }})))
{%- endmacro %}
