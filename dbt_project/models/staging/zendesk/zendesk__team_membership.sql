with

memberships as (

    select * from {{ ref('stg_zendesk__group_memberships') }}
    where coalesce(is_default, false)

),

ordered as (

    -- one home team at a time: a default membership ends when the next one of the agent begins, or when it vanished
    select
        *,
        lead(created_at) over (partition by tenant_id, agent_id order by created_at, membership_id) as next_from,
        max(load_id) over (partition by tenant_id, agent_id) as newest_load_id
    from memberships

),

final as (

    select
        tenant_id,
        'zendesk' as source_system,
        membership_id as source_id,
        agent_id,
        team_id,
        created_at as valid_from,
        coalesce(next_from, missing_since) as valid_to,
        created_at as occurred_at,
        ingested_at,
        updated_at as source_updated_at,
        missing_since is not null as is_deleted_in_source,
        row_hash,
        newest_load_id as load_id,
        cast(null as varchar) as unmapped_values
    from ordered
    where next_from is null or next_from > created_at

)

select * from final
