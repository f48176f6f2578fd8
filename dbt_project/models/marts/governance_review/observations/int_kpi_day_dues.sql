-- By when a turn had to be answered to be answered "the same day", in both readings: 24 hours after it began (`sdr_24h`),
-- and the end of the local day on which the ticket's team (any team while it had none) was, or next was, at work (`sdr_bd`).

with

turns as (

    select * from {{ ref('fct_response_obligations') }}
    where
        kind in ('first', 'next')
        and state in ('answered', 'open', 'closed_unanswered', 'missed')
        and coalesce(exclusion_reason, 'none') <> 'missed_policy'

),

calendars as (

    select * from {{ ref('core__calendars') }}

),

windows as (

    select * from {{ ref('core__calendar_windows') }}

),

begun as (

    select
        turns.obligation_key,
        greatest({{ epoch_us('turns.started_at') }}, {{ epoch_us('held.from_at') }}) as start_us,
        coalesce({{ epoch_us('held.to_at') }}, {{ far_us() }}) as until_us,
        calendars.tenant_id,
        calendars.calendar_id,
        calendars.tz
    from turns
    inner join {{ ref('int_kpi_ticket_teams') }} as held
        on
        turns.original_ticket_key = held.ticket_key
        and (held.to_at > turns.started_at or held.to_at is null)
    left join {{ ref('core__team_calendars') }} as teams on held.team_key = teams.team_key
    inner join calendars
        on
        turns.tenant_id = calendars.tenant_id
        and coalesce(teams.calendar_id, {{ any_team_open() }}) = calendars.calendar_id

),

opened as (

    -- the window that is open, else the next one
    select
        begun.obligation_key,
        begun.tz,
        greatest(begun.start_us, windows.opens_us) as effective_us,
        row_number() over (partition by begun.obligation_key order by begun.start_us) as span_no
    from begun
    {{ asof_left_join('windows', 'windows', [['begun.tenant_id', 'tenant_id'], ['begun.calendar_id', 'calendar_id']], 'begun.start_us', 'closes_us', '<') }}
    where windows.opens_us < begun.until_us

),

localised as (

    select
        obligation_key,
        tz,
        cast({{ utc_to_local(us_to_at('effective_us'), 'tz') }} as date) as local_day
    from opened
    where span_no = 1

),

final as (

    select
        'sdr_24h' as promise,
        obligation_key,
        {{ add_seconds('started_at', 86400) }} as due_at
    from turns
    union all
    select
        'sdr_bd' as promise,
        obligation_key,
        {{ local_to_utc('cast(' ~ add_days('local_day', 1) ~ ' as timestamp)', 'tz') }} as due_at
    from localised

)

select * from final
