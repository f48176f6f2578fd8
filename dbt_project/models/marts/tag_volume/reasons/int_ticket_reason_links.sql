{{ config(materialized=step()) }}

-- Which reasons a counted ticket counts for, and how: as its primary reason, through a descendant, or by any tag.
with tickets as (
    select * from {{ ref('dim_tickets') }}
    where is_counted
),

rollups as (
    select * from {{ ref('int_reason_rollups') }}
),

reasons as (
    select * from {{ ref('dim_tags') }}
    where kind = 'reason'
),

ticket_tags as (
    select * from {{ ref('bridge_ticket_tags') }}
),

links as (
    select
        ticket_key,
        resolution_reason_tag_key as reason_tag_key,
        1 as is_primary,
        1 as is_rollup,
        0 as is_any
    from tickets

    union all

    select
        tickets.ticket_key,
        rollups.ancestor_tag_key,
        0,
        1,
        0
    from tickets
    inner join rollups
        on tickets.resolution_reason_tag_key = rollups.reason_tag_key

    union all

    select
        ticket_tags.ticket_key,
        rollups.ancestor_tag_key,
        0,
        0,
        1
    from ticket_tags
    inner join reasons
        on ticket_tags.tag_key = reasons.tag_key
    inner join rollups
        on ticket_tags.tag_key = rollups.reason_tag_key

    union all

    -- The primary reason is one of the ticket's tags, also where the tag list does not repeat it.
    select
        tickets.ticket_key,
        rollups.ancestor_tag_key,
        0,
        0,
        1
    from tickets
    inner join rollups
        on tickets.resolution_reason_tag_key = rollups.reason_tag_key
),

distinct_links as (
    select
        ticket_key,
        reason_tag_key,
        max(is_primary) as is_primary,
        max(is_rollup) as is_rollup,
        max(is_any) as is_any
    from links
    group by
        ticket_key,
        reason_tag_key
),

final as (
    select
        tickets.tenant_id,
        tickets.source_system,
        tickets.ticket_key,
        tickets.created_at,
        tickets.platform,
        tickets.marketplace_account_key,
        tickets.channel_key,
        distinct_links.reason_tag_key,
        distinct_links.is_primary,
        distinct_links.is_rollup,
        case when distinct_links.reason_tag_key is null then 1 else distinct_links.is_any end as is_any
    from distinct_links
    inner join tickets
        on distinct_links.ticket_key = tickets.ticket_key
)

select * from final
