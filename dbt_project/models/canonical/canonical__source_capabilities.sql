with

kept_hours as (

    select distinct tenant_id
    from {{ ref('canonical__business_calendars') }}
    where origin = 'landing'

),

declared as (

    {{ rows_of_all_origins('source_capabilities', vendors=['amazon', 'ebay', 'edesk', 'zendesk']) }}

),

known as (

    -- what a sheet says of the tickets of a source that does not say it itself
    select
        told.tenant_id,
        told.source_system,
        'ticket_team' as capability,
        'partial' as level,
        'by channel, as the sheet channel_teams says; a ticket that is handed on stays with the team of its channel' as note,
        3 as origin_rank
    from (
        select distinct
            tenant_id,
            source_system
        from {{ ref('canonical__channel_teams') }}
        where not coalesce(is_deleted_in_source, false)
    ) as told

    union all

    select
        sources.tenant_id,
        sources.source_system,
        'business_calendar' as capability,
        'full' as level,
        'the tenant keeps its opening hours in a sheet' as note,
        3 as origin_rank
    from (
        select distinct
            tenant_id,
            source_system
        from {{ ref('canonical__tickets') }}
    ) as sources
    inner join kept_hours on sources.tenant_id = kept_hours.tenant_id

    union all

    select
        tenant_id,
        source_system,
        capability,
        level,
        note,
        origin_rank
    from declared

    union all

    select
        tenant_id,
        source_system,
        capability,
        level,
        note,
        5 as origin_rank
    from {{ ref('int_capabilities_inferred') }}

),

ranked as (

    -- a sheet knows better than the connector, and both better than what can be read off the data; what a connector says is not
    -- there may come by a sheet
    select
        *,
        row_number() over (
            partition by tenant_id, source_system, capability
            order by case when origin_rank = 2 and level = 'none' then 4 else origin_rank end
        ) as place
    from known

)

select
    tenant_id,
    source_system,
    capability,
    level,
    note,
    origin_rank = 5 as is_inferred
from ranked
where place = 1
