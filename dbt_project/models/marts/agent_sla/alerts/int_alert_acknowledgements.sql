{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

-- Who has seen which alert, and when last, from the ledger. An alert that was acknowledged under a former key of its person has
-- another id today; the one open until it is reviewed is found here, of the others `alerts` knows when they began.
with acknowledgements as (
    {{ ledger_rows('acknowledgements', {'alert_id': 'varchar', 'acknowledged_by': 'varchar', 'acknowledged_at': 'timestamp'}) }}
),

former as (
    select * from {{ ref('core__former_person_keys') }}
),

bursts as (
    select
        {{ surrogate_key(['tenant_id', "'sensitive_burst'", "'agent'", 'former_key']) }} as former_id,
        {{ surrogate_key(['tenant_id', "'sensitive_burst'", "'agent'", 'agent_key']) }} as alert_id
    from former
),

final as (
    select
        coalesce(bursts.alert_id, acknowledgements.alert_id) as alert_id,
        acknowledgements.acknowledged_by,
        acknowledgements.acknowledged_at
    from acknowledgements
    left join bursts
        on acknowledgements.alert_id = bursts.former_id
)

select
    alert_id,
    {{ max_by('acknowledged_by', 'acknowledged_at') }} as acknowledged_by,
    max(acknowledged_at) as acknowledged_at
from final
group by alert_id
