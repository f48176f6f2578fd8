with

staff as (

    select * from {{ ref('zendesk__staff') }}
    where kind = 'agent'

),

agents as (

    select * from {{ ref('zendesk__agents') }}

),

roles as (

    select
        tenant_id,
        staff_id,
        since,
        case when is_light then 'light_agent' else 'agent' end as role
    from staff

    union all

    select
        tenant_id,
        staff_id,
        since,
        'team_lead' as role
    from staff
    where is_lead

),

final as (

    select
        roles.tenant_id,
        'zendesk' as source_system,
        roles.staff_id || '-' || roles.role as source_id,
        roles.staff_id as agent_id,
        roles.role,
        coalesce(cast(agents.hired_on as timestamp), roles.since) as valid_from,
        cast(agents.left_on as timestamp) as valid_to,
        roles.since as occurred_at,
        agents.ingested_at,
        agents.source_updated_at,
        false as is_deleted_in_source,
        agents.row_hash,
        agents.load_id,
        cast(null as varchar) as unmapped_values
    from roles
    inner join agents
        on roles.tenant_id = agents.tenant_id and roles.staff_id = agents.agent_id

)

select * from final
