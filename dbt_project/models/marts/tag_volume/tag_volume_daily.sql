with links as (
    select * from {{ ref('int_ticket_reason_links') }}
),

days as (
    select * from {{ ref('int_reporting_days') }}
),

tags as (
    select * from {{ ref('dim_tags') }}
),

counted as (
    select
        links.tenant_id,
        links.source_system,
        days.date_day,
        links.platform,
        links.marketplace_account_key,
        links.channel_key,
        links.reason_tag_key,
        cast(sum(links.is_primary) as bigint) as tickets,
        cast(sum(links.is_rollup) as bigint) as tickets_with_descendants,
        cast(sum(links.is_any) as bigint) as tickets_any_tag
    from links
    inner join days
        on links.tenant_id = days.tenant_id
        and cast(links.created_at as date) = days.utc_date
        and links.created_at >= days.day_start_at
        and links.created_at < days.day_end_at
    group by
        links.tenant_id,
        links.source_system,
        days.date_day,
        links.platform,
        links.marketplace_account_key,
        links.channel_key,
        links.reason_tag_key
),

final as (
    select
        {{ surrogate_key([
            'counted.tenant_id', 'counted.source_system', 'cast(counted.date_day as varchar)',
            "coalesce(counted.platform, '')", "coalesce(counted.marketplace_account_key, '')",
            "coalesce(counted.channel_key, '')", "coalesce(counted.reason_tag_key, '')",
        ]) }} as tag_volume_daily_key,
        counted.tenant_id,
        counted.source_system,
        counted.date_day,
        counted.platform,
        counted.marketplace_account_key,
        counted.channel_key,
        counted.reason_tag_key,
        case
            when counted.reason_tag_key is null then 'untagged'
            else coalesce(tags.name, 'unknown')
        end as reason_name,
        counted.reason_tag_key is null as is_untagged,
        counted.tickets,
        counted.tickets_with_descendants,
        counted.tickets_any_tag
    from counted
    left join tags
        on counted.reason_tag_key = tags.tag_key
)

select * from final
