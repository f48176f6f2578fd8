{{ config(materialized=step()) }}

-- What a target's clock runs through after its anchor: the calendar in force piece by piece as known when the stretch began (the
-- last team's holds on), without the statuses that pause it. Only for clocks that are not plain elapsed time.
-- Grain: measure, layer, stretch, piece.

with

anchors as (

    select * from {{ ref('int_measure_anchors') }}
    where anchor_us is not null and target_us is not null and (clock = 'business' or can_pause)

),

calendars as (

    select
        measure_no,
        layer,
        from_us as stretch_us,
        tenant_id,
        lane_no,
        target_no,
        clock,
        can_pause,
        until_us,
        target_us,
        calendar_id,
        anchor_us as from_us,
        {{ far_us() }} as to_us
    from anchors
    where is_fixed_calendar or clock = 'calendar'
    union all
    select
        anchors.measure_no,
        anchors.layer,
        anchors.from_us as stretch_us,
        anchors.tenant_id,
        anchors.lane_no,
        anchors.target_no,
        anchors.clock,
        anchors.can_pause,
        anchors.until_us,
        anchors.target_us,
        calendars.calendar_id,
        greatest(anchors.anchor_us, calendars.from_us) as from_us,
        case when calendars.to_us <= anchors.from_us then calendars.to_us else {{ far_us() }} end as to_us
    from anchors
    inner join {{ ref('int_lane_calendars') }} as calendars
        on anchors.lane_no = calendars.lane_no
        and anchors.from_us >= calendars.from_us
        and (anchors.anchor_us < calendars.to_us or anchors.from_us < calendars.to_us)
    where not anchors.is_fixed_calendar and anchors.clock = 'business' and calendars.calendar_id is not null

),

running as (

    select
        calendars.measure_no,
        calendars.layer,
        calendars.stretch_us,
        states.from_us,
        case when states.to_us > calendars.until_us then {{ far_us() }} else states.to_us end as to_us
    from calendars
    inner join {{ ref('int_lane_states') }} as states
        on calendars.lane_no = states.lane_no
        and states.attribute = 'status'
        and calendars.until_us >= states.from_us
    inner join {{ ref('int_targets') }} as targets on calendars.target_no = targets.target_no
    where
        calendars.can_pause
        and not (
            {%- for status in ['new', 'open', 'pending', 'on_hold'] %}
            {{ 'or ' if not loop.first }}(coalesce(states.value, '') = '{{ status }}' and targets.pauses_{{ status }})
            {%- endfor %}
        )
    group by calendars.measure_no, calendars.layer, calendars.stretch_us, calendars.until_us, states.from_us, states.to_us

)

select
    calendars.measure_no,
    calendars.layer,
    calendars.stretch_us,
    calendars.tenant_id,
    calendars.clock,
    calendars.calendar_id,
    calendars.target_us,
    calendars.from_us,
    calendars.to_us
from calendars
where not calendars.can_pause
union all
select
    calendars.measure_no,
    calendars.layer,
    calendars.stretch_us,
    calendars.tenant_id,
    calendars.clock,
    calendars.calendar_id,
    calendars.target_us,
    greatest(calendars.from_us, running.from_us) as from_us,
    least(calendars.to_us, running.to_us) as to_us
from calendars
inner join running
    on calendars.measure_no = running.measure_no
    and calendars.layer = running.layer
    and calendars.stretch_us = running.stretch_us
    and calendars.from_us < running.to_us
    and calendars.to_us > running.from_us
where calendars.can_pause
