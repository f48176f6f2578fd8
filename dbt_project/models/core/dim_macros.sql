-- Macros in their latest version.

with

ranked as (

    select
        *,
        row_number() over (partition by macro_key order by valid_from desc, version desc) as latest_no
    from {{ ref('canonical__macros') }}

)

select
    macro_key,
    macro_id,
    tenant_id,
    source_system,
    name,
    reason_tag_key,
    is_locked,
    policy_checked_on,
    version
from ranked
where latest_no = 1
