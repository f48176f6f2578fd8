{#-
    What a connector says its source can tell, as rows of the canonical table: each of its `tenants` (tenant_id, load_id, and ingested_at
    unless that is given) with each of its `capabilities` (capability, level, note).
-#}
{% macro declared_capabilities(source_system, ingested_at='tenants.ingested_at') -%}
select
    tenants.tenant_id,
    '{{ source_system }}' as source_system,
    capabilities.capability as source_id,
    capabilities.capability,
    capabilities.level,
    capabilities.note,
    cast(null as timestamp) as occurred_at,
    {{ ingested_at }} as ingested_at,
    cast(null as timestamp) as source_updated_at,
    false as is_deleted_in_source,
    {{ hash_text("capabilities.capability || '|' || capabilities.level") }} as row_hash,
    tenants.load_id,
    cast(null as varchar) as unmapped_values
from tenants
cross join capabilities
{%- endmacro %}
