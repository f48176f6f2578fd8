{{ config(materialized=step()) }}

-- Targets of a layer and the time they are in force, by the validity of their policy; grain: target of a policy version.

with

policies as (

    select * from {{ ref('core__sla_policies') }}

),

targets as (

    select * from {{ ref('core__sla_targets') }}

)

select
    targets.tenant_id,
    policies.layer,
    targets.metric,
    policies.valid_from,
    policies.valid_to
from targets
inner join policies
    on
    targets.tenant_id = policies.tenant_id
    and targets.policy_id = policies.policy_id
    and targets.version = policies.version
where
    not coalesce(targets.is_deleted_in_source, false)
    and not coalesce(policies.is_deleted_in_source, false)
