-- Channels of the account: the first rule, by position, whose type, country and name fit; blank conditions fit anything. A channel that no
-- rule knows stands for itself.

with

channels as (

    select * from {{ ref('stg_edesk__channels') }}

),

rules as (

    select * from {{ ref('seed_edesk_channel_rules') }}

),

ranked as (

    select
        channels.*,
        rules.channel_id as ruled_channel_id,
        rules.name as ruled_name,
        rules.platform,
        rules.channel_class,
        rules.modality,
        rules.missed_policy,
        rules.marketplace_account_id,
        row_number() over (
            partition by channels.tenant_id, channels.vendor_channel_id
            order by
                case when rules.tenant_id = '*' then 1 else 0 end,
                case when rules.channel_id is null then 1 else 0 end,
                rules.position
        ) as place
    from channels
    left join rules
        on
        rules.tenant_id in (channels.tenant_id, '*')
        and coalesce(rules.channel_type, lower(channels.channel_type)) = lower(channels.channel_type)
        and coalesce(rules.country, coalesce(channels.country, '')) = coalesce(channels.country, '')
        and coalesce(rules.channel_name, coalesce(channels.channel_name, '')) = coalesce(channels.channel_name, '')

),

final as (

    select
        tenant_id,
        vendor_channel_id,
        coalesce(ruled_channel_id, 'edesk_' || vendor_channel_id) as channel_id,
        coalesce(ruled_name, channel_name, channel_type) as name,
        coalesce(platform, 'other') as platform,
        coalesce(channel_class, 'email') as channel_class,
        coalesce(modality, 'async') as modality,
        coalesce(missed_policy, 'count_as_missed') as missed_policy,
        marketplace_account_id,
        case when ruled_channel_id is null then 'channel_type=' || channel_type end as unmapped_values,
        ingested_at,
        row_hash,
        load_id
    from ranked
    where place = 1

)

select * from final
