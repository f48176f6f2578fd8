with

source as (

    select * from {{ source('raw_amazon', 'account_health') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        report_id,
        marketplace_id,
        {{ to_utc('captured_at') }} as captured_at,
        lower(account_status) as account_status,
        performance_metrics,
        metric_list,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
