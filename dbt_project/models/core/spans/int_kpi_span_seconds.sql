{{ config(materialized=step()) }}

-- Seconds of each measured span by status and holder of the ticket, on the calendar clock and in the open hours of the team
-- that had the ticket at each instant (of any team while none had it). Microseconds, so that sums are cut once; business is null without any calendar.

with

spans as (

    select
        purpose,
        span_key,
        tenant_id,
        timeline_key,
        {{ epoch_us('from_at') }} as from_us,
        {{ epoch_us('to_at') }} as to_us
    from {{ ref('int_kpi_spans') }}

),

states as (

    -- the first value held before the ticket was created too
    select
        states.ticket_key,
        states.attribute,
        states.value,
        coalesce(calendars.calendar_id, {{ any_team_open() }}) as calendar_id,
        case when states.span_no = 0 then cast({{ dawn_us() }} as bigint) else {{ epoch_us('states.from_at') }} end as from_us,
        coalesce({{ epoch_us('states.to_at') }}, {{ far_us() }}) as to_us
    from {{ ref('int_ticket_states') }} as states
    left join {{ ref('int_team_calendars') }} as calendars on states.value = calendars.team_key
    where states.attribute in ('status', 'team', 'assignee')

),

{% for attribute, before in [('status', 'spans'), ('team', 'cut_by_status')] %}
cut_by_{{ attribute }} as (

    -- a span of no length keeps one piece
    select
        pieces.purpose,
        pieces.span_key,
        pieces.tenant_id,
        pieces.timeline_key,
        {% if attribute == 'team' %}pieces.status,
        states.calendar_id,
        {% else %}states.value as status,
        {% endif %}
        greatest(pieces.from_us, states.from_us) as from_us,
        least(pieces.to_us, states.to_us) as to_us
    from {{ before }} as pieces
    inner join states
        on
        pieces.timeline_key = states.ticket_key
        and pieces.from_us < states.to_us
        and pieces.to_us >= states.from_us
        and (pieces.to_us > states.from_us or pieces.from_us >= states.from_us)
    where states.attribute = '{{ attribute }}'

),

{% endfor %}
held as (

    select
        pieces.purpose,
        pieces.span_key,
        pieces.tenant_id,
        pieces.status,
        pieces.calendar_id,
        case when agents.is_bot or states.value is null then 'unowned' else states.value end as holder_agent_key,
        greatest(pieces.from_us, states.from_us) as from_us,
        least(pieces.to_us, states.to_us) as to_us
    from cut_by_team as pieces
    inner join states
        on
        pieces.timeline_key = states.ticket_key
        and states.attribute = 'assignee'
        and pieces.from_us < states.to_us
        and pieces.to_us >= states.from_us
        and (pieces.to_us > states.from_us or pieces.from_us >= states.from_us)
    left join {{ ref('dim_agents') }} as agents on states.value = agents.agent_key
    where pieces.purpose = 'life'
    union all
    select
        purpose,
        span_key,
        tenant_id,
        status,
        calendar_id,
        'unowned' as holder_agent_key,
        from_us,
        to_us
    from cut_by_team
    where purpose <> 'life'

),

calendars as (

    select * from {{ ref('int_calendars') }}

),

known as (

    select
        held.*,
        calendars.calendar_id is not null as has_calendar
    from held
    left join calendars
        on
        held.tenant_id = calendars.tenant_id
        and held.calendar_id = calendars.calendar_id

),

windows as (

    select * from {{ ref('int_calendar_windows') }}

),

points as (

    select tenant_id, calendar_id, from_us as at_us, cast(null as bigint) as opens_us from known where has_calendar
    union
    select tenant_id, calendar_id, to_us as at_us, cast(null as bigint) as opens_us from known where has_calendar
    union all
    select tenant_id, calendar_id, opens_us as at_us, opens_us from windows

),

opened as (

    -- the last opening up to each instant: one sort of all instants, which is much faster here than an as-of lookup of each
    select
        tenant_id,
        calendar_id,
        at_us,
        max(opens_us) over (partition by tenant_id, calendar_id order by at_us) as opens_us
    from points

),

clock as (

    -- open microseconds of a calendar up to each instant
    select distinct
        opened.tenant_id,
        opened.calendar_id,
        opened.at_us,
        {{ open_us_at('windows', 'opened.at_us') }} as open_us
    from opened
    left join windows
        on
        opened.tenant_id = windows.tenant_id
        and opened.calendar_id = windows.calendar_id
        and opened.opens_us = windows.opens_us

)

select
    known.purpose,
    known.span_key,
    known.status,
    known.holder_agent_key,
    cast(sum(known.to_us - known.from_us) as bigint) as cal_us,
    cast(sum(case when known.has_calendar then ends.open_us - begins.open_us end) as bigint) as bus_us
from known
left join clock as begins
    on
    known.tenant_id = begins.tenant_id
    and known.calendar_id = begins.calendar_id
    and known.from_us = begins.at_us
left join clock as ends
    on
    known.tenant_id = ends.tenant_id
    and known.calendar_id = ends.calendar_id
    and known.to_us = ends.at_us
group by known.purpose, known.span_key, known.status, known.holder_agent_key
