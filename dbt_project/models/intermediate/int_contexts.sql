{{ config(materialized=step()) }}

-- Distinct contexts; grain: context.

select
    context_key,
    min(tenant_id) as tenant_id,
{%- for attribute in condition_attributes() %}
min({{ attribute }}) as {{ attribute }}{{ ',' if not loop.last }}
{%- endfor %}
from {{ ref('int_lane_contexts') }}
group by context_key
