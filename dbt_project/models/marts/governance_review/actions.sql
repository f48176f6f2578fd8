{%- set columns = [
    'tenant_id', 'action_id', 'forum_id', 'meeting_at', 'month', 'kpi_id', 'scope_type', 'scope_id', 'trigger', 'decision',
    'decision_type', 'owner', 'due_on', 'expected_kpi', 'expected_change', 'evaluate_on', 'status', 'closed_at', 'evidence_ref',
    'follow_up_action_id',
] %}
with

recorded as (

    select
        *,
        row_number() over (partition by tenant_id, action_id order by ledger_seq desc, recorded_at desc) as recency
    from {{ ref('int_ledger_actions') }}

),

landed as (

    select * from {{ ref('core__actions') }}
    where not coalesce(is_deleted_in_source, false)

),

tenants as (

    select * from {{ ref('dim_tenants') }}

),

numbers as (

    select
        *,
        {{ surrogate_key(['series_key', 'cast(month as varchar)']) }} as kpi_monthly_key,
        row_number() over (
            partition by tenant_id, month, kpi_id, scope_type, scope_id
            order by
                kpi_version desc,
                case layer when 'none' then 1 when 'marketplace' then 2 else 3 end
        ) as preference,
        row_number() over (
            partition by tenant_id, month, kpi_id, scope_type, scope_id, layer order by kpi_version desc
        ) as preference_in_layer
    from {{ ref('int_kpi_history') }}
    where is_governed

),

presented as (

    select * from {{ ref('int_kpi_presented') }}

),

united as (

    select
        {{ columns | join(',\n        ') }},
        'command' as origin
    from recorded
    where recency = 1

    union all

    select
        {% for column in columns -%}
        {{ 'cast(landed.expected_change as decimal(28, 9)) as expected_change' if column == 'expected_change' else 'landed.' ~ column }},
        {% endfor -%}
        'landing' as origin
    from landed
    left join recorded
        on
        landed.tenant_id = recorded.tenant_id
        and landed.action_id = recorded.action_id
        and recorded.recency = 1
    where recorded.action_id is null

),

dated as (

    select
        united.*,
        cast({{ utc_to_local(as_of_at(), 'tenants.reporting_tz') }} as date) as today,
        cast({{ utc_to_local('united.closed_at', 'tenants.reporting_tz') }} as date) as closed_on,
        case
            when united.status = 'overdue' then 'open'
            when united.closed_at > {{ as_of_at() }} then 'open'
            else united.status
        end as known_status,
        -- the judged KPI, and behind a slash its layer
        split_part(coalesce(united.expected_kpi, united.kpi_id), '/', 1) as judged_kpi_id,
        nullif(split_part(coalesce(united.expected_kpi, united.kpi_id), '/', 2), '') as judged_layer,
        coalesce(
            united.month,
            cast({{ dbt.dateadd('month', -1, month_start(utc_to_local('united.meeting_at', 'tenants.reporting_tz'))) }} as date)
        ) as baseline_month,
        -- the last month that is over on the day of the judgement
        cast({{ dbt.dateadd('month', -1, month_start(add_days('united.evaluate_on', '1'))) }} as date) as evaluated_month
    from united
    inner join tenants on united.tenant_id = tenants.tenant_id
    where united.meeting_at <= {{ as_of_at() }}

),

measured as (

    select
        dated.*,
        coalesce(presented.value_presented, baseline.value) as baseline_value,
        evaluated.value as evaluated_value,
        evaluated.n < evaluated.min_n as is_small_n,
        sign(dated.expected_change) * (evaluated.value - coalesce(presented.value_presented, baseline.value)) as gain,
        sign(dated.expected_change)
        * (case when dated.expected_change > 0 then evaluated.ci_low else evaluated.ci_high end - coalesce(presented.value_presented, baseline.value))
            as least_gain,
        sign(dated.expected_change)
        * (case when dated.expected_change > 0 then evaluated.ci_high else evaluated.ci_low end - coalesce(presented.value_presented, baseline.value))
            as greatest_gain
    from dated
    {% for name, month in [('baseline', 'baseline_month'), ('evaluated', 'evaluated_month')] -%}
    left join numbers as {{ name }}
        on
        dated.tenant_id = {{ name }}.tenant_id
        and dated.{{ month }} = {{ name }}.month
        and dated.judged_kpi_id = {{ name }}.kpi_id
        and dated.scope_type = {{ name }}.scope_type
        and dated.scope_id = {{ name }}.scope_id
        and (
            (dated.judged_layer is null and {{ name }}.preference = 1)
            or (dated.judged_layer = {{ name }}.layer and {{ name }}.preference_in_layer = 1)
        )
    {% endfor -%}
    left join presented on baseline.kpi_monthly_key = presented.kpi_monthly_key

),

final as (

    select
        tenant_id,
        action_id,
        forum_id,
        meeting_at,
        month,
        kpi_id,
        scope_type,
        scope_id,
        trigger,
        decision,
        decision_type,
        owner,
        due_on,
        expected_kpi,
        expected_change,
        evaluate_on,
        case when known_status = 'open' and due_on < today then 'overdue' else known_status end as status,
        case when known_status <> 'open' then closed_at end as closed_at,
        case when known_status = 'done' then closed_on <= due_on end as is_closed_on_time,
        case
            when known_status <> 'done' or evaluate_on > today then null
            when least_gain > 0 and gain >= abs(expected_change) and not is_small_n then 'achieved'
            when least_gain > 0 and not is_small_n then 'partly'
            when greatest_gain < abs(expected_change) and not is_small_n then 'not_achieved'
            else 'inconclusive'
        end as outcome,
        baseline_month,
        baseline_value,
        case when evaluate_on <= today then evaluated_month end as evaluated_month,
        case when evaluate_on <= today then evaluated_value end as evaluated_value,
        case when evaluate_on <= today then {{ kpi_number('evaluated_value - baseline_value') }} end as measured_change,
        evidence_ref,
        follow_up_action_id,
        origin
    from measured

)

select * from final
