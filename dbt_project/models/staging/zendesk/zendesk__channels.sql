with

definitions as (

    select * from {{ ref('seed_zendesk_channels') }}

),

tenants as (

    select * from {{ ref('zendesk__tenants') }}

),

offered as (

    -- the general line of a channel serves every tenant that has none of its own
    select
        tenants.tenant_id,
        tenants.load_id,
        definitions.channel_id,
        definitions.name,
        definitions.platform,
        definitions.channel_class,
        definitions.modality,
        definitions.missed_policy,
        row_number() over (
            partition by tenants.tenant_id, definitions.channel_id
            order by case when definitions.tenant_id = '*' then 1 else 0 end
        ) as place
    from tenants
    inner join definitions
        on definitions.tenant_id in (tenants.tenant_id, '*')

),

final as (

    select
        tenant_id,
        'zendesk' as source_system,
        channel_id as source_id,
        channel_id,
        name,
        platform,
        channel_class,
        modality,
        missed_policy,
        cast(null as timestamp) as occurred_at,
        {{ as_of_at() }} as ingested_at,
        cast(null as timestamp) as source_updated_at,
        false as is_deleted_in_source,
        {{ hash_text("channel_id || '|' || name || '|' || platform || '|' || channel_class || '|' || modality || '|' || missed_policy") }}
            as row_hash,
        load_id,
        cast(null as varchar) as unmapped_values
    from offered
    where place = 1

)

select * from final
