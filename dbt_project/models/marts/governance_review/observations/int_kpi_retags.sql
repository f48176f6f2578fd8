{{ config(access='protected') }}

-- Resolved tickets that were tagged with a reason: whether the reason at the last resolution is another than the first, in the
-- month of that resolution, by whoever tagged first. A reason below the first is a refinement, no change.

with

cycles as (

    select * from {{ ref('fct_resolution_cycles') }}
    where is_last and ended_at is not null

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

tags as (

    select * from {{ ref('dim_tags') }}
    where kind = 'reason'

),

reason_changes as (

    -- whoever set a first reason that was there before the first change is not known
    select
        original_ticket_key as ticket_key,
        actor_role,
        actor_agent_key,
        actor_team_key,
        to_value,
        row_number() over (partition by original_ticket_key order by occurred_at, seq, event_id) as change_no,
        max(case when from_value is not null then 1 else 0 end) over (
            partition by original_ticket_key order by occurred_at, seq, event_id
            rows between unbounded preceding and current row
        ) as was_tagged_before
    from {{ ref('fct_ticket_events') }}
    where event_type = 'reason_change'

),

taggings as (

    select
        ticket_key,
        actor_role,
        actor_agent_key,
        actor_team_key,
        was_tagged_before,
        row_number() over (partition by ticket_key order by change_no) as tagging_no
    from reason_changes
    where to_value is not null

),

tagged as (

    select
        cycles.tenant_id,
        tickets.ticket_key as fact_key,
        tickets.ticket_key,
        cycles.ended_at as happened_at,
        first_tags.name || ' -> ' || coalesce(last_tags.name, 'untagged') as detail,
        cycles.ended_month as month,
        rollups.reason_tag_key is null as is_changed,
        cycles.platform,
        cycles.marketplace_account_key,
        cycles.channel_key,
        case when taggings.was_tagged_before = 0 then coalesce(taggings.actor_team_key, tickets.team_key) else tickets.team_key end
            as team_key,
        case when taggings.was_tagged_before = 0 and taggings.actor_role = 'agent' then taggings.actor_agent_key else 'unowned' end
            as agent_key
    from cycles
    inner join tickets on cycles.ticket_key = tickets.ticket_key
    inner join tags as first_tags on tickets.first_reason_tag_key = first_tags.tag_key
    left join tags as last_tags on tickets.resolution_reason_tag_key = last_tags.tag_key
    left join {{ ref('int_reason_rollups') }} as rollups
        on
        tickets.resolution_reason_tag_key = rollups.reason_tag_key
        and tickets.first_reason_tag_key = rollups.ancestor_tag_key
    left join taggings
        on
        tickets.ticket_key = taggings.ticket_key
        and taggings.tagging_no = 1
    where not tickets.is_excluded

),

measured as (

    {{ kpi_counts('tagged', [
        {'kpi_id': 'retag_rate', 'stat': 'ratio', 'numerator': 'case when is_changed then 1 else 0 end', 'denominator': '1'},
    ]) }}

)

select * from measured
