{{ config(materialized='table') }}

-- The last twelve whole ISO weeks before the end of each month (or now) that have at least ten verdicts, per scope, with what was
-- met and the goal of compliance. Attribution A2, so a person's weeks are those of the obligations he owned.

with

verdicts as (

    select
        verdicts.*,
        cast(date_trunc('week', {{ utc_to_local('verdicts.happened_at', 'tenants.reporting_tz') }}) as date) as week_start,
        accounts.marketplace_account_id,
        coalesce(channels.channel_id, 'no_channel') as channel_id,
        coalesce(teams.team_id, 'no_team') as team_id
    from {{ ref('int_kpi_verdicts') }} as verdicts
    inner join {{ ref('dim_tenants') }} as tenants on verdicts.tenant_id = tenants.tenant_id
    left join {{ ref('dim_marketplace_accounts') }} as accounts
        on verdicts.marketplace_account_key = accounts.marketplace_account_key
    left join {{ ref('dim_channels') }} as channels on verdicts.channel_key = channels.channel_key
    left join {{ ref('dim_teams') }} as teams on verdicts.team_key = teams.team_key
    where
        verdicts.kpi_id = 'sla_compliance'
        and verdicts.variant = 'none'
        and {{ kpi_is_seen('verdicts.ticket_key', 'agent_consistency') }}

),

weekly as (

    select
        tenant_id,
        week_start,
        layer,
        {{ kpi_scope_type() }} as scope_type,
        {{ kpi_scope_id() }} as scope_id,
        sum(numerator) as n_met,
        sum(denominator) as n_judged
    from verdicts
    group by {{ kpi_grouping_sets('tenant_id, week_start, layer') }}

),

goals as (

    select
        weekly.*,
        coalesce(
            max(case when targets.scope_type = 'platform' then targets.target end),
            max(case when targets.scope_type = 'company' then targets.target end)
        ) as goal
    from weekly
    inner join {{ ref('kpi_targets') }} as targets
        on
        weekly.tenant_id = targets.tenant_id
        and weekly.layer = targets.layer
        and targets.kpi_id = 'sla_compliance'
        and targets.stat = 'ratio'
        and weekly.week_start >= targets.valid_from
        and (weekly.week_start < targets.valid_to or targets.valid_to is null)
        and (
            targets.scope_type = 'company'
            or (targets.scope_type = 'platform' and weekly.scope_type = 'platform' and targets.scope_id = weekly.scope_id)
        )
    where weekly.scope_id is not null and weekly.n_judged >= 10
    group by weekly.tenant_id, weekly.week_start, weekly.layer, weekly.scope_type, weekly.scope_id, weekly.n_met, weekly.n_judged

),

ends as (

    select
        months.tenant_id,
        months.month,
        cast(date_trunc('week', case
            when months.is_finished then {{ dbt.dateadd('month', 1, 'months.month') }}
            else {{ utc_to_local(as_of_at(), 'tenants.reporting_tz') }}
        end) as date) as last_week_end
    from {{ ref('int_kpi_months') }} as months
    inner join {{ ref('dim_tenants') }} as tenants on months.tenant_id = tenants.tenant_id

),

final as (

    select
        ends.tenant_id,
        ends.month,
        goals.layer,
        goals.scope_type,
        goals.scope_id,
        goals.week_start,
        goals.n_met,
        goals.n_judged,
        goals.goal,
        goals.n_met >= goals.goal * goals.n_judged as is_met
    from ends
    inner join goals
        on
        ends.tenant_id = goals.tenant_id
        and goals.week_start < ends.last_week_end
        and goals.week_start >= {{ add_days('ends.last_week_end', -84) }}

)

select * from final
