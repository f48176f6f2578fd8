-- Versions of the account's SLA policies with the time each was in force; the vendor shows today's only, so history begins with the
-- first load, and the first version seen counts as valid from ever.
with

policies as (

    select * from {{ ref('stg_zendesk__sla_policies') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by tenant_id, policy_id order by coalesce(updated_at, ingested_at), policy_version
        ) as version_no,
        lead(coalesce(updated_at, ingested_at)) over (
            partition by tenant_id, policy_id order by coalesce(updated_at, ingested_at), policy_version
        ) as next_from,
        max(load_id) over (partition by tenant_id, policy_id) as newest_load_id
    from policies

),

final as (

    select
        tenant_id,
        policy_id,
        policy_version,
        title,
        position,
        filter,
        policy_metrics,
        case
            when version_no = 1 then timestamp '1970-01-01 00:00:00'
            else coalesce(updated_at, ingested_at)
        end as valid_from,
        coalesce(next_from, missing_since) as valid_to,
        created_at,
        updated_at,
        missing_since,
        ingested_at,
        row_hash,
        newest_load_id as load_id
    from numbered

)

select * from final
