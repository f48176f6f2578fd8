{#-
    A union that stands as a view, and beside it a view of every member by itself, in a schema named as the model: who asks for what one
    member holds need not plan dozens. The members are cut from the compiled text of the model, so together they are the union.

    The model writes `piece(name, loop.first)` before each member, `pieces_end()` behind the last, and has the post-hook `make_pieces()`.
-#}
{% macro piece(name, is_first) -%}
    {{ 'union all' if not is_first }} {{ '/* piece ' ~ name ~ ' */' }}
{%- endmacro %}

{% macro pieces_end() -%}
    {{ '/* pieces end */' }}
{%- endmacro %}

{#- The statements that make the views anew. Each has the steps (macro `step`) that its member reads, and no others. -#}
{% macro make_pieces() -%}
    {%- if execute -%}
    {%- set prefix = '__dbt__cte__' -%}
    {%- set steps = model.extra_ctes or [] -%}
    {%- set place = '/* steps */' -%}
    {%- set own = model.compiled_code | replace(steps | map(attribute='sql') | join(', ') ~ ', ', place, 1) if steps else model.compiled_code -%}
    {%- set (head, rest) = own.split('/* piece ', 1) -%}
    {%- set (members, tail) = rest.split(pieces_end(), 1) -%}
    {%- set read = {} -%}
    {%- for step in steps -%}
        {%- set names = modules.re.findall(prefix ~ '\\w+', step.sql) -%}
        {%- do read.update({names[0]: names[1:]}) -%}
    {%- endfor -%}
    drop schema if exists {{ model.alias }} cascade;
    create schema {{ model.alias }};
    {%- for member in members.split('/* piece ') -%}
        {%- set (name, text) = member.split(' */', 1) -%}
        {%- set text = text if loop.last else text[:text.rindex('union all')] -%}
        {%- set wanted = {} -%}
        {%- for step in modules.re.findall(prefix ~ '\\w+', head ~ text ~ tail) -%}{%- do wanted.update({step: true}) -%}{%- endfor -%}
        {%- set needed = [] -%}
        {#- a step stands behind those that it reads -#}
        {%- for step in steps | reverse -%}
            {%- set step_name = modules.re.findall(prefix ~ '\\w+', step.sql[:200])[0] -%}
            {%- if step_name in wanted -%}
                {%- do needed.insert(0, step.sql) -%}
                {%- for other in read[step_name] -%}{%- do wanted.update({other: true}) -%}{%- endfor -%}
            {%- endif -%}
        {%- endfor %}
        create view {{ model.alias }}.{{ name }} as
        {{ head | replace(place, needed | join(', ') ~ (', ' if needed else '')) }}{{ text }}{{ tail }};
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
