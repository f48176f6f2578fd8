{% set columns %}
    tenant_id, source_system, source_id, customer_ref, customer_type, region, country, first_seen_at, occurred_at,
    ingested_at, source_updated_at, is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 'landing' as origin, 1 as origin_rank from {{ ref('stg_landing__customers') }}
    union all
    select {{ columns }}, 'vendor' as origin, 2 as origin_rank from {{ ref('map_ebay__customers') }}
    union all
    select {{ columns }}, 'vendor' as origin, 2 as origin_rank from {{ ref('map_edesk__customers') }}
    union all
    select {{ columns }}, 'vendor' as origin, 2 as origin_rank from {{ ref('map_zendesk__customers') }}

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
        {{ surrogate_key(['tenant_id', 'source_system', 'customer_ref']) }} as customer_key,
        {{ columns }},
        origin
    from ranked
    where origin_rank = best_rank

)

select * from keyed
