with

staff as (

    select * from {{ ref('zendesk__staff') }}
    where kind in ('agent', 'bot')

),

users as (

    select * from {{ ref('stg_zendesk__users') }}

),

final as (

    select
        staff.tenant_id,
        'zendesk' as source_system,
        staff.staff_id as source_id,
        staff.staff_id as agent_id,
        cast(null as varchar) as agent_key,
        staff.display_name,
        staff.kind = 'bot' as is_bot,
        coalesce(users.time_zone, 'UTC') as home_tz,
        {{ date_or_null(json_field('users.user_fields', 'hired_on')) }} as hired_on,
        coalesce(
            {{ date_or_null(json_field('users.user_fields', 'left_on')) }},
            -- without an employment record: the day on which the vendor took the role away
            case when users.role = 'end-user' or not users.is_active then cast(users.updated_at as date) end
        ) as left_on,
        coalesce({{ json_field('users.user_fields', 'legal_entity') }}, 'default') as legal_entity,
        true as agent_analytics_allowed,
        users.created_at as occurred_at,
        staff.ingested_at,
        users.updated_at as source_updated_at,
        coalesce(not users.is_active, false) as is_deleted_in_source,
        coalesce(users.row_hash, {{ hash_text('staff.staff_id') }}) as row_hash,
        greatest(staff.load_id, coalesce(users.load_id, '')) as load_id,
        cast(null as varchar) as unmapped_values
    from staff
    left join users
        on staff.tenant_id = users.tenant_id and staff.user_ref = users.user_ref

)

select * from final
