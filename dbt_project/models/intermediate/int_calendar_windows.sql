{{ config(access='protected') }}
-- Each business calendar expanded once into its open windows, in UTC microseconds, with the open time before each window.
-- Business time between two instants is then two as-of lookups; grain: calendar and window.

with

local_shifts as (

    select * from {{ ref('int_calendar_shifts') }}

),

offsets as (

    -- the zone's offset a day before and a day after decide gaps and overlaps without asking the engine for its own rule
    select
        tenant_id,
        calendar_id,
        opens_local,
        closes_local,
        tz,
        {{ epoch_us(utc_to_local("opens_local - interval '1 day'", 'tz')) }}
        - {{ epoch_us("opens_local - interval '1 day'") }} as opens_offset_before,
        {{ epoch_us(utc_to_local("opens_local + interval '1 day'", 'tz')) }}
        - {{ epoch_us("opens_local + interval '1 day'") }} as opens_offset_after,
        {{ epoch_us(utc_to_local("closes_local - interval '1 day'", 'tz')) }}
        - {{ epoch_us("closes_local - interval '1 day'") }} as closes_offset_before,
        {{ epoch_us(utc_to_local("closes_local + interval '1 day'", 'tz')) }}
        - {{ epoch_us("closes_local + interval '1 day'") }} as closes_offset_after
    from local_shifts

),

candidates as (

    select
        tenant_id,
        calendar_id,
        tz,
        {{ epoch_us('opens_local') }} as opens_local_us,
        {{ epoch_us('closes_local') }} as closes_local_us,
        {{ epoch_us('opens_local') }} - opens_offset_before as opens_early_us,
        {{ epoch_us('opens_local') }} - opens_offset_after as opens_late_us,
        {{ epoch_us('closes_local') }} - closes_offset_before as closes_early_us,
        {{ epoch_us('closes_local') }} - closes_offset_after as closes_late_us
    from offsets

),

shifts as (

    -- an opening takes the first of two occurrences, a closing the second; a time inside a gap moves forward by the gap
    select
        tenant_id,
        calendar_id,
        case
            when opens_early_us = opens_late_us then opens_early_us
            when {{ epoch_us(utc_to_local(us_to_at('opens_early_us'), 'tz')) }} = opens_local_us then opens_early_us
            when {{ epoch_us(utc_to_local(us_to_at('opens_late_us'), 'tz')) }} = opens_local_us then opens_late_us
            else opens_early_us
        end as opens_us,
        case
            when closes_early_us = closes_late_us then closes_early_us
            when {{ epoch_us(utc_to_local(us_to_at('closes_late_us'), 'tz')) }} = closes_local_us then closes_late_us
            when {{ epoch_us(utc_to_local(us_to_at('closes_early_us'), 'tz')) }} = closes_local_us then closes_early_us
            else closes_early_us
        end as closes_us
    from candidates

),

reaches as (

    select
        tenant_id,
        calendar_id,
        opens_us,
        closes_us,
        max(closes_us) over (
            partition by tenant_id, calendar_id
            order by opens_us, closes_us
            rows between unbounded preceding and 1 preceding
        ) as reached_us
    from shifts
    where closes_us > opens_us

),

islands as (

    select
        tenant_id,
        calendar_id,
        opens_us,
        closes_us,
        sum(case when reached_us >= opens_us then 0 else 1 end) over (
            partition by tenant_id, calendar_id
            order by opens_us, closes_us
            rows between unbounded preceding and current row
        ) as island_no
    from reaches

),

windows as (

    select
        tenant_id,
        calendar_id,
        min(opens_us) as opens_us,
        max(closes_us) as closes_us
    from islands
    group by tenant_id, calendar_id, island_no

)

select
    tenant_id,
    calendar_id,
    opens_us,
    closes_us,
    cast(coalesce(sum(closes_us - opens_us) over (
        partition by tenant_id, calendar_id
        order by opens_us
        rows between unbounded preceding and 1 preceding
    ), 0) as bigint) as open_us_before
from windows
