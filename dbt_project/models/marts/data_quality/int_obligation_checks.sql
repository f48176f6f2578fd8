{{ config(materialized='view', schema='intermediate', access='private', contract={'enforced': false}) }}

-- Daily checks on what was decided: does every obligation have a target, exact times and a sane clock? Waived and
-- excluded turns need no target, and external rules exist only where there is a marketplace account.
with obligations as (
    select * from {{ ref('fct_response_obligations') }}
),

days as (
    select * from {{ ref('int_reporting_days') }}
),

started as (
    select
        obligations.*,
        days.date_day
    from obligations
    inner join days
        on obligations.tenant_id = days.tenant_id
        and cast(obligations.started_at as date) = days.utc_date
        and obligations.started_at >= days.day_start_at
        and obligations.started_at < days.day_end_at
),

final as (
    {%- for layer in ['marketplace', 'internal'] %}
    select
        tenant_id,
        source_system,
        date_day,
        'policy_coverage_{{ layer }}' as check_name,
        cast(count(*) filter (where {{ layer }}_target_version_id is not null) as decimal(18, 6)) as numerator,
        cast(count(*) as decimal(18, 6)) as denominator
    from started
    where
        {{ layer }}_verdict in ('met', 'breached', 'pending', 'no_target')
        {%- if layer == 'marketplace' %}
        and marketplace_account_key is not null
        {%- endif %}
    group by
        tenant_id,
        source_system,
        date_day

    union all

    select
        tenant_id,
        source_system,
        date_day,
        'time_precision_share_{{ layer }}',
        cast(count(*) filter (where not is_time_uncertain) as decimal(18, 6)),
        cast(count(*) as decimal(18, 6))
    from started
    where {{ layer }}_verdict in ('met', 'breached')
    group by
        tenant_id,
        source_system,
        date_day

    union all
    {% endfor %}
    select
        tenant_id,
        source_system,
        date_day,
        'clock_anomaly_rate',
        cast(count(*) filter (where is_clock_anomaly) as decimal(18, 6)),
        cast(count(*) as decimal(18, 6))
    from started
    group by
        tenant_id,
        source_system,
        date_day
)

select * from final
