{{
    config(
        access='protected',
        materialized='incremental',
        incremental_strategy='append',
        pre_hook='{{ forget_touched() }}',
    )
}}
-- depends_on: {{ ref('int_touched_tickets') }}
-- Team of a ticket over time as its turns see it: its own until it is merged, from then on that of the ticket it was merged
-- into, and so on up the chain. The first value holds from ever: a message may be older than its ticket.

with recursive -- noqa: PRS

merges as (

    select
        tickets.ticket_key,
        stored.merged_into_ticket_key as into_key,
        tickets.merged_at
    from {{ ref('dim_tickets') }} as tickets
    inner join {{ ref('canonical__tickets') }} as stored on tickets.ticket_key = stored.ticket_key
    where tickets.is_merged

),

teams as (

    select
        ticket_key,
        value as team_key,
        case when span_no = 0 then {{ us_to_at(dawn_us()) }} else from_at end as from_at,
        to_at
    from {{ ref('int_ticket_states') }}
    where attribute = 'team'

),

walk as (

    select
        ticket_key,
        ticket_key as holder_key,
        0 as depth,
        {{ us_to_at(dawn_us()) }} as from_at
    from {{ ref('dim_tickets') }}
    {% if is_incremental() %}
    where {{ touched_only() }}
    {% endif %}
    union all
    select
        walk.ticket_key,
        merges.into_key as holder_key,
        walk.depth + 1 as depth,
        case when walk.from_at < merges.merged_at then merges.merged_at else walk.from_at end as from_at
    from walk
    inner join merges on walk.holder_key = merges.ticket_key

),

holders as (

    select
        ticket_key,
        holder_key,
        from_at,
        lead(from_at) over (partition by ticket_key order by depth) as to_at
    from walk

),

final as (

    select
        holders.ticket_key,
        teams.team_key,
        case when teams.from_at < holders.from_at then holders.from_at else teams.from_at end as from_at,
        case when teams.to_at > holders.to_at or teams.to_at is null then coalesce(holders.to_at, teams.to_at) else teams.to_at end as to_at
    from holders
    inner join teams
        on
        holders.holder_key = teams.ticket_key
        and (holders.from_at < teams.to_at or teams.to_at is null)
        and (holders.to_at > teams.from_at or holders.to_at is null)
    where holders.to_at > holders.from_at or holders.to_at is null

)

select * from final
