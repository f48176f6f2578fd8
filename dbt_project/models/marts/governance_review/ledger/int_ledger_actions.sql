{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

{{ ledger_rows('actions', {
    'tenant_id': 'varchar', 'action_id': 'varchar', 'forum_id': 'varchar', 'meeting_at': 'timestamp', 'month': 'date',
    'kpi_id': 'varchar', 'scope_type': 'varchar', 'scope_id': 'varchar', 'trigger': 'varchar', 'decision': 'varchar',
    'decision_type': 'varchar', 'owner': 'varchar', 'due_on': 'date', 'expected_kpi': 'varchar',
    'expected_change': 'decimal(28, 9)', 'evaluate_on': 'date', 'status': 'varchar', 'closed_at': 'timestamp',
    'evidence_ref': 'varchar', 'follow_up_action_id': 'varchar', 'recorded_at': 'timestamp', 'recorded_by': 'varchar',
    'ledger_seq': 'bigint',
}) }}
