with

holidays as (

    select * from {{ ref('stg_zendesk__schedule_holidays') }}
    where missing_since is null

),

digits as (

    select ten.digit
    from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as ten (digit)

),

offsets as (

    select hundreds.digit * 100 + tens.digit * 10 + ones.digit as day_no
    from digits as hundreds
    cross join digits as tens
    cross join digits as ones

),

days as (

    -- overlapping holidays close a day once
    select
        holidays.tenant_id,
        holidays.schedule_id,
        cast({{ add_days('holidays.start_date', 'offsets.day_no') }} as date) as closed_on,
        min(holidays.holiday_id) as holiday_id,
        min(holidays.holiday_name) as label,
        min(holidays.ingested_at) as ingested_at,
        min(holidays.row_hash) as row_hash,
        max(holidays.load_id) as load_id
    from holidays
    inner join offsets
        on {{ add_days('holidays.start_date', 'offsets.day_no') }} <= holidays.end_date
    group by
        holidays.tenant_id, holidays.schedule_id, cast({{ add_days('holidays.start_date', 'offsets.day_no') }} as date)

),

final as (

    select
        tenant_id,
        'zendesk' as source_system,
        holiday_id || '-' || closed_on as source_id,
        schedule_id as calendar_id,
        closed_on as date,
        false as is_open,
        cast(null as varchar) as opens,
        cast(null as varchar) as closes,
        label,
        cast(null as timestamp) as occurred_at,
        ingested_at,
        cast(null as timestamp) as source_updated_at,
        false as is_deleted_in_source,
        row_hash,
        load_id,
        cast(null as varchar) as unmapped_values
    from days

)

select * from final
