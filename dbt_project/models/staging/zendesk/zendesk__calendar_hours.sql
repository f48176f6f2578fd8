with

schedules as (

    select * from {{ ref('stg_zendesk__schedules') }}

),

intervals as (

    select
        schedules.tenant_id,
        schedules.schedule_id,
        schedules.created_at,
        schedules.updated_at,
        schedules.missing_since,
        schedules.ingested_at,
        schedules.row_hash,
        schedules.load_id,
        entry.start_time,
        entry.end_time
    from schedules
    cross join lateral {{ json_rows('schedules.intervals', {'start_time': 'bigint', 'end_time': 'bigint'}) }} as entry

),

days as (

    -- minutes count from Sunday 00:00; the eighth day catches what runs past the end of the week
    select
        week.day_no * 1440 as day_start,
        (week.day_no + 1) * 1440 as day_end,
        (week.day_no + 6) % 7 + 1 as weekday
    from (values (0), (1), (2), (3), (4), (5), (6), (7)) as week (day_no)

),

cut as (

    select
        intervals.*,
        days.weekday,
        greatest(intervals.start_time, days.day_start) - days.day_start as opens_minute,
        least(intervals.end_time, days.day_end) - days.day_start as closes_minute
    from intervals
    inner join days
        on intervals.start_time < days.day_end and intervals.end_time > days.day_start

),

final as (

    select
        tenant_id,
        'zendesk' as source_system,
        schedule_id || '-' || weekday || '-' || opens_minute as source_id,
        schedule_id as calendar_id,
        cast(weekday as integer) as weekday,
        {{ clock_text('opens_minute') }} as opens,
        {{ clock_text('closes_minute') }} as closes,
        -- the vendor keeps no history of its schedules
        date '1970-01-01' as valid_from,
        cast(missing_since as date) as valid_to,
        created_at as occurred_at,
        ingested_at,
        updated_at as source_updated_at,
        missing_since is not null as is_deleted_in_source,
        row_hash,
        load_id,
        cast(null as varchar) as unmapped_values
    from cut

)

select * from final
