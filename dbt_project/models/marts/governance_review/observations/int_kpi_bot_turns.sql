-- Turns that a bot answered first, in the month in which their ticket was resolved after them.

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

cycles as (

    select * from {{ ref('fct_resolution_cycles') }}

),

bot_first as (

    select * from obligations
    where
        is_bot_first
        and state <> 'excluded'

),

ends as (

    select
        bot_first.obligation_key,
        min(case when cycles.ended_at >= bot_first.started_at then cycles.ended_at end) as next_end_at,
        max(case when cycles.ended_at < bot_first.started_at then cycles.ended_at end) as last_end_at,
        min(case when cycles.ended_at >= bot_first.started_at then cycles.ended_month end) as next_month,
        max(case when cycles.ended_at < bot_first.started_at then cycles.ended_month end) as last_month
    from bot_first
    inner join cycles on bot_first.ticket_key = cycles.ticket_key
    where cycles.ended_at is not null
    group by bot_first.obligation_key

),

settled as (

    select
        bot_first.tenant_id,
        bot_first.obligation_key as fact_key,
        bot_first.ticket_key,
        coalesce(ends.next_end_at, ends.last_end_at) as happened_at,
        bot_first.state as detail,
        coalesce(ends.next_month, ends.last_month) as month,
        bot_first.state,
        bot_first.platform,
        bot_first.marketplace_account_key,
        bot_first.channel_key,
        bot_first.team_key,
        cast(null as varchar) as agent_key
    from bot_first
    inner join ends on bot_first.obligation_key = ends.obligation_key

),

measured as (

    {{ kpi_counts('settled', [
        {'kpi_id': 'bot_containment_rate', 'stat': 'ratio', 'numerator': "case when state = 'answered_by_bot' then 1 else 0 end", 'denominator': '1'},
    ]) }}

)

select * from measured
