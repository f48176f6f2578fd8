{{ config(materialized=step()) }}

-- Policies with their conditions spread out (a list as JSON text, null = any); grain: policy version.

select
    tenant_id,
    layer,
    policy_id,
    version,
    position,
    {{ epoch_us('valid_from') }} as from_us,
    coalesce({{ epoch_us('valid_to') }}, {{ far_us() }}) as to_us,
{%- for attribute in condition_attributes() %}
{{ json_member('conditions', attribute) }} as {{ attribute }}{{ ',' if not loop.last }}
{%- endfor %}
from {{ ref('canonical__sla_policies') }}
where layer in ('marketplace', 'internal', 'group')
