{{ config(materialized=step()) }}

-- What was refused at the door, of the landing folder and of every vendor alike, and lines of a sheet that do not hold.
{%- set columns %}
    record_id, tenant_id, source_system, table_name, file_name, line_no, column_name, reason, row_hash, ingested_at
{%- endset %}

select {{ columns }} from {{ ref('stg_all__quarantined_records') }}
union all
select {{ columns }} from {{ ref('int_agent_identity_faults') }}
