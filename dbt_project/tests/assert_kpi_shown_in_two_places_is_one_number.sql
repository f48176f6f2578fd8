-- One definition per id (R1): a number that a mart shows for a window, month or account which the monthly table has too is the same number
-- there. Daily counts of persons and stocks are compared in assert_kpi_days_sum_to_months.
with

months as (

    select * from {{ ref('int_kpi_months') }}

),

shown as (

    -- the estimate on the last day of a month is that of the month
    select
        months.tenant_id,
        months.month,
        health.metric as kpi_id,
        'ratio' as stat,
        'none' as layer,
        health.window_length as variant,
        'marketplace_account' as scope_type,
        accounts.marketplace_account_id as scope_id,
        health.numerator,
        health.denominator
    from {{ ref('account_health_daily') }} as health
    inner join months
        on
        health.tenant_id = months.tenant_id
        and health.date_day = months.snapshot_day
    inner join {{ ref('dim_marketplace_accounts') }} as accounts on health.marketplace_account_key = accounts.marketplace_account_key
    where health.metric = 'amz_late_response_rate_est' and health.denominator > 0
    {%- for kpi_id, stat, column in [
        ('sla_breach_count', 'count', 'n_breached'),
        ('sla_overrun', 'mean', 'overrun_sum_s'),
    ] %}

    union all

    select
        tenant_id,
        {{ month_start('date_day') }},
        '{{ kpi_id }}',
        '{{ stat }}',
        layer,
        'none',
        'company',
        'company',
        sum({{ column }}),
        null
    from {{ ref('agent_sla_daily') }}
    group by tenant_id, {{ month_start('date_day') }}, layer
    having sum({{ column }}) > 0
    {%- endfor %}
    {%- for kpi_id, stat, column in [
        ('waiver_rate', 'ratio', 'waivers'),
        ('unanswered_deletions', 'count', 'unanswered_deletions'),
        ('sensitive_actions', 'count', 'sensitive_actions'),
        ('closed_without_reply_rate', 'ratio', 'human_closed_without_reply'),
    ] %}

    union all

    select
        tenant_id,
        {{ month_start('date_day') }},
        '{{ kpi_id }}',
        '{{ stat }}',
        'none',
        'none',
        'company',
        'company',
        sum({{ column }}),
        null
    from {{ ref('operator_activity_daily') }}
    group by tenant_id, {{ month_start('date_day') }}
    having sum({{ column }}) > 0
    {%- endfor %}

    union all

    -- a month of a person of whose verdicts none was left out
    select
        tenant_id,
        period_start,
        'sla_compliance',
        'ratio',
        layer,
        'none',
        'agent',
        agent_key,
        n_met,
        n
    from {{ ref('agent_scorecards') }}
    where period_type = 'month' and platform = 'all' and n_left_out = 0 and n > 0
    {%- for kpi_id, numerator, denominator in [
        ('macro_resolution_rate', 'tickets_resolved', 'tickets_judged'),
        ('macro_fcr', 'issues_first_contact', 'issues'),
    ] %}

    union all

    select
        tenant_id,
        month,
        '{{ kpi_id }}',
        'ratio',
        'none',
        'none',
        'macro',
        macro_id,
        sum({{ numerator }}),
        sum({{ denominator }})
    from {{ ref('macro_monthly') }}
    group by tenant_id, month, macro_id
    having sum({{ denominator }}) > 0
    {%- endfor %}

    union all

    -- the rolling windows of reasons end now, as those of the running month do
    select
        months.tenant_id,
        months.month,
        'top5_share',
        'ratio',
        'none',
        cast(windows.window_days as varchar) || 'd',
        'company',
        'company',
        sum(case when windows.is_top5 then windows.tickets else 0 end),
        max(windows.scope_tickets)
    from {{ ref('tag_volume_windows') }} as windows
    inner join months
        on
        windows.tenant_id = months.tenant_id
        and windows.window_to_date = months.snapshot_day
    where windows.scope_type = 'company' and not months.is_finished
    group by months.tenant_id, months.month, windows.window_days
    having max(windows.scope_tickets) > 0
    {%- for kpi_id, layer, check_name in [
        ('attribution_coverage', 'none', 'attribution_coverage'),
        ('clock_anomaly_rate', 'none', 'clock_anomaly_rate'),
        ('load_completeness', 'none', 'load_completeness'),
        ('unmapped_rate', 'none', 'unmapped_rate'),
        ('late_arrival_rate', 'none', 'late_arrival_rate'),
        ('policy_coverage', 'internal', 'policy_coverage_internal'),
        ('policy_coverage', 'marketplace', 'policy_coverage_marketplace'),
        ('time_precision_share', 'internal', 'time_precision_share_internal'),
        ('time_precision_share', 'marketplace', 'time_precision_share_marketplace'),
    ] %}

    union all

    select
        tenant_id,
        {{ month_start('date_day') }},
        '{{ kpi_id }}',
        'ratio',
        '{{ layer }}',
        'none',
        'company',
        'company',
        sum(numerator),
        sum(denominator)
    from {{ ref('check_results_daily') }}
    where check_name = '{{ check_name }}'
    group by tenant_id, {{ month_start('date_day') }}
    having sum(denominator) > 0
    {%- endfor %}

    union all

    select
        months.tenant_id,
        months.month,
        'freshness_lag',
        'ratio',
        'none',
        'none',
        'company',
        'company',
        max(sources.freshness_lag_s),
        null
    from {{ ref('source_freshness') }} as sources
    inner join months on sources.tenant_id = months.tenant_id
    where not months.is_finished and sources.latest_ingested_at <= months.snapshot_at
    group by months.tenant_id, months.month

),

monthly as (

    select
        monthly.*,
        row_number() over (
            partition by
                monthly.tenant_id, monthly.month, monthly.kpi_id, monthly.stat, monthly.layer, monthly.variant, monthly.scope_type,
                monthly.scope_id
            order by case when monthly.is_governed then 0 else 1 end, monthly.clock desc
        ) as place
    from {{ ref('kpi_monthly') }} as monthly
    where monthly.kpi_id <> 'sla_overrun' or monthly.clock = 'none'

),

-- what a source cannot support is shown nowhere; the table has no months before the first ticket
judged as (

    select distinct
        tenant_id,
        month,
        kpi_id
    from monthly
    where
        scope_type = 'company'
        and status <> 'grey_not_measurable'
        -- of a source without messages the other places count cases, which the monthly table leaves out
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
    shown.*,
    monthly.numerator as monthly_numerator,
    monthly.denominator as monthly_denominator
from shown
inner join judged
    on
    shown.tenant_id = judged.tenant_id
    and shown.month = judged.month
    and shown.kpi_id = judged.kpi_id
left join monthly
    on
    shown.tenant_id = monthly.tenant_id
    and shown.month = monthly.month
    and shown.kpi_id = monthly.kpi_id
    and shown.stat = monthly.stat
    and shown.layer = monthly.layer
    and shown.variant = monthly.variant
    and shown.scope_type = monthly.scope_type
    and shown.scope_id = monthly.scope_id
    and monthly.place = 1
where
    abs(coalesce(monthly.numerator, -1) - shown.numerator) > 0.000001
    or (shown.denominator is not null and abs(coalesce(monthly.denominator, -1) - shown.denominator) > 0.000001)
