-- What was refused at the door, of the landing folder and of every vendor alike.
with

unioned as (

    {%- for source_name in ['landing', 'zendesk', 'amazon', 'ebay', 'edesk'] %}
    select
        record_id,
        tenant_id,
        source_system,
        table_name,
        file_name,
        line_no,
        column_name,
        reason,
        row_hash,
        ingested_at,
        load_id
    from {{ ref('stg_' ~ source_name ~ '__quarantined_records') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from unioned
