with

macros as (

    select * from {{ ref('stg_zendesk__macros') }}

),

final as (

    select
        tenant_id,
        'zendesk' as source_system,
        macro_id as source_id,
        macro_id,
        title as name,
        reason_tag as reason_tag_id,
        false as is_locked,
        cast(null as date) as policy_checked_on,
        cast(null as varchar) as dynamic_fields,
        '1' as version,
        timestamp '1970-01-01 00:00:00' as valid_from,
        case when missing_since is not null then missing_since when not is_active then updated_at end as valid_to,
        created_at as occurred_at,
        ingested_at,
        updated_at as source_updated_at,
        missing_since is not null as is_deleted_in_source,
        row_hash,
        load_id,
        cast(null as varchar) as unmapped_values
    from macros

)

select * from final
