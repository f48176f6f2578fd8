-- Durations that run through a ticket's states: solution (with the share told by the last reply) and last reply after the first contact,
-- waiting by status, gaps between updates, time under a team, time to the first holder. And tickets set to pending while the customer's last
-- turn was not answered: the customer is said to be the one waited for, and waits.

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

marked as (

    select
        events.tenant_id,
        events.event_key as fact_key,
        events.ticket_key,
        events.occurred_at as happened_at,
        'turn unanswered since ' || cast(min(turns.started_at) as varchar) as detail,
        events.occurred_month as month,
        events.platform,
        events.marketplace_account_key,
        events.channel_key,
        events.actor_team_key as team_key,
        cast(null as varchar) as agent_key
    from events
    inner join turns
        on
        events.original_ticket_key = turns.original_ticket_key
        and events.occurred_at >= turns.started_at
        and (
            events.occurred_at < coalesce(turns.satisfied_at, turns.waived_at)
            or coalesce(turns.satisfied_at, turns.waived_at) is null
        )
    group by
        events.tenant_id, events.event_key, events.ticket_key, events.occurred_at, events.occurred_month, events.platform,
        events.marketplace_account_key, events.channel_key, events.actor_team_key

),

measured as (

    -- each card reads its part of the spans, no step holds them all
    {%- set spans = ref('int_ticket_spans') %}
    {%- set kpis = [] %}
    {%- for kpi_id, purpose, sum, variant, where in [
        ('tfs', 'solution', 'all', 'none', 'true'),
        ('trt', 'last_reply', 'all', 'none', 'true'),
        ('requester_wait_time', 'life', 'requester', 'none', "variant = 'per_ticket'"),
        ('agent_work_time', 'life', 'work', 'column:variant', "variant = 'per_ticket' or was_worked_on"),
        ('on_hold_time', 'life', 'hold', 'none', "variant = 'per_ticket' and was_on_hold"),
        ('customer_wait_time', 'life', 'customer', 'none', "variant = 'per_ticket'"),
        ('update_gap', 'gap', 'all', 'periodic', 'true'),
        ('update_gap', 'gap', 'unpaused', 'pausable', 'true'),
        ('group_ownership_time', 'team', 'all', 'none', 'true'),
        ('time_to_assign', 'assignment', 'all', 'none', 'true'),
    ] %}
    {%- for clock, column in [('calendar', 'cal'), ('business', 'bus')] %}
    {%- do kpis.append({
        'kpi_id': kpi_id, 'month': 'happened_month', 'clock': clock, 'variant': variant, 'seconds': sum ~ '_' ~ column ~ '_s',
        'where': "purpose = '" ~ purpose ~ "' and (" ~ where ~ ")",
    }) %}
    {%- endfor %}
    {%- endfor %}
    {{ kpi_durations(spans, kpis) }}
    union all
    {{ kpi_counts(spans, [
        {'kpi_id': 'tfs', 'month': 'happened_month', 'stat': 'ratio', 'variant': 'method_3_share', 'numerator': "case when detail like 'method 3%' then 1 else 0 end", 'denominator': '1', 'where': "purpose = 'solution' and all_cal_s is not null"},
    ]) }}
    union all
    {{ kpi_counts('marked', [
        {'kpi_id': 'customer_wait_time', 'stat': 'count', 'variant': 'pending_without_reply'},
    ]) }}

)

select * from measured
