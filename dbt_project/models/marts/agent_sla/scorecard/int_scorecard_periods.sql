{{ config(schema='intermediate', access='private', contract={'enforced': false}) }}

-- What a scorecard covers: the last 7, 28 and 90 reporting days up to now, the last thirteen months (older agent rows do not
-- exist, catalogue §11.7), and whole quarters, from which the strength of shrinkage is estimated.
with days as (
    select
        *,
        row_number() over (partition by tenant_id order by date_day desc) as days_ago,
        cast(date_trunc('quarter', date_day) as date) as quarter
    from {{ ref('dim_dates') }}
    where day_start_at <= {{ as_of_at() }}
),

periods as (
    {% for length in [7, 28, 90] %}
    select
        tenant_id,
        '{{ length }}d' as period_type,
        min(date_day) as period_start,
        min(day_start_at) as start_at,
        max(day_end_at) as end_at,
        max(date_day) as last_day
    from days
    where days_ago <= {{ length }}
    group by tenant_id
    union all
    {% endfor %}
    select
        tenant_id,
        'month' as period_type,
        month as period_start,
        min(day_start_at) as start_at,
        max(day_end_at) as end_at,
        max(date_day) as last_day
    from days
    where month >= {{ dbt.dateadd('month', 1 - (var('agent_rows_kept_months') | int), month_start(as_of_at())) }}
    group by tenant_id, month
    union all
    select
        tenant_id,
        'quarter' as period_type,
        quarter as period_start,
        min(day_start_at) as start_at,
        max(day_end_at) as end_at,
        max(date_day) as last_day
    from days
    where quarter >= {{ dbt.dateadd('month', -15, month_start(as_of_at())) }}
    group by tenant_id, quarter
    having max(day_end_at) <= {{ as_of_at() }}
)

select * from periods
