-- Latest satisfaction answers, in the month of the answer and the name of the resolver of the rated cycle; and surveys sent and whether
-- they were answered, in the month of sending and the name of the last resolver before. An answer that names no survey belongs to the last
-- one sent for its ticket. Suppressed surveys are counted by reason.

with

responses as (

    select * from {{ ref('fct_satisfaction_responses') }}

),

tenants as (

    select * from {{ ref('dim_tenants') }}

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
        responses.responded_month as month,
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
    left join contacts on responses.response_key = contacts.response_key
    where
        responses.is_latest
        and not responses.is_ticket_excluded

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

cycles as (

    select * from {{ ref('fct_resolution_cycles') }}

),

sends as (

    select
        sends.tenant_id,
        sends.survey_key,
        roots.ticket_key,
        sends.sent_at,
        {{ kpi_local_month('sends.sent_at') }} as month,
        sends.suppressed_reason,
        lead(sends.sent_at) over (
            partition by roots.ticket_key, sends.suppressed_reason is null order by sends.sent_at, sends.survey_key
        ) as next_sent_at,
        roots.platform,
        roots.marketplace_account_key,
        roots.channel_key,
        roots.team_key as ticket_team_key
    from {{ ref('core__survey_sends') }} as sends
    inner join tickets as originals on sends.ticket_key = originals.ticket_key
    inner join tickets as roots on originals.effective_ticket_key = roots.ticket_key
    inner join tenants on sends.tenant_id = tenants.tenant_id
    where
        sends.sent_at <= {{ as_of_at() }}
        and not sends.is_deleted_in_source
        and not roots.is_excluded

),

resolutions as (

    select
        ticket_key,
        ended_at,
        resolver_agent_key,
        resolver_team_key
    from cycles
    where ended_at is not null

),

answered_sends as (

    select distinct survey_key
    from responses
    where survey_key is not null

    union

    select distinct sends.survey_key
    from sends
    inner join responses
        on
        sends.ticket_key = responses.ticket_key
        and responses.survey_key is null
        and responses.responded_at >= sends.sent_at
        and (responses.responded_at < sends.next_sent_at or sends.next_sent_at is null)
    where sends.suppressed_reason is null

),

asked as (

    select
        sends.tenant_id,
        sends.survey_key as fact_key,
        sends.ticket_key,
        sends.sent_at as happened_at,
        case
            when sends.suppressed_reason is not null then 'not sent: ' || sends.suppressed_reason
            when answered_sends.survey_key is not null then 'answered'
            else 'no answer'
        end as detail,
        sends.month,
        sends.suppressed_reason is null as is_sent,
        'suppressed:' || sends.suppressed_reason as suppressed_variant,
        case when answered_sends.survey_key is not null then 1 else 0 end as is_answered,
        sends.platform,
        sends.marketplace_account_key,
        sends.channel_key,
        coalesce(resolutions.resolver_team_key, sends.ticket_team_key) as team_key,
        coalesce(resolutions.resolver_agent_key, 'unowned') as agent_key
    from sends
    left join answered_sends on sends.survey_key = answered_sends.survey_key
    {{ asof_left_join('resolutions', 'resolutions', [['sends.ticket_key', 'ticket_key']], 'sends.sent_at', 'ended_at') }}

),

measured as (

    {{ kpi_counts('answered', [
        {'kpi_id': 'csat', 'stat': 'ratio', 'numerator': "case when sentiment = 'satisfied' then 1 else 0 end", 'denominator': '1', 'where': 'sentiment is not null'},
        {'kpi_id': 'dsat', 'stat': 'ratio', 'numerator': "case when sentiment = 'dissatisfied' then 1 else 0 end", 'denominator': '1', 'where': 'sentiment is not null'},
        {'kpi_id': 'rr', 'stat': 'ratio', 'numerator': "case when resolved_answer = 'yes' then 1 else 0 end", 'denominator': '1', 'where': 'resolved_answer is not null'},
        {'kpi_id': 'fcr_survey', 'stat': 'ratio', 'numerator': 'is_solved_at_once', 'denominator': '1', 'where': 'resolved_answer is not null'},
    ]) }}
    union all
    {{ kpi_counts('asked', [
        {'kpi_id': 'survey_response_rate', 'stat': 'ratio', 'numerator': 'is_answered', 'denominator': '1', 'where': 'is_sent'},
        {'kpi_id': 'survey_response_rate', 'stat': 'count', 'variant': 'column:suppressed_variant', 'where': 'not is_sent'},
    ]) }}

)

select * from measured
