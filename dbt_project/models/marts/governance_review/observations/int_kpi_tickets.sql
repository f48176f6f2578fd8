-- Tickets opened by or for customers, merge roots only, in the month of their creation; and tickets left out of every count, each for one
-- reason and in the month of what made it so: merged into another, spam, deleted, test. With the tickets in use they add up to all that were
-- loaded. Beside them, tickets in use of which a turn is left out because its clock contradicts itself.

with

tickets as (

    select * from {{ ref('dim_tickets') }}

),

opened as (

    select
        tickets.tenant_id,
        tickets.ticket_key as fact_key,
        tickets.ticket_key,
        tickets.created_at as happened_at,
        tickets.origin as detail,
        tickets.created_month as month,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key,
        tickets.team_key,
        cast(null as varchar) as agent_key
    from tickets
    where tickets.is_counted

),

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

marks as (

    select
        *,
        case
            when event_type = 'merged' then 'merged'
            when event_type in ('marked_spam', 'deleted') then replace(event_type, 'marked_', '')
            else to_value
        end as reason
    from {{ ref('fct_ticket_events') }}
    where
        event_type in ('merged', 'marked_spam', 'deleted')
        or (event_type = 'status_change' and to_value in ('spam', 'deleted'))

),

latest_marks as (

    select
        *,
        row_number() over (
            partition by original_ticket_key, reason
            order by occurred_at desc, seq desc, event_key desc
        ) as latest_no
    from marks

),

anomalies as (

    select
        ticket_key,
        min(started_at) as happened_at,
        min(started_month) as month
    from obligations
    where exclusion_reason = 'clock_anomaly'
    group by ticket_key

),

left_out as (

    select
        *,
        case when is_merged then 'merged' else exclusion_reason end as reason
    from tickets
    where is_merged or is_excluded

),

united as (

    select
        left_out.tenant_id,
        left_out.ticket_key as fact_key,
        left_out.ticket_key,
        coalesce(latest_marks.occurred_at, left_out.merged_at, left_out.created_at) as happened_at,
        coalesce(latest_marks.occurred_month, left_out.merged_month, left_out.created_month) as month,
        left_out.reason,
        left_out.reason as detail,
        left_out.platform,
        left_out.marketplace_account_key,
        left_out.channel_key,
        case when latest_marks.event_key is null then left_out.team_key else latest_marks.actor_team_key end as team_key,
        case when latest_marks.actor_role = 'agent' then latest_marks.actor_agent_key else 'unowned' end as agent_key
    from left_out
    left join latest_marks
        on
        left_out.ticket_key = latest_marks.original_ticket_key
        and left_out.reason = latest_marks.reason
        and latest_marks.latest_no = 1

    union all

    select
        tickets.tenant_id,
        tickets.ticket_key as fact_key,
        tickets.ticket_key,
        anomalies.happened_at,
        anomalies.month,
        'clock_anomaly' as reason,
        'clock_anomaly' as detail,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key,
        tickets.team_key,
        'unowned' as agent_key
    from anomalies
    inner join tickets on anomalies.ticket_key = tickets.ticket_key
    where not tickets.is_excluded

),

measured as (

    {{ kpi_counts('opened', [
        {'kpi_id': 'ticket_volume', 'stat': 'count'},
    ]) }}
    union all
    {{ kpi_counts('united', [
        {'kpi_id': 'excluded_ticket_count', 'stat': 'count', 'where': "reason <> 'clock_anomaly'"},
        {'kpi_id': 'excluded_ticket_count', 'stat': 'count', 'variant': 'column:reason'},
    ]) }}

)

select * from measured
