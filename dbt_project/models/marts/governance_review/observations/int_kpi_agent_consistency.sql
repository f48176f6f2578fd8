{{ config(schema='intermediate', access='private', contract={'enforced': false}) }}

-- Weeks on target: of the last twelve whole ISO weeks before the end of the month (or now), those with at least ten verdicts, and how
-- many of them reached the goal of compliance. Attribution A2, so a person's weeks are those of the obligations he owned.

with

verdicts as (

    select
        verdicts.*,
        cast(date_trunc('week', {{ utc_to_local('verdicts.happened_at', 'tenants.reporting_tz') }}) as date) as week_start,
        accounts.marketplace_account_id,
        coalesce(channels.channel_id, 'no_channel') as channel_id,
        coalesce(teams.team_id, 'no_team') as team_id
    from {{ ref('int_kpi_verdicts') }} as verdicts
    inner join {{ ref('canonical__tenants') }} as tenants on verdicts.tenant_id = tenants.tenant_id
    left join {{ ref('dim_marketplace_accounts') }} as accounts
        on verdicts.marketplace_account_key = accounts.marketplace_account_key
    left join {{ ref('dim_channels') }} as channels on verdicts.channel_key = channels.channel_key
    left join {{ ref('dim_teams') }} as teams on verdicts.team_key = teams.team_key
    where verdicts.kpi_id = 'sla_compliance' and verdicts.variant = 'none'

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
    inner join {{ ref('canonical__tenants') }} as tenants on months.tenant_id = tenants.tenant_id

),

added as (

    select
        ends.tenant_id,
        ends.month,
        goals.layer,
        goals.scope_type,
        goals.scope_id,
        sum(case when goals.n_met >= goals.goal * goals.n_judged then 1 else 0 end) as weeks_met,
        count(*) as weeks_judged
    from ends
    inner join goals
        on
        ends.tenant_id = goals.tenant_id
        and goals.week_start < ends.last_week_end
        and goals.week_start >= {{ add_days('ends.last_week_end', -84) }}
    group by ends.tenant_id, ends.month, goals.layer, goals.scope_type, goals.scope_id

),

final as (

    select
        tenant_id,
        month,
        'agent_consistency' as kpi_id,
        'ratio' as stat,
        'none' as clock,
        layer,
        'none' as variant,
        scope_type,
        scope_id,
        {{ as_double('weeks_met') }} / weeks_judged as value,
        cast(null as varchar) as value_text,
        weeks_met as numerator,
        weeks_judged as denominator,
        weeks_judged as n,
        {{ wilson_bound('weeks_met', 'weeks_judged', 'low') }} as ci_low,
        {{ wilson_bound('weeks_met', 'weeks_judged', 'high') }} as ci_high
    from added

)

select * from final
