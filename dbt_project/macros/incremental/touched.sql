{#- What the previous build of the facts left behind: {run_started_at, as_of, reference_hash} of the last finished one, or none.
    None also when the build after it was begun and not finished (its list of tickets is newer): then nothing is trusted. -#}
{% macro last_finished_build() -%}
    {%- if not execute or should_full_refresh() -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set states = adapter.get_relation(target.database, 'intermediate', 'build_state') -%}
    {%- set touched = adapter.get_relation(target.database, 'intermediate', 'int_touched_tickets') -%}
    {%- if states is none or touched is none -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set query -%}
        select
            cast(states.run_started_at as {{ dbt.type_string() }}) as run_started_at,
            cast(states.as_of as {{ dbt.type_string() }}) as as_of,
            states.reference_hash
        from {{ states }} as states
        where
            states.run_started_at = (select max(run_started_at) from {{ states }})
            and states.as_of <= {{ as_of_at() }}
            and not exists (select 1 from {{ touched }} as touched where touched.run_started_at > states.run_started_at)
    {%- endset -%}
    {%- set rows = run_query(query).rows -%}
    {%- if rows | length == 0 -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return({'run_started_at': rows[0][0], 'as_of': rows[0][1], 'reference_hash': rows[0][2]}) }}
{%- endmacro %}

{#- Whether an instant lies between the previous build's as_of and this one's. -#}
{% macro came_due(column, since) -%}
    ({{ column }} > cast('{{ since }}' as timestamp) and {{ column }} <= {{ as_of_at() }})
{%- endmacro %}

{#- Statement that empties a fact of the tickets about to be computed anew; in the same transaction as the insert that follows. -#}
{% macro forget_touched(column='ticket_key') -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where
            {{ column }} is null
            or {{ column }} in (select touched.ticket_key from {{ ref('int_touched_tickets') }} as touched)
    {%- endif -%}
{%- endmacro %}

{#- Condition that a row belongs to a ticket which this build computes anew; in a first or full build all are. -#}
{% macro touched_only(column='ticket_key') -%}
    {{ column }} in (select touched.ticket_key from {{ ref('int_touched_tickets') }} as touched)
{%- endmacro %}

{#- One row with the hash of some columns of a reference table, independent of row order. -#}
{% macro fingerprint(relation, columns) -%}
    {%- set texts = [] -%}
    {%- for column in columns -%}
        {%- do texts.append("coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '~')") -%}
    {%- endfor -%}
    select
        {{ hash_text('cast(' ~ sorted_list(texts | join(" || '|' || ")) ~ ' as ' ~ dbt.type_string() ~ ')') }} as content_hash
    from {{ relation }}
{%- endmacro %}
