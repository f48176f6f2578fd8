with

figures as (

    select * from {{ ref('amazon__health_figures') }}

),

accounts as (

    select * from {{ ref('amazon__accounts') }}

),

statuses as (

    select * from {{ ref('stg_amazon__account_health') }}
    where account_status is not null

),

unioned as (

    select * from figures
    union all
    select
        tenant_id,
        report_id,
        marketplace_id,
        captured_at,
        'amz_account_status' as metric,
        cast(null as varchar) as fulfilment,
        cast(null as varchar) as dimension_key,
        cast(null as varchar) as dimension_value,
        cast(captured_at as date) as window_from,
        cast(captured_at as date) as window_to,
        cast(null as decimal(18, 6)) as numerator,
        cast(null as decimal(18, 6)) as denominator,
        cast(null as decimal(18, 6)) as rate,
        cast(null as decimal(18, 6)) as target_value,
        cast(null as varchar) as target_condition,
        -- the vendor's example says suspended where its schema says deactivated
        case account_status when 'suspended' then 'deactivated' else account_status end as status,
        row_hash,
        ingested_at,
        load_id
    from statuses

),

keyed as (

    select
        *,
        report_id || '|' || marketplace_id || '|' || metric || '|' || coalesce(fulfilment, '') || '|'
        || coalesce(dimension_value, '') as snapshot_id,
        coalesce(status, 'unknown') as published_status
    from unioned

),

final as (

    select
        keyed.tenant_id,
        'amazon_sp' as source_system,
        keyed.report_id as source_id,
        keyed.snapshot_id,
        coalesce(accounts.marketplace_account_id, keyed.marketplace_id) as marketplace_account_id,
        keyed.metric,
        cast(null as varchar) as program,
        'current' as evaluation,
        keyed.fulfilment,
        keyed.dimension_key,
        keyed.dimension_value,
        coalesce(keyed.window_from, cast(keyed.captured_at as date)) as window_from,
        coalesce(keyed.window_to, cast(keyed.captured_at as date)) as window_to,
        keyed.numerator,
        keyed.denominator,
        keyed.rate,
        keyed.target_value,
        keyed.target_condition,
        keyed.published_status,
        keyed.captured_at,
        keyed.captured_at as occurred_at,
        keyed.ingested_at,
        cast(null as timestamp) as source_updated_at,
        false as is_deleted_in_source,
        {{ hash_text("keyed.row_hash || '|' || keyed.snapshot_id") }} as row_hash,
        keyed.load_id,
        case
            when keyed.published_status not in (
                'good', 'fair', 'bad', 'none', 'great', 'warned', 'normal', 'at_risk', 'deactivated', 'unknown'
            ) then 'published_status=' || keyed.published_status
        end as unmapped_values
    from keyed
    left join accounts
        on keyed.tenant_id = accounts.tenant_id and keyed.marketplace_id = accounts.marketplace_id

)

select * from final
