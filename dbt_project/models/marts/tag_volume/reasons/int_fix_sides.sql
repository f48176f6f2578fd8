{{ config(materialized=step()) }}

-- For each fix that went live and each platform with orders: whether the fix touches it, whether it can stand for what would have
-- happened without (control), or neither, because another fix of the same reason went live there within the 8 weeks around.
with fixes as (
    select * from {{ ref('core__fixes') }}
    where status in ('live', 'stopped') and live_on is not null
),

maps as (
    select * from {{ ref('core__root_cause_map') }}
),

tags as (
    select * from {{ ref('dim_tags') }}
    where kind = 'reason'
),

rollups as (
    select * from {{ ref('int_reason_rollups') }}
),

-- A sheet names the reason by the id of whichever system; the reason is its name, with everything below it.
covered as (
    select distinct
        fixes.tenant_id,
        fixes.fix_id,
        maps.marketplace_platform as platform,
        fixes.live_on,
        lower(coalesce(below.name, tags.name)) as reason_name
    from fixes
    inner join maps
        on fixes.tenant_id = maps.tenant_id
        and fixes.map_id = maps.map_id
    inner join tags
        on maps.tenant_id = tags.tenant_id
        and maps.reason_tag_id = tags.tag_id
    left join rollups
        on coalesce(tags.canonical_tag_key, tags.tag_key) = rollups.ancestor_tag_key
    left join tags as below
        on rollups.reason_tag_key = below.tag_key
),

rivals as (
    select distinct
        covered.tenant_id,
        covered.fix_id,
        others.platform
    from covered
    inner join covered as others
        on covered.tenant_id = others.tenant_id
        and covered.reason_name = others.reason_name
        and covered.fix_id <> others.fix_id
        and others.live_on > cast({{ dbt.dateadd('day', -56, 'covered.live_on') }} as date)
        and others.live_on < cast({{ dbt.dateadd('day', 56, 'covered.live_on') }} as date)
),

platforms as (
    select distinct
        tenant_id,
        platform
    from {{ ref('core__orders') }}
),

sides as (
    select
        covered.tenant_id,
        covered.fix_id,
        covered.live_on,
        covered.reason_name,
        platforms.platform,
        case
            when covered.platform is null or covered.platform = platforms.platform then 'touched'
            when max(rivals.fix_id) is not null then 'neither'
            else 'control'
        end as side
    from covered
    inner join platforms
        on covered.tenant_id = platforms.tenant_id
    left join rivals
        on covered.tenant_id = rivals.tenant_id
        and covered.fix_id = rivals.fix_id
        and (rivals.platform = platforms.platform or rivals.platform is null)
    group by
        covered.tenant_id,
        covered.fix_id,
        covered.live_on,
        covered.reason_name,
        covered.platform,
        platforms.platform
)

select * from sides
