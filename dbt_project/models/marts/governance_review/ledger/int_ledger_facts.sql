{{ config(materialized='view', schema='intermediate', access='private', contract={'enforced': false}) }}

-- Fingerprints of source rows, as the ledger has them.

{{ ledger_rows('facts', {
    'tenant_id': 'varchar', 'area': 'varchar', 'subject_key': 'varchar', 'month': 'date', 'row_count': 'bigint',
    'content_hash': 'varchar', 'state': 'varchar', 'recorded_at': 'timestamp', 'ledger_seq': 'bigint',
}) }}
