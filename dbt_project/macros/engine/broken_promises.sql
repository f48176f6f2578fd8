{#- The query of test `holds`: a row for each promise of a relation that is broken, with how many rows break it. -#}
{% macro broken_promises(model, unique, not_null, values, refers) %}

with

{%- set once = [] %}
{%- for column in not_null %}
    {%- do once.append((column ~ ' is null', column ~ ' is null')) %}
{%- endfor %}
{%- for column, words in values.items() %}
    {%- set listed = [] %}
    {%- for word in words %}
        {%- do listed.append("'" ~ (word | string | replace("'", "''")) ~ "'") %}
    {%- endfor %}
    {%- do once.append((column ~ ' is none of its words', 'cast(' ~ column ~ ' as varchar) not in (' ~ listed | join(', ') ~ ')')) %}
{%- endfor %}

{%- if once %}

counted as (

    select
        {%- for _, condition in once %}
        coalesce(sum(case when {{ condition }} then 1 else 0 end), 0) as c{{ loop.index }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ model }}

),
{%- endif %}

broken as (

    {%- set asserted = [] %}
    {%- for text, _ in once %}
        {%- do asserted.append("select '" ~ text ~ "' as promise, c" ~ loop.index ~ " as failing_rows from counted") %}
    {%- endfor %}
    {%- for columns in unique %}
        {%- set key = columns if columns is string else columns | join(', ') %}
        {%- set present = ' where ' ~ columns ~ ' is not null' if columns is string else '' %}
        {%- do asserted.append(
            "select '" ~ key ~ " occurs twice' as promise, count(*) as failing_rows from (select " ~ key ~ " from " ~ model ~ present
            ~ " group by " ~ key ~ " having count(*) > 1) as repeated"
        ) %}
    {%- endfor %}
    {%- for column, target in refers.items() %}
        {%- set relation, found = target.split('.') %}
        {%- do asserted.append(
            "select '" ~ column ~ " is not in " ~ target ~ "' as promise, count(*) as failing_rows from " ~ model ~ " as rows_here where "
            ~ column ~ " is not null and " ~ column ~ " not in (select " ~ found ~ " from " ~ ref(relation) ~ " where " ~ found ~ " is not null)"
        ) %}
    {%- endfor %}
    {{ asserted | join('\n    union all\n    ') }}

)

select * from broken where failing_rows > 0

{% endmacro %}

{#- The query of a test of several relations: what each promises stands in its YAML (`config.meta.promises`, arguments of test
    `holds`); a promise that is broken bears the relation's name. What a relation refers to is a matter of `holds`. -#}
{% macro promises_kept(names) %}
    {%- set queries = [] %}
    {%- for name in names %}
        {%- set relation = ref(name) %}
        {%- if execute %}
            {%- set node = graph.nodes.get('model.deskhouse.' ~ name) or graph.nodes['seed.deskhouse.' ~ name] %}
            {%- set promises = node.config.meta.promises %}
            {%- do queries.append(
                "select '" ~ name ~ ": ' || promise as promise, failing_rows from ("
                ~ broken_promises(relation, promises.get('unique', []), promises.get('not_null', []), promises.get('values', {}), {})
                ~ ") as broken_promises"
            ) %}
        {%- endif %}
    {%- endfor %}
    {{ queries | join('\nunion all\n') or "select 'none' as promise, 0 as failing_rows where false" }}
{% endmacro %}
