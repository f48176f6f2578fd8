{% set columns %}
    tenant_id, source_system, source_id, window_id, starts_at, ends_at, scope_type, scope_id, kind, approved_by,
    note, occurred_at, ingested_at, source_updated_at, is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 'landing' as origin, 1 as origin_rank from {{ ref('stg_landing__incident_windows') }}

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
