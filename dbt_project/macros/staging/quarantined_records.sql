{#- Refused rows of one source: the border of every source writes them in the same form. -#}
{% macro staged_quarantined_records(schema) -%}
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
    {{ to_utc('ingested_at') }} as ingested_at,
    _dlt_load_id as load_id
from {{ source(schema, 'quarantined_records') }}
{%- endmacro %}
