{{ config(materialized=step()) }}

-- Requests of sellers of whom nobody delivers tickets or messages: all there is to answer. Beside tickets without messages they would
-- be a part only. Grain: request.

with

defects as (

    select * from {{ ref('core__order_defects') }}

),

spoken as (

    select tenant_id from {{ ref('core__tickets') }}
    union
    select tenant_id from {{ ref('core__messages') }}

)

select
    defects.tenant_id,
    defects.defect_id
from defects
left join spoken on defects.tenant_id = spoken.tenant_id
where
    spoken.tenant_id is null
    and not coalesce(defects.is_deleted_in_source, false)
