{% set columns %}
    tenant_id, source_system, source_id, kpi_id, scope_type, role, valid_from, kind, forum_id, valid_to,
    occurred_at, ingested_at, source_updated_at, is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 'landing' as origin, 1 as origin_rank from {{ ref('stg_landing__kpi_accountability') }}
    union all
    select
        tenants.tenant_id,
        'seed' as source_system,
        cast(defaults.kpi_id as varchar)
        || '|'
        || cast(defaults.scope_type as varchar)
        || '|'
        || cast(defaults.role as varchar)
        || '|'
        || cast(defaults.valid_from as varchar) as source_id,
        cast(defaults.kpi_id as varchar) as kpi_id,
        cast(defaults.scope_type as varchar) as scope_type,
        cast(defaults.role as varchar) as role,
        cast(defaults.valid_from as date) as valid_from,
        cast(defaults.kind as varchar) as kind,
        cast(defaults.forum_id as varchar) as forum_id,
        cast(defaults.valid_to as date) as valid_to,
        cast(null as timestamp) as occurred_at,
        cast(null as timestamp) as ingested_at,
        cast(null as timestamp) as source_updated_at,
        false as is_deleted_in_source,
        cast(null as varchar) as row_hash,
        cast(null as varchar) as load_id,
        cast(null as varchar) as unmapped_values,
        'seed' as origin,
        3 as origin_rank
    from {{ ref('int_kpi_duties') }} as defaults
    inner join {{ ref('canonical__tenants') }} as tenants
        on defaults.tenant_id in ('*', tenants.tenant_id)

),

ranked as (

    -- the landing file wins over the vendor, the vendor over the seed
    select
        *,
        min(origin_rank) over (partition by tenant_id, kpi_id) as best_rank
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
