-- How customer turns ended: answered, waived, closed without an answer, or missed live, in the month of that end and the name of whoever
-- ended them so. A missed contact counts in the month it was missed, any other of those offered in the month it began.

{%- set reasons = ['marked_no_reply_needed', 'thank_you_rule', 'customer_withdrew', 'duplicate_merged', 'platform_closed'] %}

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

tenants as (

    select * from {{ ref('dim_tenants') }}

),

abandoned_calls as (

    select distinct
        ticket_key,
        call_queue_entered_at,
        abandoned_at
    from {{ ref('core__messages') }}
    where call_queue_entered_at is not null and abandoned_at is not null

),

home_teams as (

    select * from {{ ref('core__home_teams') }}

),

ticket_teams as (

    select * from {{ ref('int_kpi_ticket_teams') }}

),

contacts as (

    select
        obligations.*,
        obligations.state in ('missed', 'closed_unanswered') as is_missed,
        abandoned_calls.ticket_key is not null as is_abandoned,
        coalesce(
            case when obligations.state = 'closed_unanswered' then obligations.closed_at end,
            case when obligations.state = 'missed' then obligations.missed_at end,
            obligations.started_at
        ) as counted_at,
        -- the one who settled the contact: who answered or who closed it; nobody where no person has
        case
            when obligations.state = 'answered' then coalesce(obligations.responder_agent_key, 'unowned')
            when obligations.state = 'closed_unanswered' then coalesce(obligations.closer_agent_key, 'unowned')
            else 'unowned'
        end as settler_key
    from obligations
    left join abandoned_calls
        on
        obligations.is_live
        and obligations.original_ticket_key = abandoned_calls.ticket_key
        and obligations.started_at = abandoned_calls.call_queue_entered_at
        and obligations.missed_at = abandoned_calls.abandoned_at
    where obligations.kind in ('first', 'next')

),

offered as (

    select
        contacts.tenant_id,
        contacts.obligation_key as fact_key,
        contacts.ticket_key,
        contacts.counted_at as happened_at,
        contacts.kind || ' turn, ' || contacts.state as detail,
        {{ kpi_local_month('contacts.counted_at') }} as month,
        contacts.platform,
        contacts.marketplace_account_key,
        contacts.channel_key,
        case
            when contacts.state = 'answered' then contacts.responder_team_key
            else coalesce(home_teams.team_key, ticket_teams.team_key)
        end as team_key,
        contacts.settler_key as agent_key,
        contacts.state,
        contacts.is_live,
        case when contacts.is_missed then 1 else 0 end as missed,
        case when contacts.is_abandoned then 1 else 0 end as abandoned,
        case when contacts.recovered_at is not null then 1 else 0 end as recovered
    from contacts
    inner join tenants on contacts.tenant_id = tenants.tenant_id
    left join home_teams
        on
        contacts.settler_key = home_teams.agent_key
        and contacts.counted_at >= home_teams.valid_from
        and (contacts.counted_at < home_teams.valid_to or home_teams.valid_to is null)
    left join ticket_teams
        on
        contacts.original_ticket_key = ticket_teams.ticket_key
        and contacts.counted_at >= ticket_teams.from_at
        and (contacts.counted_at < ticket_teams.to_at or ticket_teams.to_at is null)
    where contacts.state <> 'excluded'

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
