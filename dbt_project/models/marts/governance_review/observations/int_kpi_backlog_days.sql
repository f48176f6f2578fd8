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

parts as (

    select * from {{ ref('int_kpi_backlog_days_rows') }}

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
