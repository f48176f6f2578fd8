{% set columns %}
    tenant_id, source_system, source_id, marketplace_account_id, platform, site, country, fulfilment, account_tz,
    status, occurred_at, ingested_at, source_updated_at, is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 'landing' as origin, 1 as origin_rank from {{ ref('stg_landing__marketplace_accounts') }}
    union all
    select {{ columns }}, 'vendor' as origin, 2 as origin_rank from {{ ref('map_amazon__marketplace_accounts') }}
    union all
    select {{ columns }}, 'vendor' as origin, 2 as origin_rank from {{ ref('map_ebay__marketplace_accounts') }}

),

ranked as (

    -- the landing file wins over the vendor, the vendor over the seed
    select
        *,
        min(origin_rank) over (partition by tenant_id, marketplace_account_id) as best_rank
    from unioned

),

keyed as (

    select
        {{ surrogate_key(['tenant_id', 'marketplace_account_id']) }} as marketplace_account_key,
        {{ columns }},
        origin
    from ranked
    where origin_rank = best_rank

)

select * from keyed
