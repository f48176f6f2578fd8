{%- set reasons = ['marked_no_reply_needed', 'thank_you_rule', 'customer_withdrew', 'duplicate_merged', 'platform_closed'] %}

-- Customer turns that came to an end: answered, waived or closed unanswered, by who ended them so, in the month of that
-- end. The share of waived ones in all, and per waiver reason over the same turns.

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

ticket_teams as (

    select * from {{ ref('int_kpi_ticket_teams') }}

),

home_teams as (

    select * from {{ ref('int_agent_home_teams') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

ended as (

    select
        *,
        case state
            when 'answered' then satisfied_at
            when 'waived' then coalesce(waived_at, started_at)
            else coalesce(closed_at, started_at)
        end as ended_at,
        coalesce(
            case state
                when 'answered' then responder_agent_key
                when 'waived' then waived_by_agent_key
                else closer_agent_key
            end,
            'unowned'
        ) as ender_agent_key
    from obligations
    where
        kind in ('first', 'next')
        and state in ('answered', 'waived', 'closed_unanswered')

),

turns as (

    select
        ended.tenant_id,
        ended.obligation_key as fact_key,
        ended.ticket_key,
        ended.ended_at as happened_at,
        ended.kind || ' turn, ' || coalesce(ended.waiver_reason, ended.state) as detail,
        {{ kpi_local_month('ended.ended_at') }} as month,
        ended.state = 'waived' as is_waived,
        ended.waiver_reason,
        ended.platform,
        ended.marketplace_account_key,
        ended.channel_key,
        case
            when ended.state = 'answered' then ended.responder_team_key
            else coalesce(home_teams.team_key, ticket_teams.team_key)
        end as team_key,
        ended.ender_agent_key as agent_key
    from ended
    inner join tenants on ended.tenant_id = tenants.tenant_id
    left join home_teams
        on
        ended.ender_agent_key = home_teams.agent_key
        and ended.ended_at >= home_teams.valid_from
        and (ended.ended_at < home_teams.valid_to or home_teams.valid_to is null)
    left join ticket_teams
        on
        ended.original_ticket_key = ticket_teams.ticket_key
        and ended.ended_at >= ticket_teams.from_at
        and (ended.ended_at < ticket_teams.to_at or ticket_teams.to_at is null)

),

measured as (

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
