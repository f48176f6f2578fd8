-- Actionable tickets at the snapshot over the mean daily resolutions of the 28 days before it: what would the desk need to
-- finish them at its pace. Both parts are of one instant, so months cannot be added. Days before the tenant's first fact are no
-- days without resolutions; tickets of a source without a log of changes belong to neither side.

with

months as (

    select
        *,
        {{ pace_days() }} as pace_days
    from {{ ref('int_kpi_months') }}

),

cycles as (

    select * from {{ ref('fct_resolution_cycles') }}

),

accounts as (

    select * from {{ ref('dim_marketplace_accounts') }}

),

channels as (

    select * from {{ ref('dim_channels') }}

),

teams as (

    select * from {{ ref('dim_teams') }}

),

parts as (

    select
        tenant_id,
        month,
        platform,
        marketplace_account_key,
        channel_key,
        team_key,
        1 as waiting,
        0 as resolved
    from {{ ref('int_kpi_backlog') }} as waiting
    where
        kpi_id = 'backlog_actionable'
        and {{ kpi_is_seen('waiting.ticket_key', 'backlog_days') }}

    union all

    select
        cycles.tenant_id,
        months.month,
        cycles.platform,
        cycles.marketplace_account_key,
        cycles.channel_key,
        cycles.resolver_team_key as team_key,
        0 as waiting,
        1 as resolved
    from cycles
    inner join months
        on
        cycles.tenant_id = months.tenant_id
        and cycles.ended_at <= months.snapshot_at
        and cycles.ended_at > {{ add_seconds('months.snapshot_at', -28 * 86400) }}
    where
        not cycles.is_ticket_excluded
        and {{ kpi_is_seen('cycles.ticket_key', 'backlog_days') }}

),

located as (

    select
        parts.tenant_id,
        parts.month,
        parts.platform,
        accounts.marketplace_account_id,
        coalesce(channels.channel_id, 'no_channel') as channel_id,
        coalesce(teams.team_id, 'no_team') as team_id,
        cast(null as varchar) as agent_key,
        cast(null as varchar) as subject_type,
        cast(null as varchar) as subject_id,
        parts.waiting,
        parts.resolved
    from parts
    left join accounts on parts.marketplace_account_key = accounts.marketplace_account_key
    left join channels on parts.channel_key = channels.channel_key
    left join teams on parts.team_key = teams.team_key

),

rolled as (

    select
        tenant_id,
        month,
        {{ kpi_scope_type() }} as scope_type,
        {{ kpi_scope_id() }} as scope_id,
        sum(waiting) as waiting,
        sum(resolved) as resolved
    from located
    group by {{ kpi_grouping_sets('tenant_id, month') }}

),

paced as (

    select
        rolled.*,
        {{ as_double('rolled.resolved') }} / months.pace_days as resolved_a_day
    from rolled
    inner join months
        on
        rolled.tenant_id = months.tenant_id
        and rolled.month = months.month

),

final as (

    select
        tenant_id,
        month,
        'backlog_days' as kpi_id,
        'ratio' as stat,
        'none' as clock,
        'none' as layer,
        'none' as variant,
        scope_type,
        scope_id,
        waiting / nullif(resolved_a_day, 0) as value,
        cast(null as varchar) as value_text,
        waiting as numerator,
        resolved_a_day as denominator,
        waiting as n,
        {{ as_double('null') }} as ci_low,
        {{ as_double('null') }} as ci_high
    from paced
    where scope_id is not null

)

select * from final
