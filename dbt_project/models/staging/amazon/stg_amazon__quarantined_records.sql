with

refused as (

    {{ staged_quarantined_records('raw_amazon') }}

),

-- Stored by an earlier reading of the same report and no date at all: it counts nowhere, so it is named here.
unreadable as (

    select
        'stored-' || marketplace_id || '-' || order_id as record_id,
        _tenant_id as tenant_id,
        'amazon_sp' as source_system,
        'order_defects' as table_name,
        'raw_amazon.seller_feedback' as file_name,
        cast(null as bigint) as line_no,
        'feedback_date' as column_name,
        'the stored date of a feedback is no date; the next run reads the report again and corrects it' as reason,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from {{ source('raw_amazon', 'seller_feedback') }}
    where feedback_date is not null and {{ date_or_null('feedback_date') }} is null

),

unioned as (

    select * from refused
    union all
    select * from unreadable

)

select * from unioned
