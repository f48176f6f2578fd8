with

source as (

    select * from {{ source('raw_ebay', 'seller_standards_profiles') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        seller_account as marketplace_account_id,
        program,
        lower(cycle__cycle_type) as evaluation,
        {{ to_utc('captured_at') }} as captured_at,
        {{ to_utc('cycle__evaluation_date') }} as evaluated_at,
        cycle__evaluation_month as evaluation_month,
        default_program as is_default_program,
        lower(standards_level) as standards_level,
        metrics,
        metric_list,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
