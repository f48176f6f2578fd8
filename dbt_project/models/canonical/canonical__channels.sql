with

delivered as (

    {{ canonical_reference(
        'channels',
        keys={
            'channel_key': surrogate_key(['tenant_id', 'source_system', 'channel_id']),
        },
        vendors=['ebay', 'edesk', 'zendesk'],
    ) }}

),

-- What tickets name and nobody delivered is a channel of which only the id is known: their turns are counted all the same.
named as (

    select distinct
        tickets.tenant_id,
        tickets.source_system,
        tickets.channel_id
    from {{ ref('canonical__tickets') }} as tickets
    left join delivered
        on
        tickets.tenant_id = delivered.tenant_id
        and tickets.source_system = delivered.source_system
        and tickets.channel_id = delivered.channel_id
    where tickets.channel_id is not null and delivered.channel_id is null

),

final as (

    select * from delivered

    union all

    select
        {{ surrogate_key(['tenant_id', 'source_system', 'channel_id']) }} as channel_key,
        tenant_id,
        source_system,
        channel_id as source_id,
        channel_id,
        channel_id as name,
        'other' as platform,
        null as channel_class,
        'async' as modality,
        'count_as_missed' as missed_policy,
        {{ inferred_envelope() }}
    from named

)

select * from final
