{% set columns %}
    tenant_id, source_system, source_id, target_version_id, policy_id, version, metric, priority, target_seconds,
    target_business_days, clock, calendar_id, clock_start, pause_statuses, compliance_goal, occurred_at,
    ingested_at, source_updated_at, is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 'landing' as origin from {{ ref('stg_landing__sla_targets') }}
    union all
    select {{ columns }}, 'vendor' as origin from {{ ref('map_zendesk__sla_targets') }}
    union all
    select
        tenants.tenant_id,
        'seed' as source_system,
        coalesce(cast(defaults.target_version_id as varchar), '') as source_id,
        cast(defaults.target_version_id as varchar) as target_version_id,
        cast(defaults.policy_id as varchar) as policy_id,
        cast(defaults.version as varchar) as version,
        cast(defaults.metric as varchar) as metric,
        cast(defaults.priority as varchar) as priority,
        cast(defaults.target_seconds as bigint) as target_seconds,
        cast(defaults.target_business_days as bigint) as target_business_days,
        cast(defaults.clock as varchar) as clock,
        cast(defaults.calendar_id as varchar) as calendar_id,
        cast(defaults.clock_start as varchar) as clock_start,
        cast(defaults.pause_statuses as varchar) as pause_statuses,
        cast(defaults.compliance_goal as decimal(18, 6)) as compliance_goal,
        cast(null as timestamp) as occurred_at,
        cast(null as timestamp) as ingested_at,
        cast(null as timestamp) as source_updated_at,
        false as is_deleted_in_source,
        cast(null as varchar) as row_hash,
        cast(null as varchar) as load_id,
        cast(null as varchar) as unmapped_values,
        'seed' as origin
    from {{ ref('seed_sla_targets') }} as defaults
    inner join {{ ref('canonical__tenants') }} as tenants
        on defaults.tenant_id in ('*', tenants.tenant_id)

),

chosen as (

    -- targets follow the origin of their policy
    select unioned.*
    from unioned
    inner join {{ ref('canonical__sla_policies') }} as chosen
        on unioned.tenant_id = chosen.tenant_id
        and unioned.policy_id = chosen.policy_id
        and unioned.version = chosen.version
        and unioned.origin = chosen.origin

)

select * from chosen
