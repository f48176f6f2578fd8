with

source as (

    select * from {{ source('raw_amazon', 'marketplace_participations') }}

),

renamed as (

    select
        _tenant_id as tenant_id,
        marketplace_id,
        name as marketplace_name,
        country_code,
        default_currency_code as currency,
        domain_name,
        is_participating,
        has_suspended_listings,
        row_hash,
        {{ to_utc('ingested_at') }} as ingested_at,
        _dlt_load_id as load_id
    from source

)

select * from renamed
