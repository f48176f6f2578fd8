-- Tenants of whose tickets or account health the landing folder tells, described in `tenants` or not.

select tenant_id from {{ source('raw_landing', 'tickets') }}
union
select tenant_id from {{ source('raw_landing', 'account_health_snapshots') }}
