{{ config(materialized=step()) }}

-- Numbers as they were presented, as the ledger has them; persons by the key that they have today.

{{ ledger_numbers('snapshots', dict({'close_id': 'varchar'}, **dict(ledger_series(), **{
    'is_governed': 'boolean', 'unit': 'varchar', 'value': 'decimal(28, 9)', 'value_text': 'varchar', 'n': 'bigint', 'status': 'varchar',
    'target_version_id': 'varchar', 'target': 'decimal(28, 9)', 'definition_hash': 'varchar', 'as_of': 'timestamp',
}))) }}
