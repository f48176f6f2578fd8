{{ config(materialized=step(), access='protected') }}

-- Months that were closed, as the ledger has them.

{{ ledger_rows('closes', {
    'close_id': 'varchar', 'tenant_id': 'varchar', 'month': 'date', 'closed_at': 'timestamp', 'closed_by': 'varchar',
    'data_as_of': 'timestamp', 'row_count': 'bigint', 'snapshot_hash': 'varchar', 'gate_results': 'varchar',
    'waived_gates': 'varchar', 'operator': 'varchar', 'ledger_seq': 'bigint',
}) }}
