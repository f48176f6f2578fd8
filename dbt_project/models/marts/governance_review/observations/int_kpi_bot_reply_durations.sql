-- `frt_any`: first turns from the customer's message to the first public answer of anyone, people or machines.

with

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

answered as (

    select
        obligations.tenant_id,
        {{ kpi_local_month('obligations.any_answer_at') }} as month,
        obligations.obligation_key as fact_key,
        obligations.ticket_key,
        obligations.any_answer_at as happened_at,
        'first answer of any kind' as detail,
        obligations.platform,
        obligations.marketplace_account_key,
        obligations.channel_key,
        obligations.team_key,
        cast(null as varchar) as agent_key,
        {{ seconds_between('obligations.started_at', 'obligations.any_answer_at') }} as any_answer_cal_s
    from obligations
    inner join tickets on obligations.original_ticket_key = tickets.ticket_key
    inner join tenants on obligations.tenant_id = tenants.tenant_id
    where
        obligations.kind = 'first'
        and obligations.state <> 'excluded'
        and obligations.any_answer_at is not null
        and not (tickets.origin = 'proxy' and obligations.started_at = tickets.created_at)

),

measured as (

    {{ kpi_durations('answered', [
        {'kpi_id': 'frt_any', 'clock': 'calendar', 'seconds': 'any_answer_cal_s'},
    ]) }}

)

select * from measured
