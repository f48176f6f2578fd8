-- Exactly one role is accountable for a KPI at each scope level it may be read at, in every month that is reviewed.

with

months as (

    select distinct
        tenant_id,
        month
    from {{ ref('int_kpi_months') }}

),

definitions as (

    select * from {{ ref('kpi_definitions') }}
    where valid_to is null

),

levels as (

    {% for scope_type in ['company', 'platform', 'marketplace_account', 'channel', 'team', 'agent', 'reason', 'macro', 'fix'] %}
    select '{{ scope_type }}' as scope_type
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

accountable as (

    select * from {{ ref('kpi_accountability') }}
    where kind = 'A'

)

select
    months.tenant_id,
    months.month,
    definitions.kpi_id,
    levels.scope_type,
    count(accountable.role) as accountable_roles
from months
cross join definitions
inner join levels on '|' || definitions.allowed_scopes || '|' like '%|' || levels.scope_type || '|%'
left join accountable
    on
    months.tenant_id = accountable.tenant_id
    and definitions.kpi_id = accountable.kpi_id
    and levels.scope_type = accountable.scope_type
    and months.month >= accountable.valid_from
    and (months.month < accountable.valid_to or accountable.valid_to is null)
group by months.tenant_id, months.month, definitions.kpi_id, levels.scope_type
having count(accountable.role) <> 1
