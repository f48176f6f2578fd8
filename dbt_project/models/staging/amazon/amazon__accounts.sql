with

sites as (

    select * from {{ ref('seed_marketplace_sites') }}
    where platform = 'amazon'

),

participations as (

    select * from {{ ref('stg_amazon__marketplace_participations') }}

),

final as (

    select
        participations.tenant_id,
        participations.marketplace_id,
        coalesce(sites.site, replace(participations.domain_name, 'www.', ''), participations.marketplace_id)
            as marketplace_account_id,
        coalesce(sites.country, participations.country_code) as country,
        coalesce(sites.account_tz, 'UTC') as account_tz,
        case when sites.site is null then 'marketplace_id=' || participations.marketplace_id end as unmapped_values,
        participations.row_hash,
        participations.ingested_at,
        participations.load_id
    from participations
    left join sites
        on participations.marketplace_id = sites.vendor_id

)

select * from final
