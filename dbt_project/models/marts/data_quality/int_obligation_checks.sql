{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

-- Daily checks on what was decided: does every obligation have a target, exact times and a sane clock? Waived and
-- excluded turns need no target, and external rules exist only where there is a marketplace account. Days as in the cards of
-- the same KPIs: exact times on the day of the verdict, the others on the day the turn began; spam, deleted and test tickets
-- are in no rate.
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

verdicts as (
    {%- for layer in ['marketplace', 'internal'] %}
    select
        obligations.tenant_id,
        obligations.source_system,
        days.date_day,
        '{{ layer }}' as layer,
        obligations.is_time_uncertain
    from obligations
    inner join days
        on obligations.tenant_id = days.tenant_id
        and cast(obligations.{{ layer }}_verdict_at as date) = days.utc_date
        and obligations.{{ layer }}_verdict_at >= days.day_start_at
        and obligations.{{ layer }}_verdict_at < days.day_end_at
    where obligations.{{ layer }}_verdict in ('met', 'breached')
    {{ 'union all' if not loop.last }}
    {%- endfor %}
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
        state <> 'excluded'
        and {{ layer }}_verdict in ('met', 'breached', 'pending', 'no_target')
        {%- if layer == 'marketplace' %}
        and marketplace_account_key is not null
        {%- endif %}
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
        'time_precision_share_' || layer,
        cast(count(*) filter (where not is_time_uncertain) as decimal(18, 6)),
        cast(count(*) as decimal(18, 6))
    from verdicts
    group by
        tenant_id,
        source_system,
        date_day,
        layer

    union all

    select
        tenant_id,
        source_system,
        date_day,
        'clock_anomaly_rate',
        cast(count(*) filter (where is_clock_anomaly) as decimal(18, 6)),
        cast(count(*) as decimal(18, 6))
    from started
    where state <> 'excluded' or exclusion_reason = 'clock_anomaly'
    group by
        tenant_id,
        source_system,
        date_day
)

select * from final
