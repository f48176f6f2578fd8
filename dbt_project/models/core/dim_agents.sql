-- Agents by pseudonymous key; the only table with names, so that one setting per legal entity (seed_agent_views) shows or removes
-- them everywhere. One row for each person of a tenant. What belongs to nobody has the key `unowned`, once for all tenants.
with agents as (
    select * from {{ ref('int_persons') }}
),

final as (
    select
        agents.agent_key,
        {{ keyed_hash('agents.person_as', person_secret('inner_key'), person_secret('outer_key')) }} as person_key,
        case when agents.agent_views = 'named' then agents.agent_id end as agent_id,
        agents.tenant_id,
        agents.source_system,
        case
            when agents.agent_views = 'named' then agents.display_name
            when agents.agent_views = 'pseudonymous' then 'Agent ' || left(agents.agent_key, 6)
            else 'Not shown'
        end as display_name,
        agents.is_bot,
        agents.home_tz,
        agents.legal_entity,
        agents.hired_on,
        agents.left_on,
        agents.agent_analytics_allowed,
        agents.agent_views
    from agents

    union all

    select
        'unowned' as agent_key,
        'unowned' as person_key,
        cast(null as {{ dbt.type_string() }}) as agent_id,
        '*' as tenant_id,
        '*' as source_system,
        'Unowned' as display_name,
        false as is_bot,
        'UTC' as home_tz,
        'default' as legal_entity,
        cast(null as date) as hired_on,
        cast(null as date) as left_on,
        false as agent_analytics_allowed,
        'named' as agent_views
)

select * from final
