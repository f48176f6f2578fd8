{{ config(access='protected', materialized=step()) }}
-- Business calendars of a tenant with their zone: those its sheets describe, the one of teams without any, and the one that counts
-- while a ticket has no team (in the tenant's reporting zone). Grain: calendar.

with

tenants as (

    select
        tenant_id,
        reporting_tz as tz
    from {{ ref('canonical__tenants') }}

),

assumed as (

    select {{ always_open() }} as calendar_id
    union all
    select {{ any_team_open() }} as calendar_id

)

select
    tenant_id,
    calendar_id,
    tz
from {{ ref('canonical__business_calendars') }}
union all
select
    tenants.tenant_id,
    assumed.calendar_id,
    tenants.tz
from tenants
cross join assumed
