-- Tenants of whose tickets or account health the landing folder tells, described in `tenants` or not.

select tenant_id from {{ ref('stg_landing__tickets') }}
union
select tenant_id from {{ ref('stg_landing__account_health_snapshots') }}
