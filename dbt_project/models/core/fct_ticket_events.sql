{{ config(materialized='incremental', incremental_strategy='append', pre_hook='{{ forget_touched() }}') }}
-- depends_on: {{ ref('int_touched_tickets') }}
-- The audit trail: every change of a ticket, with the actor's team and whether a customer was waiting.

with

events as (

    select * from {{ ref('int_ticket_events_visible') }}

),

watched as (

    -- events that matter while a customer waits; a deletion that ends the turn still met it open
    select distinct events.event_key
    from events
    left join {{ ref('int_lane_map') }} as map
        on events.ticket_no = map.lane_no
        and map.is_holder
        and events.at_us >= map.from_us
        and events.at_us < map.to_us
    inner join {{ ref('int_turn_holders') }} as turns
        on coalesce(map.ticket_no, events.ticket_no) = turns.holder_no
        and events.at_us >= turns.start_us
        and events.at_us >= turns.from_us
        and events.at_us < turns.to_us
        and (
            events.at_us < turns.over_us
            or (events.at_us = turns.over_us and turns.end_kind in ('agent_deletion', 'withdrawal'))
        )
    where
        events.event_type in (
            'deleted', 'marked_spam', 'author_blocked', 'message_deleted', 'message_hidden', 'bulk_action', 'status_change'
        )

)

select
    events.event_key,
    events.event_id,
    events.tenant_id,
    events.source_system,
    events.root_key as ticket_key,
    events.ticket_key as original_ticket_key,
    events.event_type,
    {% for column in ['from_value', 'to_value'] -%}
    -- who held a ticket is named by key, like everywhere else
    case
        when events.event_type = 'assignee_change'
            then {{ person_key('events.tenant_id', 'events.source_system', 'events.' ~ column) }}
        else events.{{ column }}
    end as {{ column }},
    {% endfor -%}
    coalesce(events.actor_agent_key, 'unowned') as actor_agent_key,
    events.actor_role,
    coalesce(homes.team_key, teams.value) as actor_team_key,
    events.occurred_at,
    {{ local_month('events.occurred_at') }} as occurred_month,
    cast(events.time_precision_s as integer) as time_precision_s,
    events.event_source,
    events.reason_code,
    cast(events.seq as integer) as seq,
    case
        when events.event_type in ('message_deleted', 'message_hidden', 'message_edited')
            then {{ surrogate_key(['events.tenant_id', 'events.source_system', 'events.from_value']) }}
    end as message_key,
    watched.event_key is not null as is_on_unanswered_turn,
    events.root_exclusion_reason is not null as is_ticket_excluded,
    events.root_channel_key as channel_key,
    events.root_platform as platform,
    events.root_marketplace_account_key as marketplace_account_key
from events
left join {{ ref('canonical__tenants') }} as tenants on events.tenant_id = tenants.tenant_id
left join watched on events.event_key = watched.event_key
left join {{ ref('int_agent_home_teams') }} as homes
    on events.actor_agent_key = homes.agent_key
    and events.at_us >= homes.from_us
    and events.at_us < homes.to_us
left join {{ ref('int_lane_states') }} as teams
    on events.ticket_no = teams.lane_no
    and teams.attribute = 'team'
    and events.at_us >= teams.from_us
    and events.at_us < teams.to_us
order by occurred_at
