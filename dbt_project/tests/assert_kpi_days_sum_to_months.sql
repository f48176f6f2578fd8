-- R6 over time: the daily marts of a month add up to its monthly numbers, person by person with `unowned`, and the stock at the end of a
-- month's last day is its snapshot. What a source cannot support has no number to add up to.
{%- set activity = {
    'replies_sent': 'replies_sent',
    'first_replies_sent': 'first_replies_sent',
    'assist_replies': 'assist_replies',
    'internal_notes': 'internal_notes',
    'closed_with_reply': 'closed_with_reply',
    'closed_without_reply': 'closed_without_reply',
    'comments_deleted': 'comments_deleted',
} %}
with

daily as (

    select
        tenant_id,
        {{ month_start('date_day') }} as month,
        'sla_compliance' as kpi_id,
        layer,
        agent_key,
        sum(n_met) as numerator,
        sum(n_met + n_breached) as denominator
    from {{ ref('agent_sla_daily') }}
    group by tenant_id, {{ month_start('date_day') }}, layer, agent_key
    {%- for kpi_id, column in activity.items() %}

    union all

    select
        tenant_id,
        {{ month_start('date_day') }},
        '{{ kpi_id }}',
        'none',
        agent_key,
        sum({{ column }}),
        0
    from {{ ref('operator_activity_daily') }}
    group by tenant_id, {{ month_start('date_day') }}, agent_key
    {%- endfor %}

),

days as (

    -- older days and months tell no persons apart
    select
        daily.tenant_id,
        daily.month,
        daily.kpi_id,
        daily.layer,
        'agent' as scope_type,
        daily.agent_key as scope_id,
        daily.numerator,
        daily.denominator
    from daily
    inner join {{ ref('canonical__tenants') }} as tenants on daily.tenant_id = tenants.tenant_id
    where daily.month >= {{ agent_rows_from() }}

    union all

    select
        tenant_id,
        month,
        kpi_id,
        layer,
        'company',
        'company',
        sum(numerator),
        sum(denominator)
    from daily
    group by tenant_id, month, kpi_id, layer

    union all

    select
        tenant_id,
        {{ month_start('date_day') }},
        'tag_volume',
        'none',
        'company',
        'company',
        sum(tickets),
        0
    from {{ ref('tag_volume_daily') }}
    group by tenant_id, {{ month_start('date_day') }}
    {%- for kpi_id, column in {'backlog': 'n_tickets', 'backlog_actionable': 'n_actionable'}.items() %}

    union all

    select
        stocks.tenant_id,
        months.month,
        '{{ kpi_id }}',
        'none',
        'company',
        'company',
        sum(stocks.{{ column }}),
        0
    from {{ ref('backlog_daily') }} as stocks
    inner join {{ ref('int_kpi_months') }} as months
        on
        stocks.tenant_id = months.tenant_id
        and stocks.date_day = months.snapshot_day
    group by stocks.tenant_id, months.month
    {%- endfor %}

),

monthly as (

    select * from {{ ref('kpi_monthly') }}
    where
        stat in ('count', 'ratio')
        and status <> 'grey_not_measurable'
        and (
            (kpi_id = 'tag_volume' and variant = 'month')
            or (kpi_id in ('sla_compliance', 'backlog', 'backlog_actionable', '{{ activity | join("', '") }}') and variant = 'none')
        )

),

present as (

    select distinct
        tenant_id,
        month,
        kpi_id
    from monthly
    where
        scope_type = 'company'
        -- of a source without messages days count cases, which the monthly table leaves out
        and not exists (
            select 1 from {{ ref('int_kpi_source_gaps') }} as gaps
            where
                gaps.tenant_id = monthly.tenant_id
                and gaps.kpi_id = monthly.kpi_id
                and not exists (
                    select 1 from {{ ref('fct_messages') }} as messages
                    where messages.tenant_id = gaps.tenant_id and messages.source_system = gaps.source_system
                )
        )

)

select
    days.*,
    monthly.numerator as monthly_numerator,
    monthly.denominator as monthly_denominator
from days
inner join present
    on
    days.tenant_id = present.tenant_id
    and days.month = present.month
    and days.kpi_id = present.kpi_id
left join monthly
    on
    days.tenant_id = monthly.tenant_id
    and days.month = monthly.month
    and days.kpi_id = monthly.kpi_id
    and days.layer = monthly.layer
    and days.scope_type = monthly.scope_type
    and days.scope_id = monthly.scope_id
where
    coalesce(monthly.numerator, 0) <> days.numerator
    or coalesce(monthly.denominator, 0) <> days.denominator
