{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Owner of each turn unanswered after 24 hours. The one who got it in the last hour before the due instant is not the
-- owner: of queue, sync lag and agents the one who used up most of the time before is.

with

misses as (

    select * from {{ ref('int_kpi_misses_of_24h') }}

),

segments as (

    select * from {{ ref('fct_obligation_segments') }}

),

incident_turns as (

    select * from {{ ref('int_kpi_incident_turns') }}

),

home_teams as (

    select * from {{ ref('int_agent_home_teams') }}

),

ticket_teams as (

    select * from {{ ref('int_kpi_ticket_teams') }}

),

earlier as (

    -- segments before the holding began; of a closed one the closer answers for the time
    select
        misses.obligation_key,
        case
            when segments.holder_class in ('agent', 'closed') and segments.agent_key is not null then segments.agent_key
            when segments.holder_class = 'sync_lag' then 'sync_lag'
            else 'queue'
        end as consumer,
        segments.segment_no,
        segments.to_at,
        segments.cal_s
    from misses
    inner join segments
        on
        misses.obligation_key = segments.obligation_key
        and misses.last_other_segment_no >= segments.segment_no
    where misses.holder_class = 'agent'

),

received as (

    select
        obligation_key,
        max(to_at) as received_at
    from earlier
    group by obligation_key

),

consumed as (

    select
        obligation_key,
        consumer,
        sum(cal_s) as seconds,
        max(segment_no) as last_segment_no
    from earlier
    group by obligation_key, consumer

),

ranked as (

    select
        *,
        row_number() over (partition by obligation_key order by seconds desc, last_segment_no desc) as place
    from consumed

),

owned as (

    select
        misses.obligation_key,
        misses.due_at,
        case
            when misses.state = 'missed' or coalesce(incident_turns.is_due_inside, false) then 'unowned'
            when misses.holder_class = 'closed' then misses.agent_key
            when misses.holder_class is null or misses.holder_class <> 'agent' then 'unowned'
            when
                received.received_at is null or {{ seconds_between('received.received_at', 'misses.due_at') }} >= 3600
                then misses.agent_key
            when ranked.consumer in ('queue', 'sync_lag') then 'unowned'
            else ranked.consumer
        end as agent_key,
        misses.original_ticket_key
    from misses
    left join received on misses.obligation_key = received.obligation_key
    left join ranked on misses.obligation_key = ranked.obligation_key and ranked.place = 1
    left join incident_turns on misses.obligation_key = incident_turns.obligation_key

),

final as (

    select
        owned.obligation_key,
        owned.due_at,
        owned.agent_key,
        coalesce(home_teams.team_key, ticket_teams.team_key) as team_key
    from owned
    left join home_teams
        on
        owned.agent_key = home_teams.agent_key
        and owned.due_at >= home_teams.valid_from
        and (owned.due_at < home_teams.valid_to or home_teams.valid_to is null)
    left join ticket_teams
        on
        owned.original_ticket_key = ticket_teams.ticket_key
        and owned.due_at >= ticket_teams.from_at
        and (owned.due_at < ticket_teams.to_at or ticket_teams.to_at is null)

)

select * from final
