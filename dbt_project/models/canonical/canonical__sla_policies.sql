{% set columns %}
    tenant_id, source_system, source_id, policy_id, version, layer, name, position, conditions, valid_from,
    valid_to, occurred_at, ingested_at, source_updated_at, is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 'landing' as origin, 1 as origin_rank from {{ ref('stg_landing__sla_policies') }}
    union all
    select {{ columns }}, 'vendor' as origin, 2 as origin_rank from {{ ref('map_zendesk__sla_policies') }}
    union all
    select
        tenants.tenant_id,
        'seed' as source_system,
        cast(defaults.policy_id as varchar) || '|' || cast(defaults.version as varchar) as source_id,
        cast(defaults.policy_id as varchar) as policy_id,
        cast(defaults.version as varchar) as version,
        cast(defaults.layer as varchar) as layer,
        cast(defaults.name as varchar) as name,
        cast(defaults.position as bigint) as position,
        cast(defaults.conditions as varchar) as conditions,
        cast(defaults.valid_from as timestamp) as valid_from,
        cast(defaults.valid_to as timestamp) as valid_to,
        cast(null as timestamp) as occurred_at,
        cast(null as timestamp) as ingested_at,
        cast(null as timestamp) as source_updated_at,
        false as is_deleted_in_source,
        cast(null as varchar) as row_hash,
        cast(null as varchar) as load_id,
        cast(null as varchar) as unmapped_values,
        'seed' as origin,
        3 as origin_rank
    from {{ ref('seed_sla_policies') }} as defaults
    inner join {{ ref('canonical__tenants') }} as tenants
        on defaults.tenant_id in ('*', tenants.tenant_id)

),

ranked as (

    -- the landing file wins over the vendor, the vendor over the seed
    select
        *,
        min(origin_rank) over (partition by tenant_id, layer) as best_rank
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
