with

history as (

    select * from {{ ref('int_kpi_history') }}

),

accountability as (

    select * from {{ ref('kpi_accountability') }}
    where kind = 'A'

),

persons as (

    select * from {{ ref('int_kpi_persons') }}

),

a_year_ago as (

    select
        series_key,
        cast({{ dbt.dateadd('year', 1, 'month') }} as date) as month,
        value
    from history

),

final as (

    select
        {{ surrogate_key(['history.series_key', 'cast(history.month as varchar)']) }} as kpi_monthly_key,
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
        history.unit,
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
        {{ kpi_number('history.gap_to_target') }} as gap_to_target,
        case when history.has_month_before then {{ kpi_number('history.value - history.value_1') }} end as mom_delta,
        case
            when history.has_month_before
                then
                    {{ kpi_relative_change('history.value', 'history.value_1') }}
        end as mom_rel,
        {{ kpi_number('history.value - a_year_ago.value') }} as yoy_delta,
        {{ kpi_relative_change('history.value', 'a_year_ago.value') }} as yoy_rel,
        history.trend_3m,
        cast(history.off_target_streak as integer) as off_target_streak,
        cast(history.red_streak as integer) as red_streak,
        cast(null as varchar) as signal,
        accountability.role as accountable_role,
        persons.person_key as accountable_person,
        accountability.forum_id,
        case when history.is_finished then 'provisional' else 'open' end as close_state,
        {{ kpi_number('null') }} as value_presented,
        cast(null as bigint) as n_presented,
        cast(null as varchar) as status_presented,
        cast(null as timestamp) as presented_as_of,
        {{ kpi_number('null') }} as restated_delta,
        cast(null as varchar) as restatement_reason,
        cast(null as timestamp) as restated_at,
        history.status = 'red'
        or (history.status = 'amber' and coalesce(history.has_month_before and history.status_1 = 'amber', false)) as comment_required,
        cast(null as varchar) as comment_id,
        cast(null as integer) as open_action_count,
        history.definition_hash,
        {{ as_of_at() }} as as_of
    from history
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
    left join a_year_ago
        on
        history.series_key = a_year_ago.series_key
        and history.month = a_year_ago.month

)

select * from final
