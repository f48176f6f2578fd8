with

policies as (

    select * from {{ ref('zendesk__policy_versions') }}

),

channels as (

    -- a brand means the channels of its rules
    select
        brands.tenant_id,
        brands.brand_id,
        rules.channel_id
    from {{ ref('stg_zendesk__brands') }} as brands
    inner join {{ ref('seed_zendesk_channel_rules') }} as rules
        on brands.brand_name = rules.brand_name and rules.tenant_id in (brands.tenant_id, '*')

),

conditions as (

    select
        policies.tenant_id,
        policies.policy_id,
        policies.policy_version,
        condition.*
    from policies
    cross join lateral {{ json_rows(json_field('policies.filter', 'all'), {
        'field': 'text', 'operator': 'text', 'value': 'text',
    }) }} as condition

    union all

    select
        policies.tenant_id,
        policies.policy_id,
        policies.policy_version,
        condition.*
    from policies
    cross join lateral {{ json_rows(json_field('policies.filter', 'any'), {
        'field': 'text', 'operator': 'text', 'value': 'text',
    }) }} as condition

),

keyed as (

    select
        conditions.*,
        case
            when conditions.field = 'brand_id' then 'channel_id'
            when conditions.field in ('group_id', 'group') then 'team_id'
            when conditions.field = 'priority' then 'priority'
            when conditions.field = 'current_tags' then 'reason_tag_id'
        end as condition_key,
        case when conditions.field = 'brand_id' then channels.channel_id else conditions.value end as condition_value
    from conditions
    left join channels
        on
        conditions.tenant_id = channels.tenant_id
        and conditions.field = 'brand_id'
        and conditions.value = channels.brand_id

),

lists as (

    select
        tenant_id,
        policy_id,
        policy_version,
        condition_key,
        {{ json_list_agg('condition_value') }} as allowed
    from keyed
    where condition_key is not null and operator in ('is', 'includes', 'any_of')
    group by tenant_id, policy_id, policy_version, condition_key

),

objects as (

    select
        tenant_id,
        policy_id,
        policy_version,
        rtrim(
            coalesce(max(case when condition_key = 'channel_id' then '"channel_id":' || allowed || ',' end), '')
            || coalesce(max(case when condition_key = 'team_id' then '"team_id":' || allowed || ',' end), '')
            || coalesce(max(case when condition_key = 'priority' then '"priority":' || allowed || ',' end), '')
            || coalesce(max(case when condition_key = 'reason_tag_id' then '"reason_tag_id":' || allowed || ',' end), ''),
            ','
        ) as members
    from lists
    group by tenant_id, policy_id, policy_version

),

unknown as (

    select
        tenant_id,
        policy_id,
        policy_version,
        max(field || ' ' || coalesce(operator, '')) as example
    from keyed
    where condition_key is null or operator not in ('is', 'includes', 'any_of')
    group by tenant_id, policy_id, policy_version

),

final as (

    select
        policies.tenant_id,
        'zendesk' as source_system,
        policies.policy_id || '-' || policies.policy_version as source_id,
        policies.policy_id,
        policies.policy_version as version,
        'internal' as layer,
        policies.title as name,
        cast(policies.position as integer) as position,
        -- a condition without a counterpart would make the policy match too much: better none than a wrong promise
        case
            when unknown.policy_id is not null then '{"channel_id":["unmapped"]}'
            else '{' || coalesce(objects.members, '') || '}'
        end as conditions,
        policies.valid_from,
        policies.valid_to,
        policies.created_at as occurred_at,
        policies.ingested_at,
        policies.updated_at as source_updated_at,
        policies.missing_since is not null as is_deleted_in_source,
        policies.row_hash,
        policies.load_id,
        'condition=' || unknown.example as unmapped_values
    from policies
    left join objects
        on
        policies.tenant_id = objects.tenant_id
        and policies.policy_id = objects.policy_id
        and policies.policy_version = objects.policy_version
    left join unknown
        on
        policies.tenant_id = unknown.tenant_id
        and policies.policy_id = unknown.policy_id
        and policies.policy_version = unknown.policy_version

)

select * from final
