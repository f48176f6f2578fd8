-- R6: for everything that adds up, agents with the unowned row = teams = channels = the company, every month: counts, both parts of
-- ratios, seconds and rows of means; agents in the months whose agent rows are kept. Rows returned name the KPI, month and scope
-- type whose sum differs.

with

monthly as (

    select * from {{ ref('kpi_monthly') }}

),

definitions as (

    select * from {{ ref('kpi_definitions') }}
    where
        is_computed
        and aggregation in ('G1', 'G2', 'G3', 'G4', 'G6', 'sum', 'mean')

),

company as (

    select monthly.*
    from monthly
    inner join definitions on monthly.kpi_id = definitions.kpi_id
    where
        monthly.scope_type = 'company'
        and monthly.stat in ('count', 'ratio', 'mean', 'score')
        -- reasons are ranked and weeks judged anew inside each scope; not every cost has a narrower scope
        and monthly.kpi_id not in ('top5_share', 'agent_consistency', 'cost_per_unit')
        and monthly.n > 0

),

levels as (

    select 'agent' as scope_type
    union all
    select 'team' as scope_type
    union all
    select 'channel' as scope_type
    union all
    select 'platform' as scope_type

),

expected as (

    select
        company.tenant_id,
        company.month,
        company.kpi_id,
        company.stat,
        company.clock,
        company.layer,
        company.variant,
        levels.scope_type,
        company.numerator,
        coalesce(company.denominator, 0) as denominator
    from company
    inner join definitions on company.kpi_id = definitions.kpi_id
    inner join {{ ref('canonical__tenants') }} as tenants on company.tenant_id = tenants.tenant_id
    inner join levels on '|' || definitions.allowed_scopes || '|' like '%|' || levels.scope_type || '|%'
    -- a turn of an outage and the work of a whole ticket are nobody's; several persons may share one interaction
    where not (
        levels.scope_type = 'agent'
        and (
            company.month < {{ agent_rows_from() }}
            or company.kpi_id in ('reaction_time', 'aht')
            or (company.kpi_id = 'agent_work_time' and company.variant = 'per_ticket')
        )
    )
    -- a ticket without a channel belongs to no platform, nor does a review of a ticket that was not delivered (before the first pull, deleted)
    and not (
        levels.scope_type = 'platform'
        and (
            exists (select 1 from {{ ref('dim_tickets') }} as tickets where tickets.tenant_id = company.tenant_id and tickets.platform is null)
            or exists (select 1 from {{ ref('fct_qa_reviews') }} as reviews where reviews.tenant_id = company.tenant_id and reviews.platform is null)
        )
    )

),

summed as (

    select
        tenant_id,
        month,
        kpi_id,
        stat,
        clock,
        layer,
        variant,
        scope_type,
        sum(numerator) as numerator,
        sum(coalesce(denominator, 0)) as denominator
    from monthly
    where stat in ('count', 'ratio', 'mean', 'score')
    group by tenant_id, month, kpi_id, stat, clock, layer, variant, scope_type

)

select
    expected.*,
    summed.numerator as summed_numerator,
    summed.denominator as summed_denominator
from expected
left join summed
    on
    expected.tenant_id = summed.tenant_id
    and expected.month = summed.month
    and expected.kpi_id = summed.kpi_id
    and expected.stat = summed.stat
    and expected.clock = summed.clock
    and expected.layer = summed.layer
    and expected.variant = summed.variant
    and expected.scope_type = summed.scope_type
where
    summed.kpi_id is null
    or abs(summed.numerator - expected.numerator) > 0.000001 * greatest(1, abs(expected.numerator))
    or abs(summed.denominator - expected.denominator) > 0.000001 * greatest(1, abs(expected.denominator))
