{{ config(materialized=step()) }}

-- Who approved which restatement and which forum was shown it, as the ledger has it.

{{ ledger_rows('restatement_reviews', {
    'tenant_id': 'varchar', 'restatement_id': 'varchar', 'kind': 'varchar', 'person': 'varchar', 'forum_id': 'varchar',
    'reason_code': 'varchar', 'note': 'varchar', 'reviewed_at': 'timestamp', 'recorded_at': 'timestamp', 'recorded_by': 'varchar',
    'ledger_seq': 'bigint',
}) }}
