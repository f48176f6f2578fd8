with

numbers as (

    -- persons' numbers of months beyond the limit are in the teams' and the company's alone (§11.7), presented or not
    select
        {{ surrogate_key(['counted.series_key', 'cast(counted.month as varchar)']) }} as kpi_monthly_key,
        counted.*
    from {{ ref('int_kpi_history') }} as counted
    inner join {{ ref('dim_tenants') }} as tenants on counted.tenant_id = tenants.tenant_id
    where counted.scope_type <> 'agent' or counted.month >= {{ agent_rows_from() }}

),

presented as (

    select closed.*
    from {{ ref('int_kpi_presented') }} as closed
    inner join {{ ref('dim_tenants') }} as tenants on closed.tenant_id = tenants.tenant_id
    where closed.scope_type <> 'agent' or closed.month >= {{ agent_rows_from() }}

),

history as (

    -- what was presented stays, also when nothing is behind it any more
    select
        {% for column in ledger_series() -%}
        coalesce(numbers.{{ column }}, presented.{{ column }}) as {{ column }},
        {% endfor -%}
        coalesce(numbers.is_governed, presented.is_governed) as is_governed,
        coalesce(numbers.unit, presented.unit) as unit,
        coalesce(numbers.status, 'grey_small_n') as status,
        coalesce(numbers.trend_3m, 'insufficient') as trend_3m,
        case
            when numbers.kpi_monthly_key is null then 'nothing is counted here any more; something was when the month was closed'
            else numbers.status_reason
        end as status_reason,
        coalesce(numbers.definition_hash, presented.definition_hash) as definition_hash,
        {% for column in [
            'series_key', 'value', 'value_text', 'numerator', 'denominator', 'n', 'ci_low', 'ci_high', 'target', 'target_high',
            'target_class', 'target_version_id', 'amber_tolerance', 'direction', 'gap_to_target', 'has_month_before',
            'status_1', 'off_target_streak', 'red_streak', 'is_finished', 'window_reason',
        ] -%}
        numbers.{{ column }},
        {% endfor -%}
        case
            when presented.restated_at is not null then 'restated'
            when presented.is_presented then 'frozen'
            when numbers.is_finished then 'provisional'
            else 'open'
        end as close_state,
        presented.value_presented,
        presented.n_presented,
        presented.status_presented,
        presented.presented_as_of,
        case when presented.restated_at is not null then {{ kpi_number('numbers.value - presented.value_presented') }} end
            as restated_delta,
        presented.restatement_reason,
        presented.restated_at,
        coalesce(presented.is_presented and coalesce(numbers.status, '') <> presented.status_presented, false)
            as has_restated_status
    from numbers
    full outer join presented on numbers.kpi_monthly_key = presented.kpi_monthly_key
    where
        numbers.kpi_monthly_key is not null
        or presented.is_presented

),

accountability as (

    select * from {{ ref('kpi_accountability') }}
    where kind = 'A'

),

persons as (

    select * from {{ ref('int_kpi_persons') }}

),

action_counts as (

    select
        tenant_id,
        kpi_id,
        scope_type,
        scope_id,
        cast(count(*) as integer) as open_action_count
    from {{ ref('actions') }}
    where status in ('open', 'overdue')
    group by tenant_id, kpi_id, scope_type, scope_id

),

comments as (

    -- what the forum said on a number is the newest decision it took on it
    select
        tenant_id,
        month,
        kpi_id,
        scope_type,
        scope_id,
        {{ max_by('action_id', "cast(meeting_at as varchar) || action_id") }} as comment_id
    from {{ ref('actions') }}
    where month is not null
    group by tenant_id, month, kpi_id, scope_type, scope_id

),

open_costs as (

    -- costs arrive late (§10.3): what rests on bookings that are not final says so, in whatever colour
    select
        costs.tenant_id,
        costs.month,
        definitions.kpi_id,
        definitions.kpi_version,
        cast(count(*) as varchar) || ' of the month''s cost bookings not final' as provisional_reason
    from {{ ref('int_costs') }} as costs
    inner join {{ ref('kpi_definitions') }} as definitions on '|' || definitions.required_input || '|' like '%|costs|%'
    where not costs.is_final
    group by costs.tenant_id, costs.month, definitions.kpi_id, definitions.kpi_version

),

final as (

    select
        history.kpi_monthly_key,
        history.tenant_id,
        history.month,
        history.kpi_id,
        history.kpi_version,
        history.stat,
        history.clock,
        history.layer,
        history.variant,
        history.scope_type,
        history.scope_id,
        history.is_governed,
        -- money is told in the money it is
        case when history.unit = 'currency' then tenants.currency else history.unit end as unit,
        history.value,
        history.value_text,
        history.numerator,
        history.denominator,
        history.n,
        history.ci_low,
        history.ci_high,
        history.target,
        history.target_high,
        history.target_class,
        history.target_version_id,
        history.amber_tolerance,
        history.direction,
        history.status,
        history.status_reason,
        case when history.value is not null then coalesce(open_costs.provisional_reason, history.window_reason) end
            as provisional_reason,
        {{ kpi_number('history.gap_to_target') }} as gap_to_target,
        {% for column in ['coverage_reason', 'mom_delta', 'mom_rel', 'mom_reason', 'yoy_delta', 'yoy_rel', 'yoy_reason'] -%}
        compared.{{ column }},
        {% endfor -%}
        case when compared.has_part_in_trend then 'insufficient' else history.trend_3m end as trend_3m,
        cast(history.off_target_streak as integer) as off_target_streak,
        cast(history.red_streak as integer) as red_streak,
        coalesce(signals.signal, 'none') as signal,
        accountability.role as accountable_role,
        persons.person_key as accountable_person,
        accountability.forum_id,
        history.close_state,
        history.value_presented,
        history.n_presented,
        history.status_presented,
        history.presented_as_of,
        history.restated_delta,
        history.restatement_reason,
        history.restated_at,
        history.status = 'red'
        or (history.status = 'amber' and coalesce(history.has_month_before and history.status_1 = 'amber', false))
        or history.has_restated_status
        or coalesce(signals.signal in ('outlier_bad', 'shift_bad'), false) as comment_required,
        comments.comment_id,
        coalesce(action_counts.open_action_count, 0) as open_action_count,
        history.definition_hash,
        {{ as_of_at() }} as as_of
    from history
    inner join {{ ref('dim_tenants') }} as tenants on history.tenant_id = tenants.tenant_id
    left join accountability
        on
        history.tenant_id = accountability.tenant_id
        and history.kpi_id = accountability.kpi_id
        and history.scope_type = accountability.scope_type
        and history.month >= accountability.valid_from
        and (history.month < accountability.valid_to or accountability.valid_to is null)
    left join persons
        on
        history.tenant_id = persons.tenant_id
        and history.month = persons.month
        and accountability.role = persons.role
        and persons.level = case when history.scope_type in ('team', 'agent') then history.scope_type else 'company' end
        and persons.scope_id = case when history.scope_type in ('team', 'agent') then history.scope_id else '*' end
    {% for name in ['action_counts', 'comments'] -%}
    left join {{ name }}
        on
        history.tenant_id = {{ name }}.tenant_id
        {%- if name == 'comments' %}
        and history.month = {{ name }}.month
        {%- endif %}
        and history.kpi_id = {{ name }}.kpi_id
        and history.scope_type = {{ name }}.scope_type
        and history.scope_id = {{ name }}.scope_id
    {% endfor -%}
    left join {{ ref('int_kpi_signals') }} as signals
        on
        history.series_key = signals.series_key
        and history.month = signals.month
    left join open_costs
        on
        history.tenant_id = open_costs.tenant_id
        and history.month = open_costs.month
        and history.kpi_id = open_costs.kpi_id
        and history.kpi_version = open_costs.kpi_version
    left join {{ ref('int_kpi_compared') }} as compared
        on
        history.series_key = compared.series_key
        and history.month = compared.month

)

select * from final
