-- Assignments: turnaround of those that ended in the agent's own reply, in the month of that reply, with the share of replies at once; and
-- those with a waiting customer that ended in the month, of which some were passed on without a reply.
-- And handled tickets (a person answered the customer, or held the ticket for 60 s or more) in the month of their last resolution; one that
-- changed hands belongs to whoever passed it on first.

with

spans as (

    select * from {{ ref('fct_assignment_spans') }}

),

replied as (

    select
        spans.tenant_id,
        spans.span_key as fact_key,
        spans.ticket_key,
        spans.tat_replied_at as happened_at,
        'assigned until ' || spans.ended_by as detail,
        spans.tat_replied_month as month,
        spans.platform,
        spans.marketplace_account_key,
        spans.channel_key,
        spans.tat_replied_team_key as team_key,
        coalesce(spans.agent_key, 'unowned') as agent_key,
        spans.tat_cal_s,
        spans.tat_bus_s
    from spans
    where
        not spans.is_ticket_excluded
        and spans.tat_replied_at is not null

),

ended as (

    select
        spans.tenant_id,
        spans.span_key as fact_key,
        spans.ticket_key,
        spans.to_at as happened_at,
        'held until ' || spans.ended_by as detail,
        spans.to_month as month,
        spans.platform,
        spans.marketplace_account_key,
        spans.channel_key,
        spans.to_team_key as team_key,
        coalesce(spans.agent_key, 'unowned') as agent_key,
        spans.is_unanswered_hold
    from spans
    where
        not spans.is_ticket_excluded
        and spans.to_at is not null
        and (spans.is_hold or spans.is_unanswered_hold)

),

finished as (

    select * from {{ ref('fct_resolution_cycles') }}
    where
        is_last
        and ended_at is not null
        and not is_ticket_excluded

),

handled as (

    -- what was assigned for less than a minute was not worked on; an answer is work whoever holds the ticket; who asks for a month reads
    -- the answers and holders of the tickets that ended in it alone
    select
        finished.ticket_key,
        finished.ended_month
    from finished
    inner join {{ ref('fct_response_obligations') }} as obligations on finished.ticket_key = obligations.ticket_key
    where obligations.state = 'answered'
    union
    select
        finished.ticket_key,
        finished.ended_month
    from finished
    inner join spans on finished.ticket_key = spans.ticket_key
    where coalesce(spans.to_at, {{ as_of_at() }}) >= {{ add_seconds('spans.from_at', 60) }}

),

first_transfers as (

    select
        ticket_key,
        {{ min_by('agent_key', 'first_transferred_at') }} as agent_key,
        nullif({{ min_by("coalesce(first_transferred_team_key, '')", 'first_transferred_at') }}, '') as team_key,
        sum(transfers) as transfers
    from spans
    where is_transfer
    group by ticket_key

),

resolved as (

    select
        cycles.tenant_id,
        cycles.ticket_key as fact_key,
        cycles.ticket_key,
        cycles.ended_at as happened_at,
        case when first_transfers.ticket_key is null then 'one hand' else 'passed on' end as detail,
        cycles.ended_month as month,
        first_transfers.ticket_key is not null as is_transferred,
        coalesce(first_transfers.transfers, 0) as transfers,
        cycles.platform,
        cycles.marketplace_account_key,
        cycles.channel_key,
        case
            when first_transfers.ticket_key is null then cycles.resolver_team_key
            else first_transfers.team_key
        end as team_key,
        case
            when first_transfers.ticket_key is null then coalesce(cycles.resolver_agent_key, 'unowned')
            else coalesce(first_transfers.agent_key, 'unowned')
        end as agent_key
    from finished as cycles
    inner join handled
        on
        cycles.ticket_key = handled.ticket_key
        and cycles.ended_month = handled.ended_month
    left join first_transfers on cycles.ticket_key = first_transfers.ticket_key

),

measured as (

    {{ kpi_counts('resolved', [
        {'kpi_id': 'transfer_rate', 'stat': 'ratio', 'numerator': 'case when is_transferred then 1 else 0 end', 'denominator': '1'},
        {'kpi_id': 'transfer_rate', 'stat': 'mean', 'variant': 'transfers_per_ticket', 'numerator': 'transfers', 'denominator': '1'},
    ]) }}
    union all
    {{ kpi_durations('replied', [
        {'kpi_id': 'tat', 'clock': 'calendar', 'seconds': 'tat_cal_s'},
        {'kpi_id': 'tat', 'clock': 'business', 'seconds': 'tat_bus_s'},
    ]) }}
    union all
    {{ kpi_counts('ended', [
        {'kpi_id': 'unanswered_holds', 'stat': 'count', 'where': 'is_unanswered_hold'},
        {'kpi_id': 'unanswered_holds', 'stat': 'ratio', 'numerator': 'case when is_unanswered_hold then 1 else 0 end', 'denominator': '1'},
    ]) }}
    union all
    {{ kpi_counts('replied', [
        {'kpi_id': 'tat', 'stat': 'ratio', 'variant': 'tat_zero_share', 'numerator': 'case when tat_cal_s = 0 then 1 else 0 end', 'denominator': '1', 'where': 'tat_cal_s is not null'},
    ]) }}

)

select * from measured
