-- Agents by pseudonymous key; the only table with names. What belongs to nobody has the key `unowned`, once for all tenants.

select
    agent_key,
    agent_id,
    tenant_id,
    source_system,
    display_name,
    is_bot,
    home_tz,
    legal_entity,
    hired_on,
    left_on,
    agent_analytics_allowed
from {{ ref('canonical__agents') }}
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
    false as agent_analytics_allowed
