-- Tags by the id that tickets name, with the id people use: the name, as in every other helpdesk, so that a reason is the same one in
-- two of them. Two tags of one name are told apart by the vendor's id. What kind a tag is says its group.

with

tags as (

    select
        *,
        row_number() over (partition by tenant_id, trim(tag_name) order by cast(vendor_tag_id as bigint)) as namesake_no
    from {{ ref('stg_edesk__tags') }}

),

tag_groups as (

    select * from {{ ref('stg_edesk__tag_groups') }}

),

kinds as (

    select
        tenant_id,
        word as group_name,
        meaning as kind
    from {{ ref('seed_edesk_words') }}
    where subject = 'tag_group'

),

final as (

    select
        tags.tenant_id,
        tags.vendor_tag_id,
        case
            when coalesce(trim(tags.tag_name), '') = '' then tags.vendor_tag_id
            when tags.namesake_no > 1 then trim(tags.tag_name) || ' #' || tags.vendor_tag_id
            else trim(tags.tag_name)
        end as tag_id,
        coalesce(max(case when kinds.tenant_id <> '*' then kinds.kind end), max(kinds.kind), 'process') as kind,
        coalesce(tags.is_active, true) as is_active,
        tags.missing_since,
        tags.ingested_at,
        tags.row_hash,
        greatest(tags.load_id, coalesce(max(tag_groups.load_id), '')) as load_id
    from tags
    left join tag_groups
        on tags.tenant_id = tag_groups.tenant_id and tags.tag_group_id = tag_groups.tag_group_id
    left join kinds
        on
        lower(trim(tag_groups.group_name)) = lower(kinds.group_name)
        and kinds.tenant_id in (tags.tenant_id, '*')
    group by
        tags.tenant_id, tags.vendor_tag_id, tags.tag_name, tags.namesake_no, tags.is_active, tags.missing_since,
        tags.ingested_at, tags.row_hash, tags.load_id

)

select * from final
