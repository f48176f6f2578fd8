{#-
    How the canonical tables (catalogue §2) are made of their sources. What a table is called and has for columns says
    `canonical_contract`, generated from ingestion/canonical.yml; a source with a connector has a model
    `<vendor>__<table>`. Columns of a canonical table: its keys (`keys`: name and expression), those of the contract,
    the envelope, and `origin` (landing, vendor or seed) where one origin replaces another.
-#}

{#- Names of the contract's columns, the envelope around them. -#}
{% macro canonical_columns(table) -%}
    {{ return(
        ['tenant_id', 'source_system', 'source_id'] + canonical_contract()[table]['columns'].keys() | list
        + canonical_envelope()
    ) }}
{%- endmacro %}

{#- What every row carries about itself, behind the columns of its table. -#}
{% macro canonical_envelope() -%}
    {%- set own = ['occurred_at', 'ingested_at', 'source_updated_at', 'is_deleted_in_source', 'row_hash', 'load_id', 'unmapped_values'] -%}
    {{ return(own) }}
{%- endmacro %}

{#- SQL type of a column of the contract. -#}
{% macro canonical_type(type) -%}
    {{ return({
        'text': 'varchar', 'json': 'varchar', 'int': 'bigint', 'numeric': 'decimal(18, 6)', 'bool': 'boolean', 'date': 'date',
        'ts': 'timestamp',
    }[type]) }}
{%- endmacro %}

{#- Landing rows of a table. -#}
{% macro landed_rows(table) -%}
    {%- set types = canonical_contract()[table]['columns'] -%}
    select
        {%- for column in canonical_columns(table) %}
        {% if column == 'unmapped_values' -%} cast(null as varchar) as unmapped_values
        {%- elif column in canonical_instants() or types.get(column) == 'ts' -%} {{ to_utc(column) }} as {{ column }}
        {%- elif column == 'load_id' -%} _dlt_load_id as load_id
        {%- else -%} {{ column }}
        {%- endif -%}
        {{ ',' if not loop.last }}
        {%- endfor %}
    from {{ source('raw_landing', table) }}
{%- endmacro %}

{#- The same of a table that the warehouse may not have yet, and then there are none. It looks at the database, so no reader of it is left
    as it stands. -#}
{% macro landed_rows_if_any(table) -%}
    {%- set rows = source('raw_landing', table) -%}
    {%- if not execute or adapter.get_relation(rows.database, rows.schema, rows.identifier) is not none -%}
        {{ landed_rows(table) }}
    {%- else -%}
        {%- set types = canonical_contract()[table]['columns'] -%}
        select
            {%- for column in canonical_columns(table) %}
            {% set type = 'ts' if column in canonical_instants() else 'bool' if column == 'is_deleted_in_source' else types.get(column, 'text') -%}
            cast(null as {{ canonical_type(type) }}) as {{ column }} {{- ',' if not loop.last }}
            {%- endfor %}
        where 1 = 0
    {%- endif -%}
{%- endmacro %}

{#- Instants of the envelope. -#}
{% macro canonical_instants() -%}{{ return(['occurred_at', 'ingested_at', 'source_updated_at']) }}{%- endmacro %}

{#- Rows of a seed as rows of each tenant they speak of; the key of the table is their source_id. `spelled_out` is the model that makes
    such rows of a seed with patterns. -#}
{% macro seeded_rows(table, spelled_out=none) -%}
    {%- set contract = canonical_contract()[table] -%}
    select
        tenants.tenant_id,
        'seed' as source_system,
        {% for column in contract['key'] -%}
            coalesce(cast(defaults.{{ column }} as varchar), '') {{- " || '|' || " if not loop.last }}
        {%- endfor %} as source_id,
        {%- for column, type in contract['columns'].items() %}
        cast(defaults.{{ column }} as {{ canonical_type(type) }}) as {{ column }},
        {%- endfor %}
        cast(null as timestamp) as occurred_at,
        cast(null as timestamp) as ingested_at,
        cast(null as timestamp) as source_updated_at,
        false as is_deleted_in_source,
        cast(null as varchar) as row_hash,
        cast(null as varchar) as load_id,
        cast(null as varchar) as unmapped_values
    from {{ ref(spelled_out or 'seed_' ~ table) }} as defaults
    inner join {{ ref('canonical__tenants') }} as tenants
        on defaults.tenant_id in ('*', tenants.tenant_id)
{%- endmacro %}

{#- All rows of a table with where they come from; rank 1 wins. -#}
{% macro rows_of_all_origins(table, vendors, is_seeded, spelled_out=none) -%}
    {%- set columns = canonical_columns(table) | join(', ') -%}
    select {{ columns }}, 'landing' as origin, 1 as origin_rank from ({{ landed_rows(table) }}) as landed
    {%- for vendor in vendors %}
    union all
    select {{ columns }}, 'vendor' as origin, 2 as origin_rank from {{ ref(vendor ~ '__' ~ table) }}
    {%- endfor %}
    {%- if is_seeded %}
    union all
    select {{ columns }}, 'seed' as origin, 3 as origin_rank from ({{ seeded_rows(table, spelled_out) }}) as seeded
    {%- endif %}
{%- endmacro %}

{#- The best of several rows that tell one thing of the tenant: the landing file's before a vendor's, then the newest, then the first by name. -#}
{% macro place_among_sources(by) -%}
    row_number() over (
        partition by tenant_id, {{ by }} order by origin_rank, source_updated_at desc nulls last, source_system
    )
{%- endmacro %}

{#- An event table: rows of all sources since the last build; a landing row replaces the vendor's of the same identity.
    `filled` names columns that are computed where the source leaves them out. `shared` is the id of a thing of the tenant, whichever
    source tells it: of several sources one row counts, and a new row of one calls up those of the others. -#}
{% macro canonical_event(table, keys, vendors=[], filled={}, shared=none) -%}
with

unioned as (

    {{ rows_of_all_origins(table, vendors, false) }}

),

changed as (

    select * from unioned
    {% if is_incremental() and shared -%}
    where (tenant_id, {{ shared }}) in (select told.tenant_id, told.{{ shared }} from unioned as told where told.load_id in {{ new_load_ids() }})
    {%- elif is_incremental() -%}
    where load_id in {{ new_load_ids() }}
    {%- endif %}

),

unshadowed as (

    {% if shared -%}
    select *
    from (select *, {{ place_among_sources(shared) }} as place from changed) as placed
    where place = 1
    {%- else -%}
    select changed.*
    from changed
    {%- if vendors %}
    left join {{ source('raw_landing', table) }} as landed
        on
        changed.tenant_id = landed.tenant_id
        and changed.source_system = landed.source_system
        {%- for column in canonical_contract()[table]['key'] %}
        and changed.{{ column }} = landed.{{ column }}
        {%- endfor %}
    where changed.origin_rank = 1 or landed.tenant_id is null
    {%- endif %}
    {%- endif %}

)

select
    {%- for name, expression in keys.items() %}
    {{ expression }} as {{ name }},
    {%- endfor %}
    {%- for column in canonical_columns(table) %}
    {{ (filled[column] ~ ' as ' if column in filled) ~ column }},
    {%- endfor %}
    {{ run_started_literal() }} as _loaded_at
from unshadowed
{%- endmacro %}

{#- A reference table, owned by a source system (entity) or by the tenant (rule): of those rows that belong together
    (`per`, besides the tenant) only those of the best origin, the landing file before the vendor before the seed. `shared` is the id of a
    thing of the tenant, whichever source tells it: of several sources one row counts. -#}
{% macro canonical_reference(table, keys={}, vendors=[], is_seeded=false, per=none, spelled_out=none, shared=none) -%}
    {%- set together = ['tenant_id'] + (per if per is not none else ['source_system']) -%}
    select
        {%- for name, expression in keys.items() %}
        {{ expression }} as {{ name }},
        {%- endfor %}
        {{ canonical_columns(table) | join(', ') }},
        origin
    from (
        select
            *,
            {{ place_among_sources(shared) if shared else 'rank() over (partition by ' ~ together | join(', ') ~ ' order by origin_rank)' }} as place
        from ({{ rows_of_all_origins(table, vendors, is_seeded, spelled_out) }}) as unioned
    ) as placed
    where place = 1
{%- endmacro %}

{#- Rows that follow the origin of the rule they are part of: `whole` is its model, `by` the columns that name it. -#}
{% macro canonical_part(table, whole, by, vendors=[]) -%}
    select
        {%- for column in canonical_columns(table) %}
        parts.{{ column }},
        {%- endfor %}
        parts.origin
    from ({{ rows_of_all_origins(table, vendors, true) }}) as parts
    inner join {{ ref(whole) }} as chosen
        on
        parts.tenant_id = chosen.tenant_id
        {%- for column in by %}
        and parts.{{ column }} = chosen.{{ column }}
        {%- endfor %}
        and parts.origin = chosen.origin
{%- endmacro %}
