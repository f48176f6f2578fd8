{{ config(access='protected') }}

-- KPIs of which one source of a tenant does not tell what they need while another does (int_kpi_source_lacks): what happened to
-- tickets of that source is no part of the KPI. Grain: source with tickets and KPI.

with

lacks as (

    select * from {{ ref('int_kpi_source_lacks') }}

),

needs as (

    select * from {{ ref('int_kpi_needs') }}
    where
        variant = '*'
        and clock = '*'

)

select
    lacks.tenant_id,
    lacks.source_system,
    needs.kpi_id,
    {{ min_by('needs.missing', 'needs.place') }} || ' (' || lacks.source_system || ')' as reason
from lacks
inner join needs on lacks.need = needs.need
group by lacks.tenant_id, lacks.source_system, needs.kpi_id
