with

used as (

    select
        tickets.tenant_id,
        tag.value as tag_name,
        min(tickets.ingested_at) as ingested_at,
        max(tickets.load_id) as load_id
    from {{ ref('stg_zendesk__tickets') }} as tickets
    cross join lateral {{ json_values('tickets.tags') }} as tag
    group by tickets.tenant_id, tag.value

),

listed as (

    select
        tenant_id,
        tag_name,
        ingested_at,
        load_id
    from {{ ref('stg_zendesk__tags') }}

),

reasons as (

    select
        fields.tenant_id,
        choice.value as tag_name,
        choice.name as label,
        fields.ingested_at,
        fields.load_id
    from {{ ref('stg_zendesk__ticket_fields') }} as fields
    cross join lateral {{ json_rows('fields.options', {'value': 'text', 'name': 'text'}) }} as choice
    where fields.field_role = 'reason'

),

chosen as (

    -- reasons that were taken out of the field's list are still on old tickets
    select
        tenant_id,
        {{ json_field('custom_fields', 'reason') }} as tag_name,
        min(ingested_at) as ingested_at,
        max(load_id) as load_id
    from {{ ref('stg_zendesk__tickets') }}
    group by tenant_id, {{ json_field('custom_fields', 'reason') }}

),

unioned as (

    select
        tenant_id,
        tag_name,
        cast(null as varchar) as label,
        0 as is_reason,
        0 as is_offered,
        ingested_at,
        load_id
    from used
    union all
    select
        tenant_id,
        tag_name,
        cast(null as varchar) as label,
        0 as is_reason,
        0 as is_offered,
        ingested_at,
        load_id
    from listed
    union all
    select
        tenant_id,
        tag_name,
        label,
        1 as is_reason,
        1 as is_offered,
        ingested_at,
        load_id
    from reasons
    union all
    select
        tenant_id,
        tag_name,
        cast(null as varchar) as label,
        1 as is_reason,
        0 as is_offered,
        ingested_at,
        load_id
    from chosen

),

kinds as (

    select * from {{ ref('seed_zendesk_tag_kinds') }}

),

final as (

    select
        unioned.tenant_id,
        'zendesk' as source_system,
        unioned.tag_name as source_id,
        unioned.tag_name as tag_id,
        coalesce(max(unioned.label), unioned.tag_name) as name,
        case
            when max(unioned.is_reason) = 1 then 'reason'
            else coalesce(max(case when kinds.tenant_id <> '*' then kinds.kind end), max(kinds.kind), 'process')
        end as kind,
        cast(null as varchar) as parent_tag_id,
        max(unioned.is_reason) = 0 or max(unioned.is_offered) = 1 as is_active,
        cast(null as varchar) as canonical_tag_id,
        timestamp '1970-01-01 00:00:00' as valid_from,
        cast(null as timestamp) as valid_to,
        cast(null as timestamp) as occurred_at,
        min(unioned.ingested_at) as ingested_at,
        cast(null as timestamp) as source_updated_at,
        false as is_deleted_in_source,
        {{ hash_text('unioned.tag_name') }} as row_hash,
        max(unioned.load_id) as load_id,
        cast(null as varchar) as unmapped_values
    from unioned
    left join kinds
        on unioned.tag_name = kinds.tag_name and kinds.tenant_id in (unioned.tenant_id, '*')
    where unioned.tag_name is not null
    group by unioned.tenant_id, unioned.tag_name

)

select * from final
