{% set columns %}
    tenant_id, source_system, source_id, tag_id, name, kind, parent_tag_id, is_active, canonical_tag_id, valid_from,
    valid_to, occurred_at, ingested_at, source_updated_at, is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 'landing' as origin, 1 as origin_rank from {{ ref('stg_landing__tags') }}
    union all
    select {{ columns }}, 'vendor' as origin, 2 as origin_rank from {{ ref('map_edesk__tags') }}
    union all
    select {{ columns }}, 'vendor' as origin, 2 as origin_rank from {{ ref('map_zendesk__tags') }}

),

ranked as (

    -- the landing file wins over the vendor, the vendor over the seed
    select
        *,
        min(origin_rank) over (partition by tenant_id, source_system) as best_rank
    from unioned

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', 'tag_id']) }} as tag_key,
        {{ surrogate_key(['tenant_id', 'source_system', 'parent_tag_id']) }} as parent_tag_key,
        {{ surrogate_key(['tenant_id', 'source_system', 'canonical_tag_id']) }} as canonical_tag_key,
        {{ columns }},
        origin
    from ranked
    where origin_rank = best_rank

)

select * from keyed
