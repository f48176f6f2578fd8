{{ config(access='protected', materialized=step()) }}

-- Persons of the house: agents of all systems who are one person are one row, described by the agent whose key the person has. What one
-- of them may not (be judged, be shown) the person may not. Grain: person of a tenant, which is `agent_key`.

with

agents as (

    select * from {{ ref('canonical__agents') }}

),

identities as (

    select * from {{ ref('canonical__agent_identities') }}

),

described as (

    select
        agents.*,
        coalesce(identities.keyed_as, agents.tenant_id || '|' || agents.source_system || '|' || agents.agent_id) as keyed_as,
        coalesce(identities.person_as, agents.tenant_id || '|' || agents.source_system || '|' || agents.agent_id) as person_as
    from agents
    left join identities
        on agents.tenant_id = identities.tenant_id
        and agents.source_system = identities.source_system
        and agents.agent_id = identities.agent_id

),

chosen as (

    -- the setting of the tenant goes before the one for all, that of the legal entity before both
    select
        described.*,
        settings.agent_views,
        row_number() over (
            partition by described.tenant_id, described.source_system, described.agent_id
            order by
                case when settings.legal_entity = described.legal_entity then 0 else 1 end,
                case when settings.tenant_id = described.tenant_id then 0 else 1 end,
                settings.valid_from desc
        ) as choice
    from described
    left join {{ ref('seed_agent_views') }} as settings
        on
        settings.tenant_id in (described.tenant_id, '*')
        and settings.legal_entity in (described.legal_entity, '*')
        and settings.valid_from <= cast({{ as_of_at() }} as date)
        and (settings.valid_to > cast({{ as_of_at() }} as date) or settings.valid_to is null)

),

united as (

    select
        *,
        row_number() over (
            partition by agent_key
            order by
                case when tenant_id || '|' || source_system || '|' || agent_id = keyed_as then 0 else 1 end,
                source_system,
                agent_id
        ) as place,
        min(case when agent_analytics_allowed then 1 else 0 end) over (partition by agent_key) = 1 as is_judged,
        -- one setting for a person in all tenants: what hides somebody in one would be read off the other
        max(case agent_views when 'off' then 3 when 'pseudonymous' then 2 else 1 end) over (partition by person_as) as hiding
    from chosen
    where choice = 1

)

select
    agent_key,
    person_as,
    tenant_id,
    source_system,
    agent_id,
    display_name,
    is_bot,
    home_tz,
    hired_on,
    left_on,
    legal_entity,
    is_judged as agent_analytics_allowed,
    case hiding when 3 then 'off' when 2 then 'pseudonymous' else 'named' end as agent_views
from united
where place = 1
