{{ config(materialized=step()) }}

-- Stretches with their due instant; grain: measure, layer, stretch. Null due = no target, clock not started, or never reached.

with

windows as (

    select * from {{ ref('int_calendar_windows') }}

),

days as (

    select * from {{ ref('int_calendar_days') }}

),

pieces as (

    select * from {{ ref('int_clock_pieces') }}

),

begun as (

    select
        pieces.measure_no,
        pieces.layer,
        pieces.stretch_us,
        pieces.tenant_id,
        pieces.clock,
        pieces.calendar_id,
        pieces.target_us,
        pieces.from_us,
        pieces.to_us,
        case
            when pieces.clock = 'calendar' then pieces.from_us
            else {{ open_us_at('windows', 'pieces.from_us') }}
        end as open_from_us
    from pieces
    {{ asof_left_join('windows', 'windows', [['pieces.tenant_id', 'tenant_id'], ['pieces.calendar_id', 'calendar_id']], 'pieces.from_us', 'opens_us') }}

),

bounded as (

    select
        begun.*,
        case
            when begun.to_us = {{ far_us() }} then null
            when begun.clock = 'calendar' then begun.to_us
            else {{ open_us_at('windows', 'begun.to_us') }}
        end as open_to_us
    from begun
    {{ asof_left_join('windows', 'windows', [['begun.tenant_id', 'tenant_id'], ['begun.calendar_id', 'calendar_id']], 'begun.to_us', 'opens_us') }}

),

running as (

    select
        *,
        coalesce(sum(open_to_us - open_from_us) over (
            partition by measure_no, layer, stretch_us
            order by from_us
            rows between unbounded preceding and 1 preceding
        ), 0) as used_us
    from bounded

),

reaching as (

    -- the piece in which the target is used up
    select
        measure_no,
        layer,
        stretch_us,
        tenant_id,
        clock,
        calendar_id,
        cast(open_from_us + target_us - used_us as bigint) as needed_us
    from running
    where
        used_us < target_us
        and (open_to_us is null or used_us + open_to_us - open_from_us >= target_us)

),

reached as (

    select
        reaching.measure_no,
        reaching.layer,
        reaching.stretch_us,
        case
            when reaching.clock = 'calendar' then reaching.needed_us
            else {{ instant_of_open_us('windows', 'reaching.needed_us') }}
        end as due_us
    from reaching
    {{ asof_left_join('windows', 'windows', [['reaching.tenant_id', 'tenant_id'], ['reaching.calendar_id', 'calendar_id']], 'reaching.needed_us', 'open_us_before', '>') }}

),

opening_days as (

    select
        anchors.measure_no,
        anchors.layer,
        anchors.from_us as stretch_us,
        anchors.tenant_id,
        anchors.calendar_id,
        coalesce(days.day_no, 0) + anchors.target_business_days as due_day_no
    from {{ ref('int_measure_anchors') }} as anchors
    {{ asof_left_join('days', 'days', [['anchors.tenant_id', 'tenant_id'], ['anchors.calendar_id', 'calendar_id']], 'anchors.anchor_us', 'starts_us') }}
    where anchors.target_business_days is not null and anchors.anchor_us is not null

),

due_days as (

    select
        opening_days.measure_no,
        opening_days.layer,
        opening_days.stretch_us,
        days.ends_us as due_us
    from opening_days
    inner join days
        on opening_days.tenant_id = days.tenant_id
        and opening_days.calendar_id = days.calendar_id
        and opening_days.due_day_no = days.day_no

)

select
    stretches.measure_no,
    stretches.layer,
    stretches.from_us,
    stretches.limit_us,
    stretches.until_us,
    stretches.target_no,
    anchors.anchor_us,
    case
        when
            stretches.layer = 'marketplace' and measures.published_due_us is not null
            and (stretches.target_no is not null or measures.mode = 'case')
            then measures.published_due_us
        when anchors.target_business_days is not null then due_days.due_us
        when anchors.clock = 'calendar' and not anchors.can_pause then anchors.anchor_us + anchors.target_us
        else reached.due_us
    end as due_us
from {{ ref('int_measure_stretches') }} as stretches
inner join {{ ref('int_measures') }} as measures on stretches.measure_no = measures.measure_no
left join {{ ref('int_measure_anchors') }} as anchors
    on stretches.measure_no = anchors.measure_no
    and stretches.layer = anchors.layer
    and stretches.from_us = anchors.from_us
left join reached
    on stretches.measure_no = reached.measure_no
    and stretches.layer = reached.layer
    and stretches.from_us = reached.stretch_us
left join due_days
    on stretches.measure_no = due_days.measure_no
    and stretches.layer = due_days.layer
    and stretches.from_us = due_days.stretch_us
