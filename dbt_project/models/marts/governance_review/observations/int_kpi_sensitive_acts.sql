-- Acts that a second person should look at, by actor and month: those that the record calls sensitive, by type, and each run of closings
-- in bulk. Acts on spam and deleted tickets count too, since they made the ticket so.

with

actions as (

    select * from {{ ref('agent_actions') }}

),

closings as (

    select * from {{ ref('fct_closings') }}

),

bulk_starts as (

    select closing_key from {{ ref('int_closings_in_bulk') }}
    where is_bulk_start

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

acts as (

    select
        tenant_id,
        action_key as fact_key,
        ticket_key,
        occurred_at as happened_at,
        occurred_month as month,
        action_type || coalesce(' (' || reason_code || ')', '') as detail,
        sensitive_type,
        team_key,
        agent_key
    from actions
    where sensitive_type is not null
    union all
    -- a run of closings is one act more; its single closings are in the record already
    select
        closings.tenant_id,
        closings.closing_key as fact_key,
        closings.ticket_key,
        closings.closed_at as happened_at,
        closings.closed_month as month,
        'first of more than 20 closings in 10 minutes' as detail,
        'bulk_close' as sensitive_type,
        closings.closer_team_key as team_key,
        closings.closer_agent_key as agent_key
    from closings
    inner join bulk_starts on closings.closing_key = bulk_starts.closing_key

),

placed as (

    select
        acts.*,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key
    from acts
    inner join tickets on acts.ticket_key = tickets.ticket_key
    where coalesce(tickets.exclusion_reason, '') <> 'test'

),

measured as (

    {{ kpi_counts('placed', [
        {'kpi_id': 'sensitive_actions', 'stat': 'count'},
        {'kpi_id': 'sensitive_actions', 'stat': 'count', 'variant': 'column:sensitive_type'},
    ]) }}

)

select * from measured
