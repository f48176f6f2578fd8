{{ config(materialized=step()) }}

-- Turns that became visible to agents during an outage that covers them: they say nothing about the reaction of a person.

select distinct
    obligations.obligation_key,
    true as is_visible_inside
from {{ ref('fct_response_obligations') }} as obligations
inner join {{ ref('int_incident_scopes') }} as incidents
    on
    obligations.tenant_id = incidents.tenant_id
    and obligations.available_at >= incidents.starts_at
    and obligations.available_at < incidents.ends_at
    and incidents.scope_key in (
        'company', obligations.platform, obligations.marketplace_account_key, obligations.channel_key, obligations.team_key
    )
