with

schedules as (

    select * from {{ ref('stg_zendesk__schedules') }}

),

zones as (

    select * from {{ ref('seed_zendesk_time_zones') }}

),

final as (

    select
        schedules.tenant_id,
        'zendesk' as source_system,
        schedules.schedule_id as source_id,
        schedules.schedule_id as calendar_id,
        -- the vendor writes display names; a name with a slash is an IANA id already
        coalesce(
            zones.tz, case when schedules.time_zone_name like '%/%' then schedules.time_zone_name end, 'UTC'
        ) as tz,
        schedules.schedule_name as name,
        schedules.created_at as occurred_at,
        schedules.ingested_at,
        schedules.updated_at as source_updated_at,
        schedules.missing_since is not null as is_deleted_in_source,
        schedules.row_hash,
        schedules.load_id,
        case
            when zones.tz is null and schedules.time_zone_name not like '%/%'
                then 'time_zone=' || schedules.time_zone_name
        end as unmapped_values
    from schedules
    left join zones
        on schedules.time_zone_name = zones.time_zone_name

)

select * from final
