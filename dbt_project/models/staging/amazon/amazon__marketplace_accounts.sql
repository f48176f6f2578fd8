with

accounts as (

    select * from {{ ref('amazon__accounts') }}

),

-- The account's state is only published inside the health report; the newest one holds.
newest_status as (

    select
        tenant_id,
        marketplace_id,
        case account_status when 'suspended' then 'deactivated' else account_status end as status,
        captured_at,
        load_id,
        row_number() over (partition by tenant_id, marketplace_id order by captured_at desc, report_id desc) as newest_first
    from {{ ref('stg_amazon__account_health') }}

),

final as (

    select
        accounts.tenant_id,
        'amazon_sp' as source_system,
        accounts.marketplace_id as source_id,
        accounts.marketplace_account_id,
        'amazon' as platform,
        accounts.marketplace_account_id as site,
        accounts.country,
        'mixed' as fulfilment,
        accounts.account_tz,
        coalesce(newest_status.status, 'unknown') as status,
        cast(null as timestamp) as occurred_at,
        accounts.ingested_at,
        newest_status.captured_at as source_updated_at,
        false as is_deleted_in_source,
        {{ hash_text("accounts.row_hash || '|' || coalesce(newest_status.status, '')") }} as row_hash,
        greatest(accounts.load_id, coalesce(newest_status.load_id, accounts.load_id)) as load_id,
        accounts.unmapped_values
    from accounts
    left join newest_status
        on
        accounts.tenant_id = newest_status.tenant_id
        and accounts.marketplace_id = newest_status.marketplace_id
        and newest_status.newest_first = 1

)

select * from final
