{% set columns %}
    tenant_id, source_system, source_id, map_id, reason_tag_id, marketplace_platform, root_cause,
    operational_defect, fix, fix_owner, risk_metric, valid_from, valid_to, occurred_at, ingested_at,
    source_updated_at, is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 'landing' as origin, 1 as origin_rank from {{ ref('stg_landing__root_cause_map') }}

),

ranked as (

    -- the landing file wins over the vendor, the vendor over the seed
    select
        *,
        min(origin_rank) over (partition by tenant_id) as best_rank
    from unioned

),

keyed as (

    select
        {{ columns }},
        origin
    from ranked
    where origin_rank = best_rank

)

select * from keyed
