{#- Load ids that no finished canonical build has read yet. Finished builds are remembered in canonical.processed_loads;
    after a crash in between the same loads are read again, which changes nothing. -#}
{% macro new_load_id_list() -%}
    {%- if not execute -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set loads = [] -%}
    {%- for schema in ['raw_landing', 'raw_zendesk', 'raw_amazon', 'raw_ebay', 'raw_edesk'] -%}
        {%- set relation = adapter.get_relation(target.database, schema, '_dlt_loads') -%}
        {%- if relation is not none -%}
            {%- do loads.append('select load_id from ' ~ relation) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not loads -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set query = 'select distinct load_id from (' ~ loads | join(' union all ') ~ ') as all_loads' -%}
    {%- set processed = adapter.get_relation(target.database, 'canonical', 'processed_loads') -%}
    {%- if processed is not none and not should_full_refresh() -%}
        {%- set query = query ~ ' where load_id not in (select load_id from ' ~ processed ~ ')' -%}
    {%- endif -%}
    {{ return(run_query(query).columns[0].values() | list) }}
{%- endmacro %}

{#- The list for `in (...)`, literal, so that the filter reaches the scans of the raw tables. -#}
{% macro new_load_ids() -%}
    ({% for load_id in new_load_id_list() %}'{{ load_id }}', {% endfor %}'')
{%- endmacro %}

{#- The list as rows of a `values` clause. -#}
{% macro new_load_id_rows() -%}
    {% for load_id in new_load_id_list() %}('{{ load_id }}'), {% endfor %}('')
{%- endmacro %}
