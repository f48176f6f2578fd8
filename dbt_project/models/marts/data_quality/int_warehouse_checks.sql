{{ config(materialized='table', schema='intermediate', access='protected', contract={'enforced': false}) }}

-- All checks the models make themselves, judged. Limits are those of the catalogue's data-quality cards.
with measured as (
    select
        tenant_id,
        source_system,
        'fct_response_obligations' as table_name,
        date_day,
        check_name,
        numerator,
        denominator
    from {{ ref('int_obligation_checks') }}

    union all

    select
        tenant_id,
        source_system,
        'fct_messages' as table_name,
        date_day,
        check_name,
        numerator,
        denominator
    from {{ ref('int_message_checks') }}

    union all

    select
        tenant_id,
        source_system,
        table_name,
        date_day,
        check_name,
        numerator,
        denominator
    from {{ ref('int_load_checks') }}
),

limits as (
    {%- for check_name, limit_value, limit_condition in [
        ('policy_coverage_marketplace', 0.99, 'greater_or_equal'),
        ('policy_coverage_internal', 0.99, 'greater_or_equal'),
        ('time_precision_share_marketplace', 0.98, 'greater_or_equal'),
        ('time_precision_share_internal', 0.98, 'greater_or_equal'),
        ('clock_anomaly_rate', 0.001, 'less_or_equal'),
        ('attribution_coverage', 0.98, 'greater_or_equal'),
        ('sync_lag_within_15_min', 0.95, 'greater_or_equal'),
        ('unmapped_rate', 0, 'less_or_equal'),
        ('late_arrival_rate', 0.005, 'less_or_equal'),
        ('late_after_close', 0.005, 'less_or_equal'),
        ('load_completeness', 0.999, 'greater_or_equal'),
    ] %}
    select
        '{{ check_name }}' as check_name,
        cast({{ limit_value }} as decimal(18, 6)) as limit_value,
        '{{ limit_condition }}' as limit_condition
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

valued as (
    select
        measured.*,
        limits.limit_value,
        limits.limit_condition,
        cast(1.0 * measured.numerator / nullif(measured.denominator, 0) as decimal(18, 6)) as check_value
    from measured
    inner join limits
        on measured.check_name = limits.check_name
),

final as (
    select
        valued.*,
        case
            when check_value is null then 'not_measurable'
            when limit_condition = 'greater_or_equal' and check_value >= limit_value then 'passed'
            when limit_condition = 'less_or_equal' and check_value <= limit_value then 'passed'
            else 'failed'
        end as status
    from valued
)

select * from final
