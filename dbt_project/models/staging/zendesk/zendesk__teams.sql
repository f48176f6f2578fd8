with

groups as (

    select * from {{ ref('stg_zendesk__groups') }}

),

schedules as (

    select * from {{ ref('stg_zendesk__schedules') }}

),

assigned as (

    select * from {{ ref('seed_zendesk_group_calendars') }}

),

default_schedules as (

    select
        tenant_id,
        min(schedule_id) as schedule_id
    from schedules
    where missing_since is null
    group by tenant_id

),

final as (

    select
        groups.tenant_id,
        'zendesk' as source_system,
        groups.team_id as source_id,
        groups.team_id,
        groups.team_name as name,
        cast(null as varchar) as parent_team_id,
        -- the vendor has no link from groups to schedules: same name, else the seed, else the account's first schedule
        coalesce(
            max(case when lower(schedules.schedule_name) = lower(groups.team_name) then schedules.schedule_id end),
            max(case when assigned.tenant_id = groups.tenant_id then schedules.schedule_id end),
            max(case when assigned.tenant_id = '*' then schedules.schedule_id end),
            max(default_schedules.schedule_id),
            'default'
        ) as calendar_id,
        groups.created_at as occurred_at,
        groups.ingested_at,
        groups.updated_at as source_updated_at,
        coalesce(groups.is_deleted, false) or groups.missing_since is not null as is_deleted_in_source,
        groups.row_hash,
        greatest(groups.load_id, coalesce(max(schedules.load_id), '')) as load_id,
        cast(null as varchar) as unmapped_values
    from groups
    left join assigned
        on groups.team_name = assigned.team_name and assigned.tenant_id in (groups.tenant_id, '*')
    left join schedules
        on
        groups.tenant_id = schedules.tenant_id
        and schedules.missing_since is null
        and lower(schedules.schedule_name) in (lower(groups.team_name), lower(assigned.schedule_name))
    left join default_schedules
        on groups.tenant_id = default_schedules.tenant_id
    group by
        groups.tenant_id, groups.team_id, groups.team_name, groups.created_at, groups.ingested_at, groups.updated_at,
        groups.is_deleted, groups.missing_since, groups.row_hash, groups.load_id

)

select * from final
