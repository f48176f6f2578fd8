with

source as (

    select * from {{ source('raw_ebay', 'customer_service_metrics') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        seller_account as marketplace_account_id,
        marketplace_id,
        lower(metric_type) as metric_type,
        lower(evaluation_cycle__evaluation_type) as evaluation,
        {{ to_utc('captured_at') }} as captured_at,
        {{ to_utc('evaluation_cycle__evaluation_date') }} as evaluated_at,
        {{ to_utc('evaluation_cycle__start_date') }} as look_back_from_at,
        {{ to_utc('evaluation_cycle__end_date') }} as look_back_to_at,
        dimension_metrics,
        metric_list,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
