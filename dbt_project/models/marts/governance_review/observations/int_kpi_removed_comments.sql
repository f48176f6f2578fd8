{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Public comments of customers that an agent deleted or hid, by actor, in the month of the act.

with

events as (

    select * from {{ ref('fct_ticket_events') }}

),

messages as (

    select * from {{ ref('fct_messages') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

removed as (

    select
        events.tenant_id,
        events.event_key as fact_key,
        events.ticket_key,
        events.occurred_at as happened_at,
        events.event_type as detail,
        {{ kpi_local_month('events.occurred_at') }} as month,
        events.platform,
        events.marketplace_account_key,
        events.channel_key,
        events.actor_team_key as team_key,
        coalesce(events.actor_agent_key, 'unowned') as agent_key
    from events
    inner join messages on events.message_key = messages.message_key
    inner join tenants on events.tenant_id = tenants.tenant_id
    where
        events.event_type in ('message_deleted', 'message_hidden')
        and events.actor_role = 'agent'
        and not events.is_ticket_excluded
        and messages.author_role = 'customer'
        and messages.visibility = 'public'

),

measured as (

    {{ kpi_counts('removed', [
        {'kpi_id': 'comments_deleted', 'stat': 'count'},
    ]) }}

)

select * from measured
