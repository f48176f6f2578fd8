-- How many rows of each reference table come from files, a vendor, the seeds or other rows; grain: source, table and origin.
{%- set tables = [
    'channels', 'marketplace_accounts', 'customers', 'agents', 'agent_role_history', 'teams', 'team_membership',
    'tags', 'macros', 'root_cause_map', 'fixes', 'sla_policies', 'sla_targets', 'business_calendars',
    'calendar_hours', 'calendar_exceptions', 'channel_policy', 'incident_windows', 'event_calendar',
    'kpi_accountability', 'kpi_targets',
] %}

with

unioned as (

    {% for table in tables -%}
    select
        tenant_id,
        source_system,
        '{{ table }}' as table_name,
        origin
    from {{ ref('canonical__' ~ table) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    tenant_id,
    source_system,
    table_name,
    origin,
    count(*) as row_count
from unioned
group by tenant_id, source_system, table_name, origin
