{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Latest satisfaction answers, in the month of the answer and the name of the resolver of the rated cycle.

with

responses as (

    select * from {{ ref('fct_satisfaction_responses') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

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
        responses.platform,
        responses.marketplace_account_key,
        responses.channel_key,
        responses.team_key,
        coalesce(responses.agent_key, 'unowned') as agent_key
    from responses
    inner join tenants on responses.tenant_id = tenants.tenant_id
    where
        responses.is_latest
        and not responses.is_ticket_excluded

),

measured as (

    {{ kpi_counts('answered', [
        {'kpi_id': 'csat', 'stat': 'ratio', 'numerator': "case when sentiment = 'satisfied' then 1 else 0 end", 'denominator': '1', 'where': 'sentiment is not null'},
        {'kpi_id': 'dsat', 'stat': 'ratio', 'numerator': "case when sentiment = 'dissatisfied' then 1 else 0 end", 'denominator': '1', 'where': 'sentiment is not null'},
        {'kpi_id': 'rr', 'stat': 'ratio', 'numerator': "case when resolved_answer = 'yes' then 1 else 0 end", 'denominator': '1', 'where': 'resolved_answer is not null'},
    ]) }}

)

select * from measured
