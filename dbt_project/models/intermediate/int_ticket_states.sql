{{ config(
    access='protected',
    materialized='incremental',
    incremental_strategy='append',
    pre_hook='{{ forget_touched() }}',
) }}
-- Value of status, assignee, team, priority and reason of a ticket over time, up to as_of; grain: ticket, attribute, span.
-- Before the first change the value is that change's old one, without any change the current one. Changes after as_of are
-- read for that reason only: a value that changes later is known by what it changes from. A ticket that never had a team is with
-- the one that the sheet `channel_teams` names for its channel when it was made.

with

channel_teams as (

    -- of two that are valid at once the one that began later
    select
        channel_key,
        team_id,
        valid_from,
        case
            when next_from < coalesce(valid_to, next_from + interval '1 day') then next_from
            else valid_to
        end as valid_to
    from (
        select
            *,
            lead(valid_from) over (partition by channel_key order by valid_from) as next_from
        from {{ ref('canonical__channel_teams') }}
        where not coalesce(is_deleted_in_source, false)
    ) as told

),

tickets as (

    select
        tickets.tenant_id,
        tickets.source_system,
        tickets.ticket_key,
        tickets.created_at,
        tickets.status,
        tickets.priority,
        tickets.assignee_id,
        coalesce(nullif(tickets.team_id, ''), channel_teams.team_id) as team_id,
        tickets.primary_reason_tag_id
    from {{ ref('canonical__tickets') }} as tickets
    inner join {{ ref('int_touched_tickets') }} as touched on tickets.ticket_key = touched.ticket_key
    left join channel_teams
        on tickets.channel_key = channel_teams.channel_key
        and tickets.created_at >= channel_teams.valid_from
        and (tickets.created_at < channel_teams.valid_to or channel_teams.valid_to is null)
    where tickets.created_at <= {{ as_of_at() }}

),

changes as (

    select
        events.ticket_key,
        case events.event_type
            when 'status_change' then 'status'
            when 'assignee_change' then 'assignee'
            when 'team_change' then 'team'
            when 'priority_change' then 'priority'
            else 'reason'
        end as attribute,
        events.occurred_at,
        nullif(events.from_value, '') as from_value,
        nullif(events.to_value, '') as to_value,
        row_number() over (
            partition by events.ticket_key, events.event_type
            order by events.occurred_at, events.seq, events.event_id
        ) as change_no,
        lead(events.occurred_at) over (
            partition by events.ticket_key, events.event_type
            order by events.occurred_at, events.seq, events.event_id
        ) as next_at
    from {{ ref('canonical__ticket_events') }} as events
    inner join {{ ref('int_touched_tickets') }} as touched on events.ticket_key = touched.ticket_key
    where
        events.event_type in (
            'status_change', 'assignee_change', 'team_change', 'priority_change', 'reason_change'
        )

),

spans as (

    select
        ticket_key,
        attribute,
        change_no as span_no,
        to_value as raw_value,
        occurred_at as from_at,
        next_at as to_at
    from changes
    where next_at is null or next_at > occurred_at
    union all
    select
        changes.ticket_key,
        changes.attribute,
        0 as span_no,
        changes.from_value as raw_value,
        cast(null as timestamp) as from_at,
        changes.occurred_at as to_at
    from changes
    where changes.change_no = 1
    {% for attribute, column in [
        ('status', 'status'),
        ('assignee', 'assignee_id'),
        ('team', 'team_id'),
        ('priority', 'priority'),
        ('reason', 'primary_reason_tag_id'),
    ] %}
    union all
    select
        tickets.ticket_key,
        '{{ attribute }}' as attribute,
        0 as span_no,
        nullif(tickets.{{ column }}, '') as raw_value,
        cast(null as timestamp) as from_at,
        cast(null as timestamp) as to_at
    from tickets
    left join changes
        on tickets.ticket_key = changes.ticket_key
        and changes.attribute = '{{ attribute }}'
        and changes.change_no = 1
    where changes.ticket_key is null
    {% endfor %}

)

select
    tickets.tenant_id,
    tickets.source_system,
    tickets.ticket_key,
    spans.attribute,
    spans.span_no,
    case
        when spans.attribute = 'assignee'
            then {{ person_key('tickets.tenant_id', 'tickets.source_system', 'spans.raw_value') }}
        when spans.attribute in ('team', 'reason')
            then {{ surrogate_key(['tickets.tenant_id', 'tickets.source_system', 'spans.raw_value']) }}
        else spans.raw_value
    end as value,
    spans.raw_value as value_id,
    coalesce(spans.from_at, least(tickets.created_at, spans.to_at), tickets.created_at) as from_at,
    case when spans.to_at <= {{ as_of_at() }} then spans.to_at end as to_at
from spans
inner join tickets on spans.ticket_key = tickets.ticket_key
where spans.from_at is null or spans.from_at <= {{ as_of_at() }}
