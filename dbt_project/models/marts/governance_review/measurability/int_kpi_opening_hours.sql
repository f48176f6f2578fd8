{{ config(materialized=step()) }}

-- What gives a tenant business time: teams whose calendar has hours, teams without a calendar, who work around the clock, and no
-- teams at all, which is the same. A calendar that is named and not described gives none, nor does one without hours.

with

tenants as (

    select * from {{ ref('dim_tenants') }}

),

teams as (

    select * from {{ ref('dim_teams') }}

),

calendars as (

    select * from {{ ref('core__business_calendars') }}

),

hours as (

    select * from {{ ref('core__calendar_hours') }}

)

select distinct
    teams.tenant_id,
    calendars.calendar_id
from teams
inner join calendars
    on
    teams.tenant_id = calendars.tenant_id
    and teams.calendar_id = calendars.calendar_id
inner join hours
    on
    calendars.tenant_id = hours.tenant_id
    and calendars.calendar_id = hours.calendar_id

union all

select distinct
    tenants.tenant_id,
    {{ always_open() }} as calendar_id
from tenants
left join teams on tenants.tenant_id = teams.tenant_id
where teams.calendar_id is null
