-- Agents by pseudonymous key; the only table with names, so that one setting per legal entity (seed_agent_views) shows or removes
-- them everywhere. What belongs to nobody has the key `unowned`, once for all tenants.
with agents as (
    select * from {{ ref('canonical__agents') }}
),

-- The line of the tenant goes before the one for all, the one of the legal entity before both.
views as (
    select
        agents.agent_key,
        settings.agent_views,
        row_number() over (
            partition by agents.agent_key
            order by
                case when settings.legal_entity = agents.legal_entity then 0 else 1 end,
                case when settings.tenant_id = agents.tenant_id then 0 else 1 end,
                settings.valid_from desc
        ) as choice
    from agents
    inner join {{ ref('seed_agent_views') }} as settings
        on
        settings.tenant_id in (agents.tenant_id, '*')
        and settings.legal_entity in (agents.legal_entity, '*')
        and settings.valid_from <= cast({{ as_of_at() }} as date)
        and (settings.valid_to > cast({{ as_of_at() }} as date) or settings.valid_to is null)
),

final as (
    select
        agents.agent_key,
        case when coalesce(views.agent_views, 'named') = 'named' then agents.agent_id end as agent_id,
        agents.tenant_id,
        agents.source_system,
        case
            when coalesce(views.agent_views, 'named') = 'named' then agents.display_name
            when views.agent_views = 'pseudonymous' then 'Agent ' || left(agents.agent_key, 6)
            else 'Not shown'
        end as display_name,
        agents.is_bot,
        agents.home_tz,
        agents.legal_entity,
        agents.hired_on,
        agents.left_on,
        agents.agent_analytics_allowed,
        coalesce(views.agent_views, 'named') as agent_views
    from agents
    left join views
        on agents.agent_key = views.agent_key and views.choice = 1

    union all

    select
        'unowned' as agent_key,
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
