{{ config(materialized=step()) }}

-- Outages in which nobody is to blame, with the key of what they cover as facts carry it: platform, account, channel or team, or the word
-- company. An id that several systems give covers all of them.

with

windows as (

    select * from {{ ref('core__incident_windows') }}
    where kind in ('outage', 'platform_outage', 'force_majeure')

),

scopes as (

    {% for scope_type, key in [
        ('marketplace_account', 'marketplace_account_key'), ('channel', 'channel_key'), ('team', 'team_key'),
    ] %}
    select
        tenant_id,
        '{{ scope_type }}' as scope_type,
        {{ scope_type }}_id as scope_id,
        {{ key }} as scope_key
    from {{ ref('dim_' ~ scope_type ~ 's') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    windows.tenant_id,
    windows.starts_at,
    windows.ends_at,
    case windows.scope_type
        when 'company' then 'company'
        when 'platform' then windows.scope_id
        else scopes.scope_key
    end as scope_key
from windows
left join scopes
    on
    windows.tenant_id = scopes.tenant_id
    and windows.scope_type = scopes.scope_type
    and windows.scope_id = scopes.scope_id
