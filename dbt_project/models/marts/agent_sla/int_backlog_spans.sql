{{ config(schema='intermediate', access='private', contract={'enforced': false}) }}

-- Which unsolved status and which team a ticket had at the end of which local days, as half-open ranges of day numbers.
-- A state held at the last instant of a day is that day's state, so ranges run from the day a state began to the day it
-- ended, and states that begin and end within one day vanish.
-- A table, not a view: DuckDB 2.0.0 breaks off about every three-hundredth time that a join of ranges reads these joins as they
-- run ("global dictionary column 0 changed identity"), and takes the whole database with it.
with states as (
    select * from {{ ref('core__ticket_states') }}
    where attribute in ('status', 'team')
),

tickets as (
    select * from {{ ref('dim_tickets') }}
    where not is_merged and not is_excluded
),

days as (
    select * from {{ ref('int_reporting_days') }}
),

day_ranges as (
    select
        states.ticket_key,
        states.attribute,
        states.value,
        start_days.day_no as from_day_no,
        coalesce(end_days.day_no, 2147483647) as to_day_no
    from states
    inner join days as start_days
        on states.tenant_id = start_days.tenant_id
        and cast(states.from_at as date) = start_days.utc_date
        and states.from_at >= start_days.day_start_at
        and states.from_at < start_days.day_end_at
    left join days as end_days
        on states.tenant_id = end_days.tenant_id
        and cast(states.to_at as date) = end_days.utc_date
        and states.to_at >= end_days.day_start_at
        and states.to_at < end_days.day_end_at
),

statuses as (
    select * from day_ranges
    where
        attribute = 'status'
        and value in ('new', 'open', 'pending', 'on_hold')
        and from_day_no < to_day_no
),

teams as (
    select * from day_ranges
    where attribute = 'team' and from_day_no < to_day_no
),

final as (
    select
        tickets.tenant_id,
        tickets.source_system,
        tickets.ticket_key,
        tickets.channel_key,
        teams.value as team_key,
        statuses.value as status,
        opened_days.day_no as opened_day_no,
        greatest(statuses.from_day_no, coalesce(teams.from_day_no, statuses.from_day_no)) as from_day_no,
        least(statuses.to_day_no, coalesce(teams.to_day_no, statuses.to_day_no)) as to_day_no
    from statuses
    inner join tickets
        on statuses.ticket_key = tickets.ticket_key
    inner join days as opened_days
        on tickets.tenant_id = opened_days.tenant_id
        and cast(tickets.created_at as date) = opened_days.utc_date
        and tickets.created_at >= opened_days.day_start_at
        and tickets.created_at < opened_days.day_end_at
    left join teams
        on statuses.ticket_key = teams.ticket_key
        and statuses.from_day_no < teams.to_day_no
        and statuses.to_day_no > teams.from_day_no
)

select * from final
