{#-
    A union that stands as a view, and beside it every member by itself, in a schema named as the model: who asks for what one member
    holds need not plan dozens. The members are cut from the compiled text of the model, so together they are the union. A member is a
    view, or a table where the model lists it (`meta`: `tables`, `sorted_by`): rows that are dear to compute and few to write, which the
    union then reads too. Such a view is made anew with the data, not only with the code.

    In a member that is a view no step is computed whole before it is read, though several read it: what is asked of the view - a KPI, a
    month - then reaches the tables, of which little is read. Who reads all members asks for all, and keeps each step.

    The model writes `piece(name, loop.first)` before each member and `pieces_end()` behind the last; the materialization of views knows it by that.
-#}
{% macro piece(name, is_first) -%}
    {{ 'union all' if not is_first }} {{ '/* piece ' ~ name ~ ' */' }}
{%- endmacro %}

{% macro pieces_end() -%}
    {{ '/* pieces end */' }}
{%- endmacro %}

{#- The steps, in order, that a text reads: each stands behind those that it reads itself. -#}
{% macro steps_for(text, steps) -%}
    {%- set step_name, wanted, needed = '__dbt__cte__' ~ '\\w+', {}, [] -%}
    {%- for name in modules.re.findall(step_name, text) -%}{%- do wanted.update({name: true}) -%}{%- endfor -%}
    {%- for step in steps | reverse -%}
        {%- set names = modules.re.findall(step_name, step.sql) -%}
        {%- if names[0] in wanted -%}
            {%- do needed.insert(0, step.sql) -%}
            {%- for name in names[1:] -%}{%- do wanted.update({name: true}) -%}{%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{- needed | join(', ') ~ (', ' if needed else '') -}}
{%- endmacro %}

{#- A text whose steps are all part of what reads them. -#}
{% macro merged_steps(text) -%}
    {{- modules.re.sub('(\\bwith\\b|,)(\\s+\\w+) as \\(', '\\1\\2 as not materialized (', text) -}}
{%- endmacro %}

{#- The statements that make the members anew, each with the steps that it reads and no others, and the union `target` over them. -#}
{% macro make_pieces(target) -%}
    {%- set tables = model.config.meta.tables or [] -%}
    {%- set steps = model.extra_ctes or [] -%}
    {%- set place = '/* steps */' -%}
    {%- set own = model.compiled_code | replace(steps | map(attribute='sql') | join(', ') ~ ', ', place, 1) if steps else model.compiled_code -%}
    {%- set (head, rest) = own.split('/* piece ', 1) -%}
    {%- set (members, tail) = rest.split(pieces_end(), 1) -%}
    {%- set made, own_members = [], [] -%}
    drop schema if exists {{ model.alias }} cascade;
    create schema {{ model.alias }};
    {%- for member in members.split('/* piece ') -%}
        {%- set (name, text) = member.split(' */', 1) -%}
        {%- set text = text if loop.last else text[:text.rindex('union all')] -%}
        {%- set address = model.alias ~ '.' ~ name -%}
        {%- if name in tables -%}{%- do made.append('select * from ' ~ address) -%}{%- else -%}{%- do own_members.append(text) -%}{%- endif %}
        {%- set body = head | replace(place, steps_for(head ~ text ~ tail, steps)) ~ text ~ tail %}
        create {{ 'table' if name in tables else 'view' }} {{ address }} as
        {{ body if name in tables else merged_steps(body) }}
        {%- if name in tables %} order by {{ model.config.meta.sorted_by | join(', ') }}{% endif %};
    {%- endfor -%}
    {%- if own_members -%}
        {%- set union = own_members | join(' union all ') -%}
        {%- do made.append('(' ~ head | replace(place, steps_for(head ~ union ~ tail, steps)) ~ union ~ tail ~ ')') -%}
    {%- endif %}
    create or replace view {{ target }} as
    {{ made | join(' union all ') }};
{%- endmacro %}
