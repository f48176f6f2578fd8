-- Roll-ups read five levels. Deeper chains would silently lose their top: widen int_reason_rollups then.
with chains as (
    select
        rollups.reason_tag_key,
        rollups.ancestor_tag_key,
        tags.parent_tag_key
    from {{ ref('int_reason_rollups') }} as rollups
    inner join {{ ref('dim_tags') }} as tags
        on rollups.ancestor_tag_key = tags.tag_key
)

select chains.*
from chains
left join {{ ref('dim_tags') }} as parents
    on chains.parent_tag_key = parents.tag_key
left join chains as reached
    on chains.reason_tag_key = reached.reason_tag_key
    and coalesce(parents.canonical_tag_key, parents.tag_key) = reached.ancestor_tag_key
where parents.tag_key is not null and reached.reason_tag_key is null
