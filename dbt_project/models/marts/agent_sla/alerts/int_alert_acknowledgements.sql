{{ config(materialized='view', schema='intermediate', access='private', contract={'enforced': false}) }}

-- Who has seen which alert, and when last, from the ledger.
with acknowledgements as (
    {{ ledger_rows('acknowledgements', {'alert_id': 'varchar', 'acknowledged_by': 'varchar', 'acknowledged_at': 'timestamp'}) }}
)

select
    alert_id,
    {{ max_by('acknowledged_by', 'acknowledged_at') }} as acknowledged_by,
    max(acknowledged_at) as acknowledged_at
from acknowledgements
group by alert_id
