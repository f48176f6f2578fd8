{% set columns %}
    tenant_id, source_system, source_id, macro_id, version, name, reason_tag_id, is_locked, policy_checked_on,
    dynamic_fields, valid_from, valid_to, occurred_at, ingested_at, source_updated_at, is_deleted_in_source,
    row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 'landing' as origin, 1 as origin_rank from {{ ref('stg_landing__macros') }}
    union all
    select {{ columns }}, 'vendor' as origin, 2 as origin_rank from {{ ref('map_edesk__macros') }}
    union all
    select {{ columns }}, 'vendor' as origin, 2 as origin_rank from {{ ref('map_zendesk__macros') }}

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
        {{ surrogate_key(['tenant_id', 'source_system', 'macro_id']) }} as macro_key,
        {{ surrogate_key(['tenant_id', 'source_system', 'reason_tag_id']) }} as reason_tag_key,
        {{ columns }},
        origin
    from ranked
    where origin_rank = best_rank

)

select * from keyed
