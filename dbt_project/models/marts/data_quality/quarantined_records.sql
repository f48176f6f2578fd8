with records as (
    select * from {{ ref('core__quarantined_records') }}
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
