{{ config(materialized=step()) }}

-- Restatements, as the ledger has them; persons by the key that they have today.

{{ ledger_numbers('restatements', dict({'restatement_id': 'varchar'}, **dict(ledger_series(), **{
    'old_value': 'decimal(28, 9)', 'new_value': 'decimal(28, 9)', 'old_value_text': 'varchar', 'new_value_text': 'varchar',
    'old_status': 'varchar', 'new_status': 'varchar', 'delta': 'decimal(28, 9)', 'reason_code': 'varchar',
    'detail': 'varchar', 'affected_rows': 'bigint', 'detected_at': 'timestamp', 'definition_hash': 'varchar',
    'target_version_id': 'varchar', 'ledger_seq': 'bigint',
}))) }}
