-- Every registered KPI has a governed company row in every month of every tenant: what cannot be measured is said, not left
-- out.

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

monthly as (

    select distinct
        tenant_id,
        month,
        kpi_id
    from {{ ref('kpi_monthly') }}
    where
        scope_type = 'company'
        and is_governed

)

select
    months.tenant_id,
    months.month,
    definitions.kpi_id
from months
cross join definitions
left join monthly
    on
    months.tenant_id = monthly.tenant_id
    and months.month = monthly.month
    and definitions.kpi_id = monthly.kpi_id
where monthly.kpi_id is null
