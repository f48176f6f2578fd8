-- Tags with the tag they are a synonym or rename of.

select
    tags.tag_key,
    tags.tag_id,
    tags.tenant_id,
    tags.source_system,
    tags.name,
    tags.kind,
    tags.parent_tag_key,
    coalesce(canonical_tags.tag_key, tags.tag_key) as canonical_tag_key,
    tags.is_active,
    tags.valid_from
from {{ ref('canonical__tags') }} as tags
left join {{ ref('canonical__tags') }} as canonical_tags on tags.canonical_tag_key = canonical_tags.tag_key
