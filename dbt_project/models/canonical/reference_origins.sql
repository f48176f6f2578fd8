with

unioned as (

    select
        tenant_id,
        source_system,
        'channels' as table_name,
        origin
    from {{ ref('canonical__channels') }}

    union all

    select
        tenant_id,
        source_system,
        'marketplace_accounts' as table_name,
        origin
    from {{ ref('canonical__marketplace_accounts') }}

    union all

    select
        tenant_id,
        source_system,
        'customers' as table_name,
        origin
    from {{ ref('canonical__customers') }}

    union all

    select
        tenant_id,
        source_system,
        'agents' as table_name,
        origin
    from {{ ref('canonical__agents') }}

    union all

    select
        tenant_id,
        source_system,
        'agent_role_history' as table_name,
        origin
    from {{ ref('canonical__agent_role_history') }}

    union all

    select
        tenant_id,
        source_system,
        'teams' as table_name,
        origin
    from {{ ref('canonical__teams') }}

    union all

    select
        tenant_id,
        source_system,
        'team_membership' as table_name,
        origin
    from {{ ref('canonical__team_membership') }}

    union all

    select
        tenant_id,
        source_system,
        'tags' as table_name,
        origin
    from {{ ref('canonical__tags') }}

    union all

    select
        tenant_id,
        source_system,
        'macros' as table_name,
        origin
    from {{ ref('canonical__macros') }}

    union all

    select
        tenant_id,
        source_system,
        'root_cause_map' as table_name,
        origin
    from {{ ref('canonical__root_cause_map') }}

    union all

    select
        tenant_id,
        source_system,
        'fixes' as table_name,
        origin
    from {{ ref('canonical__fixes') }}

    union all

    select
        tenant_id,
        source_system,
        'sla_policies' as table_name,
        origin
    from {{ ref('canonical__sla_policies') }}

    union all

    select
        tenant_id,
        source_system,
        'sla_targets' as table_name,
        origin
    from {{ ref('canonical__sla_targets') }}

    union all

    select
        tenant_id,
        source_system,
        'business_calendars' as table_name,
        origin
    from {{ ref('canonical__business_calendars') }}

    union all

    select
        tenant_id,
        source_system,
        'calendar_hours' as table_name,
        origin
    from {{ ref('canonical__calendar_hours') }}

    union all

    select
        tenant_id,
        source_system,
        'calendar_exceptions' as table_name,
        origin
    from {{ ref('canonical__calendar_exceptions') }}

    union all

    select
        tenant_id,
        source_system,
        'channel_policy' as table_name,
        origin
    from {{ ref('canonical__channel_policy') }}

    union all

    select
        tenant_id,
        source_system,
        'incident_windows' as table_name,
        origin
    from {{ ref('canonical__incident_windows') }}

    union all

    select
        tenant_id,
        source_system,
        'event_calendar' as table_name,
        origin
    from {{ ref('canonical__event_calendar') }}

    union all

    select
        tenant_id,
        source_system,
        'kpi_accountability' as table_name,
        origin
    from {{ ref('canonical__kpi_accountability') }}

    union all

    select
        tenant_id,
        source_system,
        'kpi_targets' as table_name,
        origin
    from {{ ref('canonical__kpi_targets') }}

)

select
    tenant_id,
    source_system,
    table_name,
    origin,
    count(*) as row_count
from unioned
group by tenant_id, source_system, table_name, origin
