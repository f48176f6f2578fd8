-- Tickets set to pending while the customer's last turn was not answered: the customer is said to be the one waited for, and
-- waits. Companion `pending_without_reply` of `customer_wait_time`.

with

events as (

    select * from {{ ref('fct_ticket_events') }}
    where
        event_type = 'status_change'
        and to_value = 'pending'
        and not is_ticket_excluded

),

turns as (

    select * from {{ ref('fct_response_obligations') }}
    where kind in ('first', 'next') and not is_live and state <> 'excluded'

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

marked as (

    select
        events.tenant_id,
        events.event_key as fact_key,
        events.ticket_key,
        events.occurred_at as happened_at,
        'turn unanswered since ' || cast(min(turns.started_at) as varchar) as detail,
        {{ kpi_local_month('events.occurred_at') }} as month,
        events.platform,
        events.marketplace_account_key,
        events.channel_key,
        events.actor_team_key as team_key,
        cast(null as varchar) as agent_key
    from events
    inner join tenants on events.tenant_id = tenants.tenant_id
    inner join turns
        on
        events.original_ticket_key = turns.original_ticket_key
        and events.occurred_at >= turns.started_at
        and (
            events.occurred_at < coalesce(turns.satisfied_at, turns.waived_at)
            or coalesce(turns.satisfied_at, turns.waived_at) is null
        )
    group by
        events.tenant_id, events.event_key, events.ticket_key, events.occurred_at, tenants.reporting_tz, events.platform,
        events.marketplace_account_key, events.channel_key, events.actor_team_key

),

measured as (

    {{ kpi_counts('marked', [
        {'kpi_id': 'customer_wait_time', 'stat': 'count', 'variant': 'pending_without_reply'},
    ]) }}

)

select * from measured
