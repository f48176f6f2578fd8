with

source as (

    {{ rows_if_present(source('raw_landing', 'actions'), {
        'tenant_id': 'varchar', 'source_system': 'varchar', 'source_id': 'varchar', 'action_id': 'varchar',
        'forum_id': 'varchar', 'meeting_at': 'timestamp', 'month': 'date', 'kpi_id': 'varchar', 'scope_type':
        'varchar', 'scope_id': 'varchar', 'trigger': 'varchar', 'decision': 'varchar', 'decision_type': 'varchar',
        'owner': 'varchar', 'due_on': 'date', 'expected_kpi': 'varchar', 'expected_change': 'decimal(18, 6)',
        'evaluate_on': 'date', 'status': 'varchar', 'closed_at': 'timestamp', 'evidence_ref': 'varchar',
        'follow_up_action_id': 'varchar', 'occurred_at': 'timestamp', 'ingested_at': 'timestamp', 'source_updated_at':
        'timestamp', 'is_deleted_in_source': 'boolean', 'row_hash': 'varchar', '_dlt_load_id': 'varchar',
    }) }}

),

renamed as (

    select
        tenant_id,
        source_system,
        source_id,
        action_id,
        forum_id,
        {{ to_utc('meeting_at') }} as meeting_at,
        month,
        kpi_id,
        scope_type,
        scope_id,
        trigger,
        decision,
        decision_type,
        owner,
        due_on,
        expected_kpi,
        expected_change,
        evaluate_on,
        status,
        {{ to_utc('closed_at') }} as closed_at,
        evidence_ref,
        follow_up_action_id,
        {{ to_utc('occurred_at') }} as occurred_at,
        {{ to_utc('ingested_at') }} as ingested_at,
        {{ to_utc('source_updated_at') }} as source_updated_at,
        is_deleted_in_source,
        row_hash,
        _dlt_load_id as load_id,
        cast(null as varchar) as unmapped_values
    from source

)

select * from renamed
