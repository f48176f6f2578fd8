-- Channel of every ticket: the first rule, by position, whose brand and way in fit; blank conditions fit anything. A follow-up or a
-- split says where it came from instead of how, so it takes the channel of that ticket.
with

tickets as (

    select * from {{ ref('stg_zendesk__tickets') }}

),

brands as (

    select * from {{ ref('stg_zendesk__brands') }}

),

rules as (

    select * from {{ ref('seed_zendesk_channel_rules') }}

),

ways as (

    -- a handful of combinations, so that rules are tried once a combination and not once a ticket
    select
        tickets.tenant_id,
        tickets.brand_id,
        brands.brand_name,
        tickets.via_channel,
        tickets.via_rel,
        max(brands.load_id) as brand_load_id
    from tickets
    left join brands
        on tickets.tenant_id = brands.tenant_id and tickets.brand_id = brands.brand_id
    group by tickets.tenant_id, tickets.brand_id, brands.brand_name, tickets.via_channel, tickets.via_rel

),

matched as (

    select
        ways.tenant_id,
        ways.brand_id,
        ways.via_channel,
        ways.via_rel,
        ways.brand_load_id,
        rules.channel_id,
        rules.marketplace_account_id,
        row_number() over (
            partition by ways.tenant_id, ways.brand_id, ways.via_channel, ways.via_rel
            order by
                case when rules.tenant_id = '*' then 1 else 0 end,
                case when rules.channel_id is null then 1 else 0 end,
                rules.position
        ) as place
    from ways
    left join rules
        on
        rules.tenant_id in (ways.tenant_id, '*')
        and coalesce(rules.brand_name, coalesce(ways.brand_name, '')) = coalesce(ways.brand_name, '')
        and coalesce(rules.via_channel, coalesce(ways.via_channel, '')) = coalesce(ways.via_channel, '')
        and coalesce(rules.via_rel, coalesce(ways.via_rel, '')) = coalesce(ways.via_rel, '')

),

ruled as (

    select
        tickets.tenant_id,
        tickets.ticket_id,
        case when tickets.via_rel in ('follow_up', 'split') then tickets.via_from_ticket_id end as origin_ticket_id,
        matched.channel_id,
        matched.marketplace_account_id,
        greatest(tickets.load_id, coalesce(matched.brand_load_id, '')) as load_id
    from tickets
    left join matched
        on
        tickets.tenant_id = matched.tenant_id
        and coalesce(tickets.brand_id, '') = coalesce(matched.brand_id, '')
        and coalesce(tickets.via_channel, '') = coalesce(matched.via_channel, '')
        and coalesce(tickets.via_rel, '') = coalesce(matched.via_rel, '')
        and matched.place = 1

),

final as (

    select
        ruled.tenant_id,
        ruled.ticket_id,
        coalesce(origin.channel_id, ruled.channel_id, 'zendesk_other') as channel_id,
        coalesce(origin.channel_id, ruled.channel_id) is null as is_unmapped,
        coalesce(origin.marketplace_account_id, ruled.marketplace_account_id) as marketplace_account_id,
        greatest(ruled.load_id, coalesce(origin.load_id, '')) as load_id
    from ruled
    left join ruled as origin
        on ruled.tenant_id = origin.tenant_id and ruled.origin_ticket_id = origin.ticket_id

)

select * from final
