{{ config(access='protected') }}

-- Where numbers cannot be measured, with the first thing that is missing: a KPI, variant, clock and layer in a month. The one place
-- that judges `grey_not_measurable`; every mart that shows such a number asks here. The sign `*` stands for every variant
-- without needs of its own (int_kpi_needs), every clock, every layer.

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

definitions as (

    select
        {{ kpi_series_id('definitions') }} as series_id,
        definitions.*
    from {{ ref('seed_kpi_definitions') }} as definitions

),

needs as (

    select * from {{ ref('int_kpi_needs') }}

),

capabilities as (

    select distinct
        tenant_id,
        capability
    from {{ ref('core__source_capabilities') }}
    where level in ('full', 'partial')

    union

    -- where all teams keep the same hours it does not matter whose they are
    select
        tenant_id,
        'ticket_team' as capability
    from {{ ref('int_kpi_single_hours') }}

),

own_hours as (

    -- the calendar of the promise goes before that of the team: replies are timed without it where each promise names one
    select policies.tenant_id
    from {{ ref('core__sla_policies') }} as policies
    inner join {{ ref('core__sla_targets') }} as targets
        on
        policies.tenant_id = targets.tenant_id
        and policies.policy_id = targets.policy_id
        and policies.version = targets.version
    where
        policies.layer = 'internal'
        and targets.metric in ('first_reply', 'next_reply')
    group by policies.tenant_id
    having count(*) = count(targets.calendar_id)

),

inputs as (

    select * from {{ ref('int_kpi_inputs') }}

),

published as (

    select distinct
        tenant_id,
        metric
    from {{ ref('core__account_health_snapshots') }}

),

source_lacks as (

    select
        tenant_id,
        need,
        min(source_system) as source_system
    from {{ ref('int_kpi_source_lacks') }}
    group by tenant_id, need

),

opened as (

    select
        months.tenant_id,
        months.month,
        tickets.source_system,
        count(*) as tickets
    from months
    inner join {{ ref('dim_tickets') }} as tickets
        on
        months.tenant_id = tickets.tenant_id
        and months.month_start_at <= tickets.created_at
        and months.month_end_at > tickets.created_at
    group by months.tenant_id, months.month, tickets.source_system

),

opened_in_all as (

    select
        tenant_id,
        month,
        sum(tickets) as tickets
    from opened
    group by tenant_id, month

),

mostly_untold as (

    -- what is left of a month without the sources that do not tell is the smaller part of it, and no number of the whole
    select
        opened.tenant_id,
        opened.month,
        gaps.kpi_id,
        min(gaps.reason) as missing
    from opened
    inner join {{ ref('int_kpi_source_gaps') }} as gaps
        on
        opened.tenant_id = gaps.tenant_id
        and opened.source_system = gaps.source_system
    inner join opened_in_all
        on
        opened.tenant_id = opened_in_all.tenant_id
        and opened.month = opened_in_all.month
    group by opened.tenant_id, opened.month, gaps.kpi_id
    having sum(opened.tickets) * 2 > max(opened_in_all.tickets)

),

layers as (

    select '*' as layer
    union all
    select 'marketplace' as layer
    union all
    select 'internal' as layer

),

inputs_of_months as (

    -- a promise binds what falls due in the month after its last day too
    select distinct
        months.tenant_id,
        months.month,
        inputs.input,
        layers.layer
    from inputs
    inner join months
        on
        inputs.tenant_id = months.tenant_id
        and (inputs.from_at < months.month_end_at or inputs.from_at is null)
        and (inputs.to_at > cast({{ dbt.dateadd('month', -1, 'months.month_start_at') }} as timestamp) or inputs.to_at is null)
    inner join layers on layers.layer in (inputs.layer, '*')

),

asked as (

    select
        months.tenant_id,
        months.month,
        layers.layer,
        definitions.computed_in,
        needs.*
    from months
    cross join needs
    left join definitions on needs.kpi_id = definitions.series_id
    inner join layers
        on case
            when needs.is_promise and coalesce(definitions.layers, 'none') <> 'none'
                then '|' || definitions.layers || '|' like '%|' || layers.layer || '|%'
            else layers.layer = '*'
        end

),

lacking as (

    select
        asked.tenant_id,
        asked.month,
        asked.kpi_id,
        asked.variant,
        asked.clock,
        asked.layer,
        asked.missing,
        asked.place
    from asked
    left join capabilities
        on
        asked.kind = 'capability'
        and asked.tenant_id = capabilities.tenant_id
        and asked.need = capabilities.capability
    left join inputs_of_months
        on
        asked.kind = 'input'
        and asked.tenant_id = inputs_of_months.tenant_id
        and asked.month = inputs_of_months.month
        and asked.need = inputs_of_months.input
        and asked.layer = inputs_of_months.layer
    left join own_hours
        on
        asked.need = 'ticket_team'
        and asked.computed_in = 'int_kpi_reply_durations'
        and asked.tenant_id = own_hours.tenant_id
    where
        capabilities.capability is null
        and inputs_of_months.input is null
        and own_hours.tenant_id is null

    union all

    -- a twin on the business clock cannot leave a source out: the other clock counts it
    select
        asked.tenant_id,
        asked.month,
        asked.kpi_id,
        asked.variant,
        asked.clock,
        asked.layer,
        asked.missing || ' (' || lacks.source_system || ')' as missing,
        5000 + asked.place as place
    from asked
    inner join {{ ref('int_kpi_source_lacks') }} as lacks
        on
        asked.tenant_id = lacks.tenant_id
        and asked.need = lacks.need
    left join {{ ref('int_kpi_source_gaps') }} as gaps
        on
        lacks.tenant_id = gaps.tenant_id
        and lacks.source_system = gaps.source_system
        and asked.kpi_id = gaps.kpi_id
    left join own_hours
        on
        asked.computed_in = 'int_kpi_reply_durations'
        and asked.tenant_id = own_hours.tenant_id
    where
        asked.need = 'ticket_team'
        and asked.clock = 'business'
        and gaps.kpi_id is null
        and own_hours.tenant_id is null

    union all

    -- costs of the company are not spread over a part of its work; what one source lacks speaks after what nobody delivers
    select
        months.tenant_id,
        months.month,
        needs.kpi_id,
        needs.variant,
        needs.clock,
        '*' as layer,
        needs.missing || ' (' || lacks.source_system || ')' as missing,
        5000 + needs.place as place
    from months
    inner join source_lacks as lacks on months.tenant_id = lacks.tenant_id
    inner join needs on lacks.need = needs.need
    where needs.kpi_id in ('{{ kpis_of_all_sources() | join("', '") }}')

    union all

    select
        tenant_id,
        month,
        kpi_id,
        '*' as variant,
        '*' as clock,
        '*' as layer,
        missing,
        6000 as place
    from mostly_untold

    union all

    select
        months.tenant_id,
        months.month,
        definitions.series_id as kpi_id,
        '*' as variant,
        '*' as clock,
        '*' as layer,
        case
            when definitions.computed_in is null then 'not computed yet in this version'
            else 'no platform of the tenant publishes it, and nobody uploaded it'
        end as missing,
        case when definitions.computed_in is null then 500 else 3000 end as place
    from months
    cross join definitions
    left join published
        on
        months.tenant_id = published.tenant_id
        and definitions.kpi_id = published.metric
    where
        definitions.computed_in is null
        or (definitions.stat = 'published' and published.metric is null)

)

select
    tenant_id,
    month,
    kpi_id,
    variant,
    clock,
    layer,
    {{ min_by('missing', 'place') }} as reason
from lacking
group by tenant_id, month, kpi_id, variant, clock, layer
