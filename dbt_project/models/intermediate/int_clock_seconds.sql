-- Open microseconds of the intervals of int_clock_intervals; null when no calendar was in force at any instant.
-- Grain: measure, purpose, layer, key_us.

with

intervals as (

    select * from {{ ref('int_clock_intervals') }}

),

calendars as (

    select
        tenant_id,
        calendar_id
    from {{ ref('int_calendars') }}

),

windows as (

    select * from {{ ref('int_calendar_windows') }}

),

placed as (

    select
        measure_no,
        purpose,
        layer,
        key_us,
        tenant_id,
        lane_no,
        clock,
        calendar_id,
        pause_target_no,
        from_us,
        to_us
    from intervals
    where calendar_id is not null or clock <> 'business'
    union all
    select
        intervals.measure_no,
        intervals.purpose,
        intervals.layer,
        intervals.key_us,
        intervals.tenant_id,
        intervals.lane_no,
        intervals.clock,
        spans.calendar_id,
        intervals.pause_target_no,
        greatest(intervals.from_us, spans.from_us) as from_us,
        least(intervals.to_us, spans.to_us) as to_us
    from intervals
    inner join {{ ref('int_lane_calendars') }} as spans
        on intervals.lane_no = spans.lane_no
        and intervals.to_us >= spans.from_us
        and intervals.from_us < spans.to_us
        and (intervals.to_us > spans.from_us or intervals.from_us >= spans.from_us)
    where intervals.calendar_id is null and intervals.clock = 'business' and spans.calendar_id is not null

),

running as (

    select
        placed.measure_no,
        placed.purpose,
        placed.layer,
        placed.key_us,
        placed.tenant_id,
        placed.clock,
        placed.calendar_id,
        greatest(placed.from_us, states.from_us) as from_us,
        least(placed.to_us, states.to_us) as to_us
    from placed
    inner join {{ ref('int_lane_states') }} as states
        on placed.lane_no = states.lane_no
        and states.attribute = 'status'
        and placed.to_us > states.from_us
        and placed.from_us < states.to_us
    inner join {{ ref('int_targets') }} as targets on placed.pause_target_no = targets.target_no
    where
        not (
            {%- for status in ['new', 'open', 'pending', 'on_hold'] %}
            {{ 'or ' if not loop.first }}(coalesce(states.value, '') = '{{ status }}' and targets.pauses_{{ status }})
            {%- endfor %}
        )
    union all
    select
        measure_no,
        purpose,
        layer,
        key_us,
        tenant_id,
        clock,
        calendar_id,
        from_us,
        to_us
    from placed
    where pause_target_no is null

),

begun as (

    select
        running.*,
        {{ open_us_at('windows', 'running.from_us') }} as open_from_us
    from running
    {{ asof_left_join('windows', 'windows', [['running.tenant_id', 'tenant_id'], ['running.calendar_id', 'calendar_id']], 'running.from_us', 'opens_us') }}

),

measured as (

    select
        begun.*,
        {{ open_us_at('windows', 'begun.to_us') }} as open_to_us
    from begun
    {{ asof_left_join('windows', 'windows', [['begun.tenant_id', 'tenant_id'], ['begun.calendar_id', 'calendar_id']], 'begun.to_us', 'opens_us') }}

)

select
    measured.measure_no,
    measured.purpose,
    measured.layer,
    measured.key_us,
    cast(sum(
        case
            when measured.clock <> 'business' then measured.to_us - measured.from_us
            when calendars.calendar_id is not null then measured.open_to_us - measured.open_from_us
        end
    ) as bigint) as open_us
from measured
left join calendars
    on measured.tenant_id = calendars.tenant_id
    and measured.calendar_id = calendars.calendar_id
group by measured.measure_no, measured.purpose, measured.layer, measured.key_us
