{{ config(materialized=step()) }}

-- Tenants all of whose teams keep the same hours: business time is the same whichever team a ticket is with. Grain: tenant.

select tenants.tenant_id
from {{ ref('dim_tenants') }} as tenants
left join {{ ref('core__team_calendars') }} as calendars on tenants.tenant_id = calendars.tenant_id
group by tenants.tenant_id
having count(distinct calendars.calendar_id) <= 1
