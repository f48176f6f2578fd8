{{ config(schema='intermediate', access='private', contract={'enforced': false}) }}

-- KPIs that a tenant's sources cannot support, or that this version does not compute, each with the reason. What is
-- listed here is shown as not measurable, never as zero.

with

definitions as (

    select * from {{ ref('seed_kpi_definitions') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

capabilities as (

    select
        tenant_id,
        capability,
        max(case when level in ('full', 'partial') then 1 else 0 end) as is_present
    from {{ ref('canonical__source_capabilities') }}
    group by tenant_id, capability

),

inputs as (

    select * from {{ ref('int_kpi_inputs') }}

),

published as (

    select distinct
        tenant_id,
        metric
    from {{ ref('canonical__account_health_snapshots') }}

),

explained as (

    select
        tenants.tenant_id,
        {{ kpi_series_id('definitions') }} as kpi_id,
        case
            when definitions.required_capability is not null and coalesce(capabilities.is_present, 0) = 0
                then 'no source of the tenant has the capability ' || definitions.required_capability
            when definitions.computed_in is null
                then 'not computed yet in this version'
            when definitions.required_input is not null and inputs.input is null
                then 'no source delivers ' || definitions.required_input
            when definitions.stat = 'published' and published.metric is null
                then 'no platform of the tenant publishes it, and nobody uploaded it'
        end as reason
    from tenants
    cross join definitions
    left join capabilities
        on
        tenants.tenant_id = capabilities.tenant_id
        and definitions.required_capability = capabilities.capability
    left join inputs
        on
        tenants.tenant_id = inputs.tenant_id
        and definitions.required_input = inputs.input
    left join published
        on
        tenants.tenant_id = published.tenant_id
        and definitions.kpi_id = published.metric

)

select * from explained
where reason is not null
