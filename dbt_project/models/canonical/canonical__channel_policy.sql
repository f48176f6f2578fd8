{% set columns %}
    tenant_id, source_system, source_id, channel_id, valid_from, missed_policy, short_abandon_s, obligation_mode,
    valid_to, occurred_at, ingested_at, source_updated_at, is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 'landing' as origin, 1 as origin_rank from {{ ref('stg_landing__channel_policy') }}

),

ranked as (

    -- the landing file wins over the vendor, the vendor over the seed
    select
        *,
        min(origin_rank) over (partition by tenant_id, channel_id) as best_rank
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
