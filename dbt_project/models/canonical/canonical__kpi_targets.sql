{% set columns %}
    tenant_id, source_system, source_id, target_version_id, kpi_id, layer, stat, scope_type, scope_id, clock,
    variant, target, target_high, amber_tolerance, direction, target_class, valid_from, valid_to,
    approved_in_action_id, occurred_at, ingested_at, source_updated_at, is_deleted_in_source, row_hash, load_id,
    unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 'landing' as origin, 1 as origin_rank from {{ ref('stg_landing__kpi_targets') }}
    union all
    select
        tenants.tenant_id,
        'seed' as source_system,
        cast(defaults.target_version_id as varchar) as source_id,
        cast(defaults.target_version_id as varchar) as target_version_id,
        cast(defaults.kpi_id as varchar) as kpi_id,
        cast(defaults.layer as varchar) as layer,
        cast(defaults.stat as varchar) as stat,
        cast(defaults.scope_type as varchar) as scope_type,
        cast(defaults.scope_id as varchar) as scope_id,
        cast(defaults.clock as varchar) as clock,
        cast(defaults.variant as varchar) as variant,
        cast(defaults.target as decimal(18, 6)) as target,
        cast(defaults.target_high as decimal(18, 6)) as target_high,
        cast(defaults.amber_tolerance as decimal(18, 6)) as amber_tolerance,
        cast(defaults.direction as varchar) as direction,
        cast(defaults.target_class as varchar) as target_class,
        cast(defaults.valid_from as date) as valid_from,
        cast(defaults.valid_to as date) as valid_to,
        cast(defaults.approved_in_action_id as varchar) as approved_in_action_id,
        cast(null as timestamp) as occurred_at,
        cast(null as timestamp) as ingested_at,
        cast(null as timestamp) as source_updated_at,
        false as is_deleted_in_source,
        cast(null as varchar) as row_hash,
        cast(null as varchar) as load_id,
        cast(null as varchar) as unmapped_values,
        'seed' as origin,
        3 as origin_rank
    from {{ ref('seed_kpi_targets') }} as defaults
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

),

final as (

    -- what people wrote down about a person holds whatever key the person has since
    select
        {% for column in columns.split(',') | map('trim') -%}
        {{ scope_of_today('keyed') ~ ' as scope_id' if column == 'scope_id' else 'keyed.' ~ column }},
        {% endfor -%}
        keyed.origin
    from keyed
    left join {{ ref('canonical__former_person_keys') }} as former
        on
        {{ is_former_scope('keyed') }}

)

select * from final
