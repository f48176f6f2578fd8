-- Owner of each turn unanswered when its day was over. The one who got it in the last hour before the due instant is not the
-- owner: of queue, sync lag and agents the one who used up most of the time before is. Nobody is during an outage.

with

misses as (

    select * from {{ ref('int_kpi_misses_of_a_day') }}

),

segments as (

    select * from {{ ref('fct_obligation_segments') }}

),

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

home_teams as (

    select * from {{ ref('core__home_teams') }}

),

ticket_teams as (

    select * from {{ ref('int_kpi_ticket_teams') }}

),

located as (

    select
        misses.promise,
        misses.obligation_key,
        misses.due_at,
        ticket_teams.team_key
    from misses
    left join ticket_teams
        on
        misses.original_ticket_key = ticket_teams.ticket_key
        and misses.due_at >= ticket_teams.from_at
        and (misses.due_at < ticket_teams.to_at or ticket_teams.to_at is null)

),

disturbed as (

    -- the scope of an outage is tested at the due instant, also the ticket's team
    select distinct
        located.promise,
        located.obligation_key
    from located
    inner join obligations on located.obligation_key = obligations.obligation_key
    inner join {{ ref('int_incident_scopes') }} as incidents
        on
        obligations.tenant_id = incidents.tenant_id
        and located.due_at >= incidents.starts_at
        and located.due_at < incidents.ends_at
        and incidents.scope_key in (
            'company', obligations.platform, obligations.marketplace_account_key, obligations.channel_key, located.team_key
        )

),

earlier as (

    -- segments before the holding began; of a closed one the closer answers for the time
    select
        misses.promise,
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
        promise,
        obligation_key,
        max(to_at) as received_at
    from earlier
    group by promise, obligation_key

),

consumed as (

    select
        promise,
        obligation_key,
        consumer,
        sum(cal_s) as seconds,
        max(segment_no) as last_segment_no
    from earlier
    group by promise, obligation_key, consumer

),

ranked as (

    select
        *,
        row_number() over (partition by promise, obligation_key order by seconds desc, last_segment_no desc) as place
    from consumed

),

owned as (

    select
        misses.promise,
        misses.obligation_key,
        misses.due_at,
        located.team_key as ticket_team_key,
        case
            when misses.state = 'missed' or disturbed.obligation_key is not null then 'unowned'
            when misses.holder_class = 'closed' then misses.agent_key
            when misses.holder_class is null or misses.holder_class <> 'agent' then 'unowned'
            when
                received.received_at is null or {{ seconds_between('received.received_at', 'misses.due_at') }} >= 3600
                then misses.agent_key
            when ranked.consumer in ('queue', 'sync_lag') then 'unowned'
            else ranked.consumer
        end as agent_key
    from misses
    inner join located on misses.promise = located.promise and misses.obligation_key = located.obligation_key
    left join received on misses.promise = received.promise and misses.obligation_key = received.obligation_key
    left join ranked
        on
        misses.promise = ranked.promise
        and misses.obligation_key = ranked.obligation_key
        and ranked.place = 1
    left join disturbed on misses.promise = disturbed.promise and misses.obligation_key = disturbed.obligation_key

),

final as (

    select
        owned.promise,
        owned.obligation_key,
        owned.due_at,
        owned.agent_key,
        coalesce(home_teams.team_key, owned.ticket_team_key) as team_key
    from owned
    left join home_teams
        on
        owned.agent_key = home_teams.agent_key
        and owned.due_at >= home_teams.valid_from
        and (owned.due_at < home_teams.valid_to or home_teams.valid_to is null)

)

select * from final
