{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Durations that run through a ticket's states: solution and last reply after the first contact, waiting by status, gaps
-- between updates, time under a team, time to the first holder. One row per span, KPI and clock.

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

tenants as (

    select * from {{ ref('canonical__tenants') }}

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
        tickets.effective_ticket_key as ticket_key,
        spans.happened_at,
        spans.detail,
        {{ kpi_local_month('spans.happened_at') }} as month,
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
    inner join tenants on spans.tenant_id = tenants.tenant_id
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

),

measured as (

    {%- set kpis = [] %}
    {%- for kpi_id, purpose, sum, variant, where in [
        ('tfs', 'solution', 'all', 'none', 'true'),
        ('trt', 'last_reply', 'all', 'none', 'true'),
        ('requester_wait_time', 'life', 'requester', 'none', "variant = 'per_ticket'"),
        ('agent_work_time', 'life', 'work', 'column:variant', "variant = 'per_ticket' or was_worked_on"),
        ('on_hold_time', 'life', 'hold', 'none', "variant = 'per_ticket' and was_on_hold"),
        ('customer_wait_time', 'life', 'customer', 'none', "variant = 'per_ticket'"),
        ('update_gap', 'gap', 'all', 'periodic', 'true'),
        ('update_gap', 'gap', 'unpaused', 'pausable', 'true'),
        ('group_ownership_time', 'team', 'all', 'none', 'true'),
        ('time_to_assign', 'assignment', 'all', 'none', 'true'),
    ] %}
    {%- for clock, column in [('calendar', 'cal'), ('business', 'bus')] %}
    {%- do kpis.append({
        'kpi_id': kpi_id, 'clock': clock, 'variant': variant, 'seconds': sum ~ '_' ~ column ~ '_s',
        'where': "purpose = '" ~ purpose ~ "' and (" ~ where ~ ")",
    }) %}
    {%- endfor %}
    {%- endfor %}
    {{ kpi_durations('placed', kpis) }}

)

select * from measured
