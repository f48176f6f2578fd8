{{ config(schema='intermediate', access='private', contract={'enforced': false}) }}

-- How hard a turn was to answer in time: the stratum of each obligation (catalogue §11.2): channel class, platform, group of
-- reasons (the top of its taxonomy), priority, and whether it arrived in or out of the hours of its team.
with obligations as (
    select
        *,
        {{ epoch_us('started_at') }} as started_us,
        coalesce(
            team_key, internal_sla_owner_team_key, marketplace_sla_owner_team_key, responder_team_key, holder_team_key
        ) as hours_team_key
    from {{ ref('fct_response_obligations') }}
),

teams as (
    select * from {{ ref('dim_teams') }}
),

tops as (
    select
        rollups.reason_tag_key,
        min(lower(tags.name)) as reason_group
    from {{ ref('int_reason_rollups') }} as rollups
    inner join {{ ref('dim_tags') }} as tags
        on rollups.ancestor_tag_key = tags.tag_key
    where tags.parent_tag_key is null and tags.kind = 'reason'
    group by rollups.reason_tag_key
),

placed as (
    select
        obligations.tenant_id,
        obligations.obligation_key,
        obligations.channel_class,
        obligations.platform,
        obligations.priority,
        obligations.reason_tag_key,
        obligations.started_us,
        teams.calendar_id
    from obligations
    left join teams
        on obligations.hours_team_key = teams.team_key
),

final as (
    select
        placed.tenant_id,
        placed.obligation_key,
        coalesce(placed.channel_class, 'none') as channel_class,
        coalesce(placed.platform, 'none') as platform,
        coalesce(tops.reason_group, 'untagged') as reason_group,
        coalesce(placed.priority, 'none') as priority,
        -- a team without a calendar has no hours to be out of
        case when placed.started_us < hours.closes_us or placed.calendar_id is null then 'in_hours' else 'out_of_hours' end as arrival
    from placed
    left join tops
        on placed.reason_tag_key = tops.reason_tag_key
    {{ asof_left_join(ref('core__calendar_windows'), 'hours',
        [['placed.tenant_id', 'tenant_id'], ['placed.calendar_id', 'calendar_id']], 'placed.started_us', 'opens_us') }}
)

select * from final
