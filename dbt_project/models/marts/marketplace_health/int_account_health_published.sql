{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

-- The last published snapshot of every series, carried to each local day until the next one. A series is one metric of
-- one account with its program, evaluation, fulfilment, window length and dimension; windows of one metric differ in
-- length and are told apart by the nearest usual length, because the platforms' months have 28 to 31 days.
with snapshots as (
    select * from {{ ref('core__account_health_snapshots') }}
    where captured_at <= {{ as_of_at() }} and not is_deleted_in_source
),

days as (
    select * from {{ ref('int_reporting_days') }}
),

calendar_days as (
    select distinct
        tenant_id,
        day_no,
        date_day
    from days
),

day_offsets as (
    select distinct day_no - 1 as day_offset from calendar_days
),

labelled as (
    select
        snapshots.*,
        days.day_no as captured_day_no,
        {{ seconds_between('cast(window_from as timestamp)', 'cast(window_to as timestamp)') }} / 86400 + 1 as window_days
    from snapshots
    inner join days
        on snapshots.tenant_id = days.tenant_id
        and cast(snapshots.captured_at as date) = days.utc_date
        and snapshots.captured_at >= days.day_start_at
        and snapshots.captured_at < days.day_end_at
),

measured as (
    select
        labelled.*,
        case
            when window_days is null then 'none'
            when window_days <= 8 then '7d'
            when window_days <= 12 then '10d'
            when window_days <= 16 then '14d'
            when window_days between 27 and 35 then '30d'
            when window_days between 55 and 66 then '60d'
            when window_days between 85 and 100 then '90d'
            when window_days between 350 and 380 then '365d'
            else cast(cast(window_days as bigint) as varchar) || 'd'
        end as window_length
    from labelled
),

series as (
    select
        measured.*,
        {{ hash_text(
            "marketplace_account_key || '|' || metric || '|' || coalesce(program, '') || '|' || coalesce(evaluation, '')"
            ~ " || '|' || coalesce(fulfilment, '') || '|' || coalesce(dimension_key, '') || '|'"
            ~ " || coalesce(dimension_value, '') || '|' || window_length"
        ) }} as series_key
    from measured
),

-- Status runs: how long the published status has stood, counted over snapshots, not over days.
changes as (
    select
        series.*,
        case
            when lag(published_status) over in_series is null or lag(published_status) over in_series <> published_status
                then captured_day_no
        end as status_changed_day_no,
        row_number() over (
            partition by series_key, captured_day_no
            order by captured_at desc, snapshot_key desc
        ) as recency
    from series
    window in_series as (partition by series_key order by captured_at, snapshot_key)
),

standing as (
    select
        changes.*,
        max(status_changed_day_no) over (
            partition by series_key
            order by captured_at, snapshot_key
            rows between unbounded preceding and current row
        ) as status_since_day_no
    from changes
),

ranges as (
    select
        standing.*,
        lead(captured_day_no) over (partition by series_key order by captured_day_no) as next_day_no
    from standing
    where recency = 1
),

last_days as (
    select
        tenant_id,
        max(day_no) as last_day_no
    from calendar_days
    group by tenant_id
),

final as (
    select
        ranges.*,
        calendar_days.date_day,
        calendar_days.day_no - ranges.captured_day_no as days_since_capture,
        case
            when ranges.published_status is not null then calendar_days.day_no - ranges.status_since_day_no
        end as days_since_status_change
    from ranges
    inner join last_days
        on ranges.tenant_id = last_days.tenant_id
    -- A range is a few days long, so the offsets are cut by one inequality before days are looked up by number.
    inner join day_offsets
        on day_offsets.day_offset < coalesce(ranges.next_day_no, last_days.last_day_no + 1) - ranges.captured_day_no
    inner join calendar_days
        on ranges.tenant_id = calendar_days.tenant_id
        and ranges.captured_day_no + day_offsets.day_offset = calendar_days.day_no
)

select * from final
