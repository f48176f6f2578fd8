{% set columns %}
    tenant_id, source_system, source_id, channel_id, name, platform, channel_class, modality, missed_policy,
    occurred_at, ingested_at, source_updated_at, is_deleted_in_source, row_hash, load_id, unmapped_values
{% endset %}

with

unioned as (

    select {{ columns }}, 'landing' as origin, 1 as origin_rank from {{ ref('stg_landing__channels') }}
    union all
    select {{ columns }}, 'vendor' as origin, 2 as origin_rank from {{ ref('map_ebay__channels') }}
    union all
    select {{ columns }}, 'vendor' as origin, 2 as origin_rank from {{ ref('map_edesk__channels') }}
    union all
    select {{ columns }}, 'vendor' as origin, 2 as origin_rank from {{ ref('map_zendesk__channels') }}

),

ranked as (

    -- the landing file wins over the vendor, the vendor over the seed
    select
        *,
        min(origin_rank) over (partition by tenant_id, source_system) as best_rank
    from unioned

),

delivered as (

    select
        {{ surrogate_key(['tenant_id', 'source_system', 'channel_id']) }} as channel_key,
        {{ columns }},
        origin
    from ranked
    where origin_rank = best_rank

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
