{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- The contacts behind `reason_contact_rate`.

select
    tenant_id,
    month,
    'reason_contact_rate' as kpi_id,
    'none' as variant,
    platform,
    marketplace_account_key,
    cast(null as varchar) as channel_key,
    cast(null as varchar) as team_key,
    cast(null as varchar) as agent_key,
    'reason' as subject_type,
    reason_name as subject_id,
    obligation_key as fact_key,
    ticket_key,
    started_at as happened_at,
    reason_name as detail,
    1 as numerator
from {{ ref('int_kpi_reason_contacts') }}
