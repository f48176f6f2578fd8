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

    {% for kpi_id, stat, numerator, denominator, condition in [
        ('csat', 'ratio', "case when sentiment = 'satisfied' then 1 else 0 end", '1', 'sentiment is not null'),
        ('dsat', 'ratio', "case when sentiment = 'dissatisfied' then 1 else 0 end", '1', 'sentiment is not null'),
        ('rr', 'ratio', "case when resolved_answer = 'yes' then 1 else 0 end", '1', 'resolved_answer is not null'),
    ] %}
    select
        tenant_id,
        month,
        '{{ kpi_id }}' as kpi_id,
        '{{ stat }}' as stat,
        'none' as layer,
        'none' as variant,
        platform,
        marketplace_account_key,
        channel_key,
        team_key,
        agent_key,
        cast({{ numerator }} as bigint) as numerator,
        cast({{ denominator }} as bigint) as denominator
    from answered
    where {{ condition }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from measured
