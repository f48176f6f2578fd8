with

users as (

    select * from {{ ref('stg_zendesk__users') }}

),

staff as (

    select * from {{ ref('zendesk__staff') }}

),

final as (

    select
        users.tenant_id,
        'zendesk' as source_system,
        users.user_ref as source_id,
        users.user_ref as customer_ref,
        case
            when {{ json_field('users.user_fields', 'customer_type') }} in ('consumer', 'business', 'vip')
                then {{ json_field('users.user_fields', 'customer_type') }}
            else 'unknown'
        end as customer_type,
        {{ json_field('users.user_fields', 'region') }} as region,
        {{ json_field('users.user_fields', 'country') }} as country,
        users.created_at as first_seen_at,
        users.created_at as occurred_at,
        users.ingested_at,
        users.updated_at as source_updated_at,
        coalesce(not users.is_active, false) as is_deleted_in_source,
        users.row_hash,
        users.load_id,
        case
            when {{ json_field('users.user_fields', 'customer_type') }} not in ('consumer', 'business', 'vip', 'unknown')
                then 'customer_type=' || {{ json_field('users.user_fields', 'customer_type') }}
        end as unmapped_values
    from users
    left join staff
        on users.tenant_id = staff.tenant_id and users.user_ref = staff.user_ref
    where staff.user_ref is null

)

select * from final
