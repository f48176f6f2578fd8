with

-- Every table knows the account it was read for; an account is seen as soon as anything of it was loaded.
seen as (

    select
        tenant_id,
        marketplace_account_id,
        ingested_at,
        load_id
    from {{ ref('stg_ebay__orders') }}
    union all
    select
        tenant_id,
        marketplace_account_id,
        ingested_at,
        load_id
    from {{ ref('stg_ebay__seller_standards_profiles') }}
    union all
    select
        tenant_id,
        marketplace_account_id,
        ingested_at,
        load_id
    from {{ ref('stg_ebay__conversations') }}

),

accounts as (

    select
        tenant_id,
        marketplace_account_id,
        min(ingested_at) as ingested_at,
        max(load_id) as load_id
    from seen
    group by tenant_id, marketplace_account_id

),

-- An account id is a site, or a site followed by a colon and a name.
sited as (

    select
        accounts.*,
        sites.site,
        sites.country,
        sites.account_tz,
        row_number() over (
            partition by accounts.tenant_id, accounts.marketplace_account_id order by length(sites.site) desc nulls last
        ) as longest_first
    from accounts
    left join {{ ref('seed_marketplace_sites') }} as sites
        on
        sites.platform = 'ebay'
        and (
            accounts.marketplace_account_id = sites.site
            or accounts.marketplace_account_id like sites.site || ':%'
        )

),

sources_of_messages as (

    select
        accounts.tenant_id,
        accounts.marketplace_account_id,
        {{ max_by('choice.message_source', "case when choice.tenant_id = '*' then 0 else 1 end") }} as message_source
    from accounts
    inner join {{ ref('seed_ebay_message_accounts') }} as choice
        on
        accounts.marketplace_account_id = choice.marketplace_account_id
        and (accounts.tenant_id = choice.tenant_id or choice.tenant_id = '*')
    group by accounts.tenant_id, accounts.marketplace_account_id

),

final as (

    select
        sited.tenant_id,
        sited.marketplace_account_id,
        coalesce(sited.site, sited.marketplace_account_id) as site,
        coalesce(sited.country, 'unknown') as country,
        coalesce(sited.account_tz, 'UTC') as account_tz,
        replace(replace(sited.marketplace_account_id, '.', '_'), ':', '_') as channel_id,
        coalesce(sources_of_messages.message_source, 'helpdesk') as message_source,
        case when sited.site is null then 'site=' || sited.marketplace_account_id end as unmapped_values,
        sited.ingested_at,
        sited.load_id
    from sited
    left join sources_of_messages
        on
        sited.tenant_id = sources_of_messages.tenant_id
        and sited.marketplace_account_id = sources_of_messages.marketplace_account_id
    where sited.longest_first = 1

)

select * from final
