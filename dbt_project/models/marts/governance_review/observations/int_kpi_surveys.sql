-- Latest satisfaction answers, in the month of the answer and the name of the resolver of the rated cycle.

with

responses as (

    select * from {{ ref('fct_satisfaction_responses') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

issues as (

    select * from {{ ref('int_issue_tickets') }}

),

turns as (

    select
        issues.issue_key,
        obligations.started_at
    from {{ ref('fct_response_obligations') }} as obligations
    inner join issues on obligations.ticket_key = issues.ticket_key
    where
        obligations.kind in ('first', 'next')
        and obligations.state <> 'excluded'
        and coalesce(obligations.waiver_reason, '') <> 'thank_you_rule'

),

contacts as (

    -- asked only where the customer did not say how often they had to write
    select
        responses.response_key,
        count(*) as contacts
    from responses
    inner join issues on responses.ticket_key = issues.ticket_key
    inner join turns
        on
        issues.issue_key = turns.issue_key
        and responses.responded_at >= turns.started_at
    where
        responses.resolved_answer = 'yes'
        and responses.contacts_needed_answer is null
    group by responses.response_key

),

answered as (

    select
        responses.tenant_id,
        responses.response_key as fact_key,
        responses.ticket_key,
        responses.responded_at as happened_at,
        responses.sentiment as detail,
        {{ kpi_local_month('responses.responded_at') }} as month,
        responses.sentiment,
        responses.resolved_answer,
        case
            when responses.resolved_answer = 'yes' and coalesce(responses.contacts_needed_answer, cast(contacts.contacts as varchar)) = '1' then 1
            else 0
        end as is_solved_at_once,
        responses.platform,
        responses.marketplace_account_key,
        responses.channel_key,
        responses.team_key,
        coalesce(responses.agent_key, 'unowned') as agent_key
    from responses
    inner join tenants on responses.tenant_id = tenants.tenant_id
    left join contacts on responses.response_key = contacts.response_key
    where
        responses.is_latest
        and not responses.is_ticket_excluded

),

measured as (

    {{ kpi_counts('answered', [
        {'kpi_id': 'csat', 'stat': 'ratio', 'numerator': "case when sentiment = 'satisfied' then 1 else 0 end", 'denominator': '1', 'where': 'sentiment is not null'},
        {'kpi_id': 'dsat', 'stat': 'ratio', 'numerator': "case when sentiment = 'dissatisfied' then 1 else 0 end", 'denominator': '1', 'where': 'sentiment is not null'},
        {'kpi_id': 'rr', 'stat': 'ratio', 'numerator': "case when resolved_answer = 'yes' then 1 else 0 end", 'denominator': '1', 'where': 'resolved_answer is not null'},
        {'kpi_id': 'fcr_survey', 'stat': 'ratio', 'numerator': 'is_solved_at_once', 'denominator': '1', 'where': 'resolved_answer is not null'},
    ]) }}

)

select * from measured
