{{ config(materialized=step()) }}
-- How long one team had a ticket that was not solved: until another team (or none) got it or it was solved; a reopening begins
-- a new span. An open end is null. Merged tickets are their root's.

with

tickets as (

    select * from {{ ref('dim_tickets') }}
    where {{ touched_only() }} and not is_excluded and not is_merged

),

pieces as (

    select
        states.tenant_id,
        states.ticket_key,
        states.attribute,
        case
            when states.attribute = 'team' then states.value
            when states.value in ('new', 'open', 'pending', 'on_hold') then 'unsolved'
        end as value,
        case when states.from_at < tickets.created_at then tickets.created_at else states.from_at end as from_at,
        coalesce(states.to_at, cast('9999-12-31 00:00:00' as timestamp)) as to_at
    from {{ ref('int_ticket_states') }} as states
    inner join tickets on states.ticket_key = tickets.ticket_key
    where states.attribute in ('status', 'team')

),

followed as (

    select
        *,
        lag(value) over (partition by ticket_key, attribute order by from_at, to_at) as previous_value
    from pieces
    where from_at < to_at

),

numbered as (

    select
        *,
        sum(case when value is not distinct from previous_value then 0 else 1 end) over (
            partition by ticket_key, attribute
            order by from_at, to_at
            rows between unbounded preceding and current row
        ) as stretch_no
    from followed

),

stretches as (

    select
        tenant_id,
        ticket_key,
        attribute,
        value,
        min(from_at) as from_at,
        max(to_at) as to_at
    from numbered
    where value is not null
    group by tenant_id, ticket_key, attribute, value, stretch_no

),

held as (

    select
        teams.tenant_id,
        teams.ticket_key,
        teams.value as team_key,
        case when teams.from_at < statuses.from_at then statuses.from_at else teams.from_at end as from_at,
        case when teams.to_at < statuses.to_at then teams.to_at else statuses.to_at end as to_at
    from stretches as teams
    inner join stretches as statuses
        on
        teams.ticket_key = statuses.ticket_key
        and statuses.attribute = 'status'
        and teams.from_at < statuses.to_at
        and teams.to_at > statuses.from_at
    where teams.attribute = 'team'

)

select
    {{ hash_text("ticket_key || '|' || cast(from_at as varchar)") }} as span_key,
    tenant_id,
    ticket_key,
    team_key,
    from_at,
    case when to_at < cast('9999-12-31 00:00:00' as timestamp) then to_at end as to_at
from held
