{{ config(schema='intermediate', access='private', contract={'enforced': false}) }}

-- Team of a ticket over time as its turns see it: its own until it is merged, from then on that of the merge root.

with

states as (

    select * from {{ ref('int_ticket_states') }}

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

teams as (

    select
        ticket_key,
        value as team_key,
        from_at,
        to_at
    from states
    where attribute = 'team'

),

own as (

    select
        tickets.ticket_key,
        teams.team_key,
        teams.from_at,
        case
            when tickets.merged_at < teams.to_at or teams.to_at is null then coalesce(tickets.merged_at, teams.to_at)
            else teams.to_at
        end as to_at
    from tickets
    inner join teams on tickets.ticket_key = teams.ticket_key
    where
        tickets.merged_at is null
        or teams.from_at < tickets.merged_at

),

inherited as (

    select
        tickets.ticket_key,
        teams.team_key,
        case when teams.from_at < tickets.merged_at then tickets.merged_at else teams.from_at end as from_at,
        teams.to_at
    from tickets
    inner join teams on tickets.effective_ticket_key = teams.ticket_key
    where
        tickets.is_merged
        and (teams.to_at > tickets.merged_at or teams.to_at is null)

)

select * from own
union all
select * from inherited
