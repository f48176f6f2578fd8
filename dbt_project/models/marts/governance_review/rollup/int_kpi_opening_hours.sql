{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Opening hours of the calendars that teams work by: without any there is no business time. Grain: team and shift.

with

teams as (

    select * from {{ ref('canonical__teams') }}

),

calendars as (

    select * from {{ ref('canonical__business_calendars') }}

),

hours as (

    select * from {{ ref('canonical__calendar_hours') }}

)

select
    teams.tenant_id,
    teams.team_id,
    hours.calendar_id,
    hours.weekday
from teams
inner join calendars
    on
    teams.tenant_id = calendars.tenant_id
    and teams.calendar_id = calendars.calendar_id
inner join hours
    on
    calendars.tenant_id = hours.tenant_id
    and calendars.calendar_id = hours.calendar_id
