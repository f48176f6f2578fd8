{#- Envelope of a reference row that only other rows name: nobody delivered it, so it has neither instants nor a load. -#}
{% macro inferred_envelope() -%}
    null as occurred_at,
    null as ingested_at,
    null as source_updated_at,
    false as is_deleted_in_source,
    null as row_hash,
    null as load_id,
    null as unmapped_values,
    'inferred' as origin
{%- endmacro %}
