{{
    config(
        access='protected',
        materialized='incremental',
        incremental_strategy='append',
        pre_hook="{{ forget_touched('span_ticket_key') }}",
    )
}}
-- depends_on: {{ ref('int_touched_tickets') }}
-- Measured stretches of tickets with their seconds by status and clock, and where they belong. One row per span, and of a
-- ticket's life one more per holder of it. Kept from build to build: only tickets that are computed anew are replaced.

with

spans as (

    select * from {{ ref('int_kpi_spans') }}

),

seconds as (

    select * from {{ ref('int_kpi_span_seconds') }}

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

home_teams as (

    select * from {{ ref('int_agent_home_teams') }}

),

ticket_teams as (

    select * from {{ ref('int_kpi_ticket_teams') }}

),

{% set sums = {
    'all': 'true',
    'requester': "status in ('new', 'open', 'on_hold')",
    'work': "status in ('new', 'open')",
    'hold': "status = 'on_hold'",
    'customer': "status = 'pending'",
    'unpaused': "coalesce(status, '') <> 'pending'",
} %}
added as (

    -- the whole span, and of a ticket's life once more each holder's part of it
    {% for holder in ['null', 'holder_agent_key'] %}
    select
        purpose,
        span_key,
        {{ "'per_ticket'" if holder == 'null' else "'per_holder'" }} as variant,
        cast({{ holder }} as varchar) as holder_agent_key,
        {%- for name, condition in sums.items() %}
        {%- for clock in ['cal', 'bus'] %}
        {{ whole_seconds('sum(case when ' ~ condition ~ ' then ' ~ clock ~ '_us when ' ~ clock ~ '_us is not null then 0 end)') }} as {{ name }}_{{ clock }}_s,
        {%- endfor %}
        {%- endfor %}
        max(case when status = 'on_hold' and cal_us > 0 then 1 else 0 end) = 1 as was_on_hold,
        max(case when status in ('new', 'open') then 1 else 0 end) = 1 as was_worked_on
    from seconds
    {% if holder != 'null' %}where purpose = 'life'
    {% endif -%}
    group by purpose, span_key{{ ', holder_agent_key' if holder != 'null' }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

placed as (

    select
        spans.tenant_id,
        spans.purpose,
        spans.span_key as fact_key,
        spans.ticket_key as span_ticket_key,
        tickets.effective_ticket_key as ticket_key,
        spans.happened_at,
        {{ local_month('spans.happened_at') }} as happened_month,
        spans.detail,
        roots.platform,
        roots.marketplace_account_key,
        roots.channel_key,
        -- a solution is its reply's, also one of no team; the solve that it is counted at may be another team's
        case
            when spans.purpose = 'solution' then spans.team_key
            else coalesce(spans.team_key, home_teams.team_key, ticket_teams.team_key)
        end as team_key,
        coalesce(spans.agent_key, added.holder_agent_key) as agent_key,
        added.variant,
        {%- for name in sums %}
        added.{{ name }}_cal_s,
        added.{{ name }}_bus_s,
        {%- endfor %}
        added.was_on_hold,
        added.was_worked_on
    from spans
    inner join added on spans.purpose = added.purpose and spans.span_key = added.span_key
    inner join tickets on spans.ticket_key = tickets.ticket_key
    inner join tickets as roots on tickets.effective_ticket_key = roots.ticket_key
    left join {{ ref('canonical__tenants') }} as tenants on spans.tenant_id = tenants.tenant_id
    left join home_teams
        on
        coalesce(spans.agent_key, added.holder_agent_key) = home_teams.agent_key
        and spans.happened_at >= home_teams.valid_from
        and (spans.happened_at < home_teams.valid_to or home_teams.valid_to is null)
    left join ticket_teams
        on
        spans.ticket_key = ticket_teams.ticket_key
        and spans.happened_at >= ticket_teams.from_at
        and (spans.happened_at < ticket_teams.to_at or ticket_teams.to_at is null)

)

select * from placed
-- who asks for one KPI and month (int_kpi_spans_of_tickets) reads little of it
order by purpose, happened_month
