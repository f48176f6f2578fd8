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
    {%- for check_name, limit_value, limit_condition, why, action in [
        (
            'policy_coverage_marketplace', 0.99, 'greater_or_equal',
            'a turn without a marketplace promise is in no compliance, so the rate speaks of the others only',
            'add a policy or target for the channels that have none (sla_policies, sla_targets)',
        ),
        (
            'policy_coverage_internal', 0.99, 'greater_or_equal',
            'a turn without a company target is in no compliance, so the rate speaks of the others only',
            'add a policy or target for the channels that have none (sla_policies, sla_targets)',
        ),
        (
            'time_precision_share_marketplace', 0.98, 'greater_or_equal',
            'verdicts that would flip inside the uncertainty of their source judge nobody',
            'ask the source for exact instants instead of dates or rounded times',
        ),
        (
            'time_precision_share_internal', 0.98, 'greater_or_equal',
            'verdicts that would flip inside the uncertainty of their source judge nobody',
            'ask the source for exact instants instead of dates or rounded times',
        ),
        (
            'clock_anomaly_rate', 0.001, 'less_or_equal',
            'an answer before its question is a wrong clock or zone, and every duration of that source is off with it',
            'correct the clock or the time zone of the source, then load it anew with --full-refresh',
        ),
        (
            'attribution_coverage', 0.98, 'greater_or_equal',
            'replies that nobody can be named for count for the company only, and persons look idler than they are',
            'find who answers outside the helpdesk, or map the shared account to persons',
        ),
        (
            'sync_lag_within_15_min', 0.95, 'greater_or_equal',
            'a message that reaches the helpdesk late cannot be answered earlier, and its lag is no fault of persons',
            'see the connection between marketplace and helpdesk (its tokens, limits and error log)',
        ),
        (
            'unmapped_rate', 0, 'less_or_equal',
            'a value outside the vocabulary is counted in no group',
            'correct the value in the source, or extend its mapping',
        ),
        (
            'late_arrival_rate', 0.005, 'less_or_equal',
            'facts that come long after they happened change numbers that people have seen',
            'pull the source more often, or ask its keeper for earlier files',
        ),
        (
            'late_after_close', 0.005, 'less_or_equal',
            'facts of a closed month that come after its close become restatements',
            'close later, or ask the keeper of the source for earlier files',
        ),
        (
            'load_completeness', 0.999, 'greater_or_equal',
            'what was refused or lost on the way is in no number',
            'read the reasons in data_quality.quarantined_records, correct the source, run again',
        ),
    ] %}
    select
        '{{ check_name }}' as check_name,
        cast({{ limit_value }} as decimal(18, 6)) as limit_value,
        '{{ limit_condition }}' as limit_condition,
        '{{ why }}' as why,
        '{{ action }}' as action
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

valued as (
    select
        measured.*,
        limits.limit_value,
        limits.limit_condition,
        limits.why,
        limits.action,
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
