with records as (
    {% set columns %}
    record_id, tenant_id, source_system, table_name, file_name, line_no, column_name, reason, row_hash, ingested_at
    {%- endset %}
    select {{ columns }} from {{ ref('stg_all__quarantined_records') }}
    union all
    select {{ columns }} from {{ ref('int_agent_identity_faults') }}
),

final as (
    select
        {{ surrogate_key(['tenant_id', 'source_system', 'record_id']) }} as quarantined_record_key,
        tenant_id,
        source_system,
        table_name,
        file_name,
        line_no,
        column_name,
        reason,
        row_hash as value_hash,
        ingested_at as detected_at
    from records
)

select * from final
