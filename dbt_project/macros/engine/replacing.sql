{#-
    Tables and views of the embedded engine, replaced in one statement. The adapter's own way builds a second relation and renames
    three times; with some four hundred small models that cost more than all queries together. `create or replace` is just as
    atomic here: inside the transaction readers of this process see the old relation until the commit, and no other process reads
    the warehouse. Other engines keep their adapter's materializations.
-#}

{% materialization view, adapter='duckdb' %}
    {%- set target = replaceable_relation('view') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- set has_pieces = pieces_end() in sql -%}
    {%- call statement('main', auto_begin=has_pieces) %}
        {% if has_pieces %}{{ make_pieces(target) }}{% else %}
        create or replace view {{ target }} as (
            {{ sql }}
        )
        {% endif %}
    {%- endcall %}
    {{ finish_replacing() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{% materialization table, adapter='duckdb' %}
    {%- set target = replaceable_relation('table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- call statement('main', auto_begin=config.get('contract').enforced) %}
        {% if config.get('contract').enforced %}
            {{ get_assert_columns_equivalent(sql) }}
            create or replace table {{ target }} {{ get_table_columns_and_constraints() }};
            insert into {{ target }} {{ get_column_names() }} (
                {{ get_select_subquery(sql) }}
            );
        {% else %}
            create or replace table {{ target }} as (
                {{ sql }}
            )
        {% endif %}
    {%- endcall %}
    {{ finish_replacing() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{#- This model's relation as a table or view; one of the other kind under its name is dropped first. -#}
{% macro replaceable_relation(kind) %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type=kind) -%}
    {%- if existing is not none and existing.type != kind -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- if existing is none or existing.type != kind -%}
        {%- do adapter.cache_added(target) -%}
    {%- endif -%}
    {{ return(target) }}
{% endmacro %}

{% macro finish_replacing() %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
{% endmacro %}
