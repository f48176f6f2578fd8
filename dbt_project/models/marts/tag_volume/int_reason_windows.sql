{{ config(materialized='view', schema='intermediate', access='private', contract={'enforced': false}) }}

-- Tickets per reason in the last 30, 60 and 90 reporting days and in as many days before them, once per scope: a rank
-- holds only inside the scope it was computed for, so scopes are rows, not sums over finer ranks.
with daily as (
    select * from {{ ref('tag_volume_daily') }}
),

-- The last day of a window is the local day that the as-of instant closes or lies in.
last_days as (
    select
        tenant_id,
        max(date_day) as window_to
    from {{ ref('dim_dates') }}
    where day_start_at < {{ as_of_at() }}
    group by tenant_id
),

window_lengths as (
    select 30 as window_days
    union all
    select 60 as window_days
    union all
    select 90 as window_days
),

windows as (
    select
        last_days.tenant_id,
        last_days.window_to,
        window_lengths.window_days,
        cast({{ dbt.dateadd('day', '1 - window_lengths.window_days', 'last_days.window_to') }} as date) as window_from,
        cast({{ dbt.dateadd('day', '1 - 2 * window_lengths.window_days', 'last_days.window_to') }} as date)
            as previous_from
    from last_days
    cross join window_lengths
),

scoped as (
    {%- for scope_type, scope_id in [
        ('company', "'all'"),
        ('platform', 'platform'),
        ('marketplace_account', 'marketplace_account_key'),
        ('channel', 'channel_key'),
    ] %}
    select
        tenant_id,
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        {{ 'cast(null as varchar)' if scope_type == 'company' else 'platform' }} as platform,
        date_day,
        reason_tag_key,
        tickets,
        tickets_with_descendants,
        tickets_any_tag
    from daily
    {%- if scope_type != 'company' %}
    where {{ scope_id }} is not null
    {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        scoped.tenant_id,
        windows.window_days,
        windows.window_from,
        windows.window_to,
        scoped.scope_type,
        scoped.scope_id,
        scoped.platform,
        scoped.reason_tag_key,
        cast(coalesce(sum(scoped.tickets) filter (where scoped.date_day >= windows.window_from), 0) as bigint) as tickets,
        cast(coalesce(sum(scoped.tickets) filter (where scoped.date_day < windows.window_from), 0) as bigint)
            as previous_tickets,
        cast(
            coalesce(sum(scoped.tickets_with_descendants) filter (where scoped.date_day >= windows.window_from), 0)
            as bigint
        ) as tickets_with_descendants,
        cast(coalesce(sum(scoped.tickets_any_tag) filter (where scoped.date_day >= windows.window_from), 0) as bigint)
            as tickets_any_tag
    from scoped
    inner join windows
        on scoped.tenant_id = windows.tenant_id
        and scoped.date_day >= windows.previous_from
        and scoped.date_day <= windows.window_to
    group by
        scoped.tenant_id,
        windows.window_days,
        windows.window_from,
        windows.window_to,
        scoped.scope_type,
        scoped.scope_id,
        scoped.platform,
        scoped.reason_tag_key
)

select * from final
