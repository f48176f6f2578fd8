{{ config(materialized=step()) }}

-- Every reason with itself and its ancestors, up to five levels: a test fails when a taxonomy grows deeper.
with tags as (
    select
        tag_key,
        coalesce(canonical_tag_key, tag_key) as reason_tag_key,
        parent_tag_key
    from {{ ref('dim_tags') }}
),

-- A synonym hangs where its canonical tag hangs.
parents as (
    select
        tags.tag_key,
        coalesce(parent_tags.reason_tag_key, tags.parent_tag_key) as parent_tag_key
    from tags
    left join tags as parent_tags
        on tags.parent_tag_key = parent_tags.tag_key
    where tags.tag_key = tags.reason_tag_key
),

chains as (
    select
        self.tag_key as level_0,
        self.parent_tag_key as level_1,
        parent.parent_tag_key as level_2,
        grandparent.parent_tag_key as level_3,
        great_grandparent.parent_tag_key as level_4
    from parents as self
    left join parents as parent
        on self.parent_tag_key = parent.tag_key
    left join parents as grandparent
        on parent.parent_tag_key = grandparent.tag_key
    left join parents as great_grandparent
        on grandparent.parent_tag_key = great_grandparent.tag_key
),

pairs as (
    {%- for level in range(5) %}
    select
        level_0 as reason_tag_key,
        level_{{ level }} as ancestor_tag_key
    from chains
    where level_{{ level }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Grouping keeps a faulty circular taxonomy from counting a ticket twice.
final as (
    select
        reason_tag_key,
        ancestor_tag_key
    from pairs
    group by
        reason_tag_key,
        ancestor_tag_key
)

select * from final
