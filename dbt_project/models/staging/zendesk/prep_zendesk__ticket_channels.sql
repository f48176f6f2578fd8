-- Channel of every ticket: the first rule, by position, whose brand and way in fit; blank conditions fit anything.
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

final as (

    select
        tickets.tenant_id,
        tickets.ticket_id,
        coalesce(matched.channel_id, 'zendesk_other') as channel_id,
        matched.channel_id is null as is_unmapped,
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

)

select * from final
