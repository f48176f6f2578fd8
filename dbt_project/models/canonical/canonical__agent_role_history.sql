{% set columns %}
    tenant_id, source_system, source_id, agent_id, role, valid_from, valid_to, occurred_at, ingested_at,
    source_updated_at, is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 'landing' as origin, 1 as origin_rank from {{ ref('stg_landing__agent_role_history') }}
    union all
    select {{ columns }}, 'vendor' as origin, 2 as origin_rank from {{ ref('map_edesk__agent_role_history') }}
    union all
    select {{ columns }}, 'vendor' as origin, 2 as origin_rank from {{ ref('map_zendesk__agent_role_history') }}

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
        {{ person_key('tenant_id', 'source_system', 'agent_id') }} as agent_key,
        {{ columns }},
        origin
    from ranked
    where origin_rank = best_rank

)

select * from keyed
