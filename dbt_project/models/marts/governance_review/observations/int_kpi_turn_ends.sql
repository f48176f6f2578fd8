-- How customer turns ended: answered, waived, closed without an answer, or missed live, in the month of that end and the name of whoever
-- ended them so. A missed contact counts in the month it was missed, any other of those offered in the month it began.
-- And turns that a bot answered first, in the month in which their ticket was resolved after them.

{%- set reasons = ['marked_no_reply_needed', 'thank_you_rule', 'customer_withdrew', 'duplicate_merged', 'platform_closed'] %}

with

obligations as (

    select
        *,
        state in ('missed', 'closed_unanswered') as is_counted_at_end
    from {{ ref('fct_response_obligations') }}
    where kind in ('first', 'next')

),

offered as (

    {# Apart, so that who asks for a month reads the rows of that month alone. #}
    {% for at, where, team_key, agent_key in [
        (
            'settled', 'is_counted_at_end', 'settled_by_team_key',
            "case when state = 'closed_unanswered' then settled_by_agent_key else 'unowned' end",
        ),
        (
            'started', 'not is_counted_at_end', "case when state = 'answered' then responder_team_key else team_key end",
            "case when state = 'answered' then settled_by_agent_key else 'unowned' end",
        ),
    ] %}
    select
        tenant_id,
        obligation_key as fact_key,
        ticket_key,
        {{ at }}_at as happened_at,
        {{ at }}_month as month,
        kind || ' turn, ' || state as detail,
        platform,
        marketplace_account_key,
        channel_key,
        {{ team_key }} as team_key,
        -- who answered or who closed it; nobody where no person has
        {{ agent_key }} as agent_key,
        is_live,
        case when is_counted_at_end then 1 else 0 end as missed,
        case when was_abandoned then 1 else 0 end as abandoned,
        case when recovered_at is not null then 1 else 0 end as recovered
    from obligations
    where state <> 'excluded' and {{ where }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

turns as (

    select
        tenant_id,
        obligation_key as fact_key,
        ticket_key,
        settled_at as happened_at,
        settled_month as month,
        kind || ' turn, ' || coalesce(waiver_reason, state) as detail,
        state = 'waived' as is_waived,
        waiver_reason,
        platform,
        marketplace_account_key,
        channel_key,
        settled_by_team_key as team_key,
        settled_by_agent_key as agent_key
    from obligations
    where state in ('answered', 'waived', 'closed_unanswered')

),

bot_first as (

    select * from {{ ref('fct_response_obligations') }}
    where is_bot_first and state <> 'excluded'

),

resolutions as (

    select
        bot_first.obligation_key,
        min(case when cycles.ended_at >= bot_first.started_at then cycles.ended_at end) as next_end_at,
        max(case when cycles.ended_at < bot_first.started_at then cycles.ended_at end) as last_end_at,
        min(case when cycles.ended_at >= bot_first.started_at then cycles.ended_month end) as next_month,
        max(case when cycles.ended_at < bot_first.started_at then cycles.ended_month end) as last_month
    from bot_first
    inner join {{ ref('fct_resolution_cycles') }} as cycles on bot_first.ticket_key = cycles.ticket_key
    where cycles.ended_at is not null
    group by bot_first.obligation_key

),

settled as (

    select
        bot_first.tenant_id,
        bot_first.obligation_key as fact_key,
        bot_first.ticket_key,
        coalesce(resolutions.next_end_at, resolutions.last_end_at) as happened_at,
        bot_first.state as detail,
        coalesce(resolutions.next_month, resolutions.last_month) as month,
        bot_first.state,
        bot_first.platform,
        bot_first.marketplace_account_key,
        bot_first.channel_key,
        bot_first.team_key,
        cast(null as varchar) as agent_key
    from bot_first
    inner join resolutions on bot_first.obligation_key = resolutions.obligation_key

),

measured as (

    {{ kpi_counts('settled', [
        {'kpi_id': 'bot_containment_rate', 'stat': 'ratio', 'numerator': "case when state = 'answered_by_bot' then 1 else 0 end", 'denominator': '1'},
    ]) }}
    union all
    {{ kpi_counts('offered', [
        {'kpi_id': 'missed_contact_rate', 'stat': 'ratio', 'numerator': 'missed', 'denominator': '1'},
        {'kpi_id': 'abandonment_rate', 'stat': 'ratio', 'numerator': 'abandoned', 'denominator': '1', 'where': 'is_live', 'agent_key': 'null'},
        {'kpi_id': 'abandonment_rate', 'stat': 'ratio', 'variant': 'recovered_rate', 'numerator': 'recovered', 'denominator': '1',
            'where': 'abandoned = 1', 'agent_key': 'null'},
    ]) }}
    union all
    {{ kpi_counts('turns', [
        {'kpi_id': 'waiver_rate', 'stat': 'ratio', 'numerator': 'case when is_waived then 1 else 0 end', 'denominator': '1'},
    ]) }}
    {%- for reason in reasons %}
    union all
    {{ kpi_counts('turns', [
        {'kpi_id': 'waiver_rate', 'stat': 'ratio', 'numerator': "case when waiver_reason = '" ~ reason ~ "' then 1 else 0 end", 'denominator': '1', 'variant': reason},
    ]) }}
    {%- endfor %}

)

select * from measured
