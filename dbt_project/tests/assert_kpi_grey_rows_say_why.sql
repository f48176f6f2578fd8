-- Every grey row names its reason, no coloured row has one, what is not measurable has no number, and no number comes from a
-- KPI that this version does not compute.

select
    monthly.tenant_id,
    monthly.month,
    monthly.kpi_id,
    monthly.stat,
    monthly.scope_type,
    monthly.scope_id,
    monthly.status,
    monthly.status_reason
from {{ ref('kpi_monthly') }} as monthly
inner join {{ ref('kpi_definitions') }} as definitions
    on
    monthly.kpi_id = definitions.kpi_id
    and monthly.kpi_version = definitions.kpi_version
where
    (monthly.status like 'grey%' and coalesce(monthly.status_reason, '') = '')
    or (monthly.status not like 'grey%' and monthly.status_reason is not null)
    or (monthly.status not like 'grey%' and (monthly.value is null or monthly.target is null))
    or (monthly.status = 'grey_not_measurable' and (monthly.value is not null or monthly.value_text is not null))
    or (not definitions.is_computed and monthly.value is not null)
