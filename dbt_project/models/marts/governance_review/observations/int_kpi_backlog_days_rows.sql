-- The tickets that waited at the snapshot and the resolutions of the 28 days before it, each a 28th of a day's pace (of fewer days
-- in a tenant's first four weeks).

with

months as (

    select
        *,
        {{ pace_days() }} as pace_days
    from {{ ref('int_kpi_months') }}

),

resolved as (

    select
        cycles.tenant_id,
        months.month,
        cycles.platform,
        cycles.marketplace_account_key,
        cycles.channel_key,
        cycles.resolver_team_key as team_key,
        cycles.cycle_key as fact_key,
        cycles.ticket_key,
        cycles.ended_at as happened_at,
        'resolved' as detail,
        0 as waiting,
        1 as resolved,
        {{ as_double(1) }} / months.pace_days as resolved_a_day
    from {{ ref('fct_resolution_cycles') }} as cycles
    inner join months
        on
        cycles.tenant_id = months.tenant_id
        and cycles.ended_at <= months.snapshot_at
        and cycles.ended_at > {{ add_seconds('months.snapshot_at', -28 * 86400) }}
    where
        not cycles.is_ticket_excluded
        and {{ kpi_is_seen('cycles.ticket_key', 'backlog_days') }}

),

united as (

    select
        tenant_id,
        month,
        platform,
        marketplace_account_key,
        channel_key,
        team_key,
        fact_key,
        ticket_key,
        happened_at,
        'waits, ' || detail as detail,
        1 as waiting,
        0 as resolved,
        cast(0 as double) as resolved_a_day
    from {{ ref('int_kpi_backlog') }} as waiting
    where
        kpi_id = 'backlog_actionable'
        and {{ kpi_is_seen('waiting.ticket_key', 'backlog_days') }}
    union all
    select * from resolved

)

select * from united
