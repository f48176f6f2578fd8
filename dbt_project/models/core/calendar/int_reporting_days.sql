-- A local day touches at most three UTC dates. One row per touched date lets every instant find its local day by an
-- equi-join on its UTC date plus a range filter, which stays linear on all engines and needs no zone arithmetic.
with days as (
    select * from {{ ref('dim_dates') }}
),

offsets as (
    select 0 as day_offset
    union all
    select 1 as day_offset
    union all
    select 2 as day_offset
),

numbered as (
    select
        days.tenant_id,
        days.date_day,
        days.day_start_at,
        days.day_end_at,
        days.date_day < {{ agent_rows_from() }} as are_agents_aggregated,
        row_number() over (partition by days.tenant_id order by days.date_day) as day_no
    from days
    inner join {{ ref('dim_tenants') }} as tenants
        on days.tenant_id = tenants.tenant_id
    where days.day_start_at <= {{ as_of_at() }}
),

touched as (
    select
        numbered.tenant_id,
        numbered.date_day,
        numbered.day_no,
        numbered.day_start_at,
        numbered.day_end_at,
        numbered.are_agents_aggregated,
        {{ add_seconds('cast(cast(numbered.day_start_at as date) as timestamp)', 'offsets.day_offset * 86400') }}
            as utc_midnight_at
    from numbered
    cross join offsets
),

final as (
    select
        tenant_id,
        cast(utc_midnight_at as date) as utc_date,
        date_day,
        day_no,
        day_start_at,
        day_end_at,
        least(day_end_at - interval '1 microsecond', {{ as_of_at() }}) as last_instant_at,
        day_end_at > {{ as_of_at() }} as is_running_day,
        are_agents_aggregated
    from touched
    where utc_midnight_at < day_end_at
)

select * from final
