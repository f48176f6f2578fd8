-- What a forum achieves with its decisions, month by month: the KPIs of the forum itself.

with

months as (

    select * from {{ ref('int_kpi_months') }}
    where is_finished

),

actions as (

    select * from {{ ref('actions') }}

),

accountability as (

    select distinct
        tenant_id,
        kpi_id,
        scope_type,
        forum_id,
        valid_from,
        valid_to
    from {{ ref('kpi_accountability') }}
    where kind = 'A'

),

red as (

    select distinct
        history.tenant_id,
        history.month,
        accountability.forum_id,
        history.kpi_id,
        history.scope_type,
        history.scope_id
    from {{ ref('int_kpi_history') }} as history
    inner join accountability
        on
        history.tenant_id = accountability.tenant_id
        and history.kpi_id = accountability.kpi_id
        and history.scope_type = accountability.scope_type
        and history.month >= accountability.valid_from
        and (history.month < accountability.valid_to or accountability.valid_to is null)
    where
        history.is_governed
        and history.is_finished
        and history.status = 'red'

),

answered as (

    -- open when the month ended or decided later, by any forum; a dropped action answers nothing
    select
        red.tenant_id,
        red.month,
        red.forum_id,
        red.kpi_id,
        red.scope_type,
        red.scope_id,
        min(cast(actions.meeting_at as date)) as first_decided_on
    from red
    inner join months
        on
        red.tenant_id = months.tenant_id
        and red.month = months.month
    inner join actions
        on
        red.tenant_id = actions.tenant_id
        and red.kpi_id = actions.kpi_id
        and red.scope_type = actions.scope_type
        and red.scope_id = actions.scope_id
        and actions.status <> 'dropped'
        and (actions.month = red.month or actions.closed_at is null or actions.closed_at >= months.month_end_at)
    group by red.tenant_id, red.month, red.forum_id, red.kpi_id, red.scope_type, red.scope_id

),

reds as (

    select
        red.tenant_id,
        red.month,
        red.forum_id,
        count(*) as red_count,
        count(answered.kpi_id) as red_with_action_count
    from red
    left join answered
        on
        {% for column in ['tenant_id', 'month', 'forum_id', 'kpi_id', 'scope_type', 'scope_id'] -%}
        {{ 'and ' if not loop.first }}red.{{ column }} = answered.{{ column }}
        {% endfor -%}
    group by red.tenant_id, red.month, red.forum_id

),

waits as (

    -- days from the month's end to the decision; one taken before the month was over waited for nothing
    select
        answered.tenant_id,
        answered.month,
        answered.forum_id,
        count(*) as wait_count,
        {{ sorted_list(
            'greatest(' ~ seconds_between('cast(months.snapshot_day as timestamp)', 'cast(answered.first_decided_on as timestamp)')
            ~ ', 0) / 86400'
        ) }} as sorted_days
    from answered
    inner join months
        on
        answered.tenant_id = months.tenant_id
        and answered.month = months.month
    group by answered.tenant_id, answered.month, answered.forum_id

),

due as (

    select
        tenant_id,
        {{ month_start('due_on') }} as month,
        forum_id,
        count(*) as due_count,
        sum(case when is_closed_on_time then 1 else 0 end) as on_time_count
    from actions
    where status <> 'dropped'
    group by tenant_id, {{ month_start('due_on') }}, forum_id

),

judged as (

    select
        tenant_id,
        {{ month_start('evaluate_on') }} as month,
        forum_id,
        count(*) as judged_count,
        sum(case when outcome = 'achieved' then 1 else 0 end) as achieved_count
    from actions
    where outcome is not null
    group by tenant_id, {{ month_start('evaluate_on') }}, forum_id

),

forums as (

    select distinct
        tenant_id,
        forum_id
    from accountability
    where forum_id is not null
    union
    select distinct
        tenant_id,
        forum_id
    from actions

),

final as (

    select
        months.tenant_id,
        months.month,
        forums.forum_id,
        cast(coalesce(due.due_count, 0) as bigint) as due_count,
        cast(coalesce(due.on_time_count, 0) as bigint) as on_time_count,
        {{ kpi_number('due.on_time_count / nullif(' ~ as_double('due.due_count') ~ ', 0)') }} as on_time_share,
        cast(coalesce(reds.red_count, 0) as bigint) as red_count,
        cast(coalesce(reds.red_with_action_count, 0) as bigint) as red_with_action_count,
        {{ kpi_number('reds.red_with_action_count / nullif(' ~ as_double('reds.red_count') ~ ', 0)') }} as red_with_action_share,
        {{ kpi_number(
            '(' ~ list_item('waits.sorted_days', 'floor((waits.wait_count + 1) / 2.0)') ~ ' + '
            ~ list_item('waits.sorted_days', 'floor((waits.wait_count + 2) / 2.0)') ~ ') / 2.0'
        ) }} as median_days_to_action,
        cast(coalesce(judged.judged_count, 0) as bigint) as judged_count,
        cast(coalesce(judged.achieved_count, 0) as bigint) as achieved_count,
        {{ kpi_number('judged.achieved_count / nullif(' ~ as_double('judged.judged_count') ~ ', 0)') }} as achieved_share
    from months
    inner join forums on months.tenant_id = forums.tenant_id
    {% for name in ['due', 'reds', 'waits', 'judged'] -%}
    left join {{ name }}
        on
        months.tenant_id = {{ name }}.tenant_id
        and months.month = {{ name }}.month
        and forums.forum_id = {{ name }}.forum_id
    {% endfor %}
)

select * from final
