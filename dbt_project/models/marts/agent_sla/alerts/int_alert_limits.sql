{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- Limits of the alert rules about the whole desk in force on each reporting day, the tenant's own before everybody's; grain: rule and
-- day. A severity without a row in force is never reached.
with chosen as (
    select
        days.tenant_id,
        days.day_no,
        limits.rule_id,
        limits.severity,
        limits.limit_value,
        limits.min_n,
        row_number() over (
            partition by days.tenant_id, days.day_no, limits.rule_id, limits.severity
            order by case when limits.tenant_id = days.tenant_id then 0 else 1 end, limits.valid_from desc
        ) as choice
    from {{ ref('int_alert_days') }} as days
    inner join {{ ref('seed_alert_limits') }} as limits
        on
        limits.tenant_id in (days.tenant_id, '*')
        and days.date_day >= limits.valid_from
        and (days.date_day < limits.valid_to or limits.valid_to is null)
)

select
    tenant_id,
    day_no,
    rule_id,
    max(case when severity = 'medium' then limit_value end) as medium_limit,
    max(case when severity = 'high' then limit_value end) as high_limit,
    max(case when severity = 'critical' then limit_value end) as critical_limit,
    min(limit_value) as lowest_limit,
    max(min_n) as min_n
from chosen
where choice = 1
group by tenant_id, day_no, rule_id
