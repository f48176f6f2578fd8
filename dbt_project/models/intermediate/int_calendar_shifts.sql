{{ config(materialized=step()) }}

-- Shifts of every calendar in local time, one row per local date and shift: weekly hours in force on that date, replaced by
-- the exceptions of that date. A shift belongs to the date on which it opens; one that ends before it begins passes midnight.
-- What any team works (around the clock in a tenant without teams) is the calendar of tickets without a team.

with

calendars as (

    select
        tenant_id,
        calendar_id,
        tz
    from {{ ref('int_calendars') }}

),

worked as (

    -- calendars in which some team works
    select
        tenants.tenant_id,
        coalesce(teams.calendar_id, {{ always_open() }}) as calendar_id
    from {{ ref('canonical__tenants') }} as tenants
    left join {{ ref('int_team_calendars') }} as teams on tenants.tenant_id = teams.tenant_id
    group by tenants.tenant_id, coalesce(teams.calendar_id, {{ always_open() }})

),

hours as (

    select * from {{ ref('canonical__calendar_hours') }}

),

exceptions as (

    select * from {{ ref('canonical__calendar_exceptions') }}

),

horizon as (

    select * from {{ ref('int_calendar_horizon') }}

),

weekly as (

    select
        calendars.tenant_id,
        calendars.calendar_id,
        calendars.tz,
        horizon.date_day,
        hours.opens,
        hours.closes
    from calendars
    cross join horizon
    inner join hours
        on calendars.tenant_id = hours.tenant_id
        and calendars.calendar_id = hours.calendar_id
        and horizon.iso_weekday = hours.weekday
        and horizon.date_day >= hours.valid_from
        and (hours.valid_to is null or horizon.date_day < hours.valid_to)

),

shifts as (

    -- an open exception without hours keeps the weekday's hours
    select weekly.*
    from weekly
    left join exceptions
        on weekly.tenant_id = exceptions.tenant_id
        and weekly.calendar_id = exceptions.calendar_id
        and weekly.date_day = exceptions.date
    where
        exceptions.calendar_id is null
        or (exceptions.is_open and exceptions.opens is null)
    union all
    select
        calendars.tenant_id,
        calendars.calendar_id,
        calendars.tz,
        horizon.date_day,
        exceptions.opens,
        exceptions.closes
    from exceptions
    inner join calendars
        on exceptions.tenant_id = calendars.tenant_id
        and exceptions.calendar_id = calendars.calendar_id
    inner join horizon on exceptions.date = horizon.date_day
    where exceptions.is_open and exceptions.opens is not null
    union all
    select
        calendars.tenant_id,
        calendars.calendar_id,
        calendars.tz,
        horizon.date_day,
        '00:00' as opens,
        '24:00' as closes
    from calendars
    inner join worked
        on calendars.tenant_id = worked.tenant_id
        and calendars.calendar_id = worked.calendar_id
    cross join horizon
    where calendars.calendar_id = {{ always_open() }}

),

timed as (

    select
        tenant_id,
        calendar_id,
        tz,
        date_day,
        {{ local_minutes('opens') }} as opens_minute,
        {{ local_minutes('closes') }} as closes_minute
    from shifts

),

assembled as (

    select * from timed
    union all
    select
        timed.tenant_id,
        {{ any_team_open() }} as calendar_id,
        timed.tz,
        timed.date_day,
        timed.opens_minute,
        timed.closes_minute
    from timed
    inner join worked
        on timed.tenant_id = worked.tenant_id
        and timed.calendar_id = worked.calendar_id

)

select
    tenant_id,
    calendar_id,
    tz,
    date_day,
    {{ add_seconds('cast(date_day as timestamp)', 'opens_minute * 60') }} as opens_local,
    {{ add_seconds(
        'cast(date_day as timestamp)',
        '(case when closes_minute > opens_minute then closes_minute else closes_minute + 1440 end) * 60'
    ) }} as closes_local
from assembled
