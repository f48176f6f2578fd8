{{ config(materialized=step()) }}

-- Tickets per reason in rolling windows of whole reporting days that end with each month (the running month: with as_of) and
-- in as many days before them, once per scope: a rank holds only inside the scope it was computed for. A reason is its
-- name, in whatever system; what is not tagged with a reason of the taxonomy is untagged.
with months as (
    select * from {{ ref('int_kpi_months') }}
),

days as (
    select * from {{ ref('int_reason_days') }}
),

windows as (
    {%- for days in [30, 60, 90] %}
    select
        tenant_id,
        month,
        {{ days }} as window_days,
        cast({{ dbt.dateadd('day', 1 - days, 'snapshot_day') }} as date) as window_from,
        snapshot_day as window_to,
        cast({{ dbt.dateadd('day', 1 - 2 * days, 'snapshot_day') }} as date) as previous_from
    from months
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    union all
    -- the month itself, for plain monthly volumes
    select
        tenant_id,
        month,
        0 as window_days,
        month as window_from,
        snapshot_day as window_to,
        cast({{ dbt.dateadd('month', -1, 'month') }} as date) as previous_from
    from months
),

-- A scope without tickets before the previous window has no comparable window. Two helpdesks may name channels of different platforms
-- alike: such a scope is of none.
scopes as (
    select
        tenant_id,
        scope_type,
        scope_id,
        case when count(distinct coalesce(platform, '')) = 1 then min(platform) end as platform,
        min(date_day) as first_day
    from days
    group by
        tenant_id,
        scope_type,
        scope_id
),

summed as (
    select
        days.tenant_id,
        windows.month,
        windows.window_days,
        windows.window_from,
        windows.window_to,
        windows.previous_from,
        days.scope_type,
        days.scope_id,
        days.reason_name,
        {%- for measure in ['tickets', 'tickets_with_descendants', 'tickets_any_tag'] %}
        sum(case when days.date_day >= windows.window_from then days.{{ measure }} else 0 end) as {{ measure }},
        {%- endfor %}
        sum(case when days.date_day < windows.window_from then days.tickets else 0 end) as previous_tickets
    from days
    inner join windows
        on days.tenant_id = windows.tenant_id
        and days.date_day >= windows.previous_from
        and days.date_day <= windows.window_to
    group by
        days.tenant_id,
        windows.month,
        windows.window_days,
        windows.window_from,
        windows.window_to,
        windows.previous_from,
        days.scope_type,
        days.scope_id,
        days.reason_name
),

final as (
    select
        summed.tenant_id,
        summed.month,
        summed.window_days,
        summed.window_from,
        summed.window_to,
        summed.scope_type,
        summed.scope_id,
        scopes.platform,
        summed.reason_name,
        cast(summed.tickets as bigint) as tickets,
        cast(summed.tickets_with_descendants as bigint) as tickets_with_descendants,
        cast(summed.tickets_any_tag as bigint) as tickets_any_tag,
        cast(summed.previous_tickets as bigint) as previous_tickets,
        scopes.first_day <= summed.previous_from as has_comparable_window
    from summed
    inner join scopes
        on summed.tenant_id = scopes.tenant_id
        and summed.scope_type = scopes.scope_type
        and summed.scope_id = scopes.scope_id
)

select * from final
