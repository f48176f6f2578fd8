-- Open local days of every calendar, numbered, with the instants between which each lies; grain: calendar and open local date.

with

days as (

    -- what any team works may have shifts of several zones: its days are those of the calendar's own
    select distinct
        shifts.tenant_id,
        shifts.calendar_id,
        calendars.tz,
        shifts.date_day
    from {{ ref('int_calendar_shifts') }} as shifts
    inner join {{ ref('int_calendars') }} as calendars
        on shifts.tenant_id = calendars.tenant_id
        and shifts.calendar_id = calendars.calendar_id

),

offsets as (

    select
        *,
        cast(date_day as timestamp) as starts_local,
        cast(date_day as timestamp) + interval '1 day' as ends_local
    from days

),

candidates as (

    select
        *,
        {{ epoch_us('starts_local') }}
        - ({{ epoch_us(utc_to_local("starts_local - interval '1 day'", 'tz')) }} - {{ epoch_us("starts_local - interval '1 day'") }})
            as starts_early_us,
        {{ epoch_us('starts_local') }}
        - ({{ epoch_us(utc_to_local("starts_local + interval '1 day'", 'tz')) }} - {{ epoch_us("starts_local + interval '1 day'") }})
            as starts_late_us,
        {{ epoch_us('ends_local') }}
        - ({{ epoch_us(utc_to_local("ends_local - interval '1 day'", 'tz')) }} - {{ epoch_us("ends_local - interval '1 day'") }})
            as ends_early_us,
        {{ epoch_us('ends_local') }}
        - ({{ epoch_us(utc_to_local("ends_local + interval '1 day'", 'tz')) }} - {{ epoch_us("ends_local + interval '1 day'") }})
            as ends_late_us
    from offsets

)

select
    tenant_id,
    calendar_id,
    date_day,
    cast(row_number() over (partition by tenant_id, calendar_id order by date_day) as integer) as day_no,
    case
        when {{ epoch_us(utc_to_local(us_to_at('starts_early_us'), 'tz')) }} = {{ epoch_us('starts_local') }} then starts_early_us
        when {{ epoch_us(utc_to_local(us_to_at('starts_late_us'), 'tz')) }} = {{ epoch_us('starts_local') }} then starts_late_us
        else starts_early_us
    end as starts_us,
    case
        when {{ epoch_us(utc_to_local(us_to_at('ends_early_us'), 'tz')) }} = {{ epoch_us('ends_local') }} then ends_early_us
        when {{ epoch_us(utc_to_local(us_to_at('ends_late_us'), 'tz')) }} = {{ epoch_us('ends_local') }} then ends_late_us
        else ends_early_us
    end as ends_us
from candidates
