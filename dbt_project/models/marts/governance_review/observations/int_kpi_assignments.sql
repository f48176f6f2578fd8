-- Assignments: turnaround of those that ended in the agent's own reply, in the month of that reply, with the share of replies at once; and
-- those with a waiting customer that ended in the month, of which some were passed on without a reply.

with

spans as (

    select * from {{ ref('fct_assignment_spans') }}

),

replied as (

    select
        spans.tenant_id,
        spans.span_key as fact_key,
        spans.ticket_key,
        spans.tat_replied_at as happened_at,
        'assigned until ' || spans.ended_by as detail,
        spans.tat_replied_month as month,
        spans.platform,
        spans.marketplace_account_key,
        spans.channel_key,
        spans.tat_replied_team_key as team_key,
        coalesce(spans.agent_key, 'unowned') as agent_key,
        spans.tat_cal_s,
        spans.tat_bus_s
    from spans
    where
        not spans.is_ticket_excluded
        and spans.tat_replied_at is not null

),

ended as (

    select
        spans.tenant_id,
        spans.span_key as fact_key,
        spans.ticket_key,
        spans.to_at as happened_at,
        'held until ' || spans.ended_by as detail,
        spans.to_month as month,
        spans.platform,
        spans.marketplace_account_key,
        spans.channel_key,
        spans.to_team_key as team_key,
        coalesce(spans.agent_key, 'unowned') as agent_key,
        spans.is_unanswered_hold
    from spans
    where
        not spans.is_ticket_excluded
        and spans.to_at is not null
        and (spans.is_hold or spans.is_unanswered_hold)

),

measured as (

    {{ kpi_durations('replied', [
        {'kpi_id': 'tat', 'clock': 'calendar', 'seconds': 'tat_cal_s'},
        {'kpi_id': 'tat', 'clock': 'business', 'seconds': 'tat_bus_s'},
    ]) }}
    union all
    {{ kpi_counts('ended', [
        {'kpi_id': 'unanswered_holds', 'stat': 'count', 'where': 'is_unanswered_hold'},
        {'kpi_id': 'unanswered_holds', 'stat': 'ratio', 'numerator': 'case when is_unanswered_hold then 1 else 0 end', 'denominator': '1'},
    ]) }}
    union all
    {{ kpi_counts('replied', [
        {'kpi_id': 'tat', 'stat': 'ratio', 'variant': 'tat_zero_share', 'numerator': 'case when tat_cal_s = 0 then 1 else 0 end', 'denominator': '1', 'where': 'tat_cal_s is not null'},
    ]) }}

)

select * from measured
