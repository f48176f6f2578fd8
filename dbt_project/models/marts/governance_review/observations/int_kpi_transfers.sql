-- Handled tickets (a person answered the customer, or held the ticket for 60 s or more) in the month of their last resolution; one that changed hands belongs to whoever passed it on first.

with

cycles as (

    select * from {{ ref('fct_resolution_cycles') }}

),

spans as (

    select * from {{ ref('fct_assignment_spans') }}

),

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

home_teams as (

    select * from {{ ref('core__home_teams') }}

),

tenants as (

    select * from {{ ref('dim_tenants') }}

),

handled as (

    -- what was assigned for less than a minute was not worked on; an answer is work whoever holds the ticket
    select ticket_key
    from obligations
    where state = 'answered'
    union
    select ticket_key
    from spans
    where coalesce(to_at, {{ as_of_at() }}) >= {{ add_seconds('from_at', 60) }}

),

first_transfers as (

    select
        ticket_key,
        {{ min_by('agent_key', 'first_transferred_at') }} as agent_key,
        {{ min_by('original_ticket_key', 'first_transferred_at') }} as original_ticket_key,
        min(first_transferred_at) as transferred_at,
        sum(transfers) as transfers
    from spans
    where is_transfer
    group by ticket_key

),

ticket_teams as (

    select * from {{ ref('int_kpi_ticket_teams') }}

),

resolved as (

    select
        cycles.tenant_id,
        cycles.ticket_key as fact_key,
        cycles.ticket_key,
        cycles.ended_at as happened_at,
        case when first_transfers.ticket_key is null then 'one hand' else 'passed on' end as detail,
        {{ kpi_local_month('cycles.ended_at') }} as month,
        first_transfers.ticket_key is not null as is_transferred,
        coalesce(first_transfers.transfers, 0) as transfers,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key,
        case
            when first_transfers.ticket_key is null then cycles.resolver_team_key
            else coalesce(home_teams.team_key, ticket_teams.team_key)
        end as team_key,
        case
            when first_transfers.ticket_key is null then coalesce(cycles.resolver_agent_key, 'unowned')
            else coalesce(first_transfers.agent_key, 'unowned')
        end as agent_key
    from cycles
    inner join handled on cycles.ticket_key = handled.ticket_key
    inner join tickets on cycles.ticket_key = tickets.ticket_key
    inner join tenants on cycles.tenant_id = tenants.tenant_id
    left join first_transfers on cycles.ticket_key = first_transfers.ticket_key
    left join home_teams
        on
        first_transfers.agent_key = home_teams.agent_key
        and first_transfers.transferred_at >= home_teams.valid_from
        and (first_transfers.transferred_at < home_teams.valid_to or home_teams.valid_to is null)
    left join ticket_teams
        on
        first_transfers.original_ticket_key = ticket_teams.ticket_key
        and first_transfers.transferred_at >= ticket_teams.from_at
        and (first_transfers.transferred_at < ticket_teams.to_at or ticket_teams.to_at is null)
    where
        cycles.is_last
        and cycles.ended_at is not null
        and not tickets.is_excluded

),

measured as (

    {{ kpi_counts('resolved', [
        {'kpi_id': 'transfer_rate', 'stat': 'ratio', 'numerator': 'case when is_transferred then 1 else 0 end', 'denominator': '1'},
        {'kpi_id': 'transfer_rate', 'stat': 'mean', 'variant': 'transfers_per_ticket', 'numerator': 'transfers', 'denominator': '1'},
    ]) }}

)

select * from measured
