{{ config(materialized=step()) }}

-- What a source can tell, read off what it has told: a capability nobody declared is taken from the data, so that a
-- KPI without its input is shown as not measurable instead of as zero.

with

sources as (

    select distinct
        tenant_id,
        source_system
    from {{ ref('canonical__tickets') }}

),

observed as (

    -- who tells changes of status or holder is taken to tell those of holder and tags too
    {% for capability in ['event_log', 'assignment_log', 'tag_log'] %}
    select
        tenant_id,
        source_system,
        '{{ capability }}' as capability,
        case when max(case when event_source = 'snapshot_diff' then 0 else 1 end) = 1 then 'full' else 'partial' end as level
    from {{ ref('canonical__ticket_events') }}
    where event_type in ('status_change', 'assignee_change')
    group by tenant_id, source_system

    union all

    {% endfor %}
    select distinct
        tenant_id,
        source_system,
        'ticket_team' as capability,
        'full' as level
    from {{ ref('canonical__tickets') }}
    where team_id is not null

    union all

    select distinct
        tenant_id,
        source_system,
        'ticket_team' as capability,
        'full' as level
    from {{ ref('canonical__ticket_events') }}
    where event_type = 'team_change'

    union all

    select distinct
        tenant_id,
        source_system,
        'role_history' as capability,
        'full' as level
    from {{ ref('canonical__agent_role_history') }}

    union all

    select distinct
        tenant_id,
        coalesce(subject_system, source_system) as source_system,
        'handle_time' as capability,
        'full' as level
    from {{ ref('canonical__handle_sessions') }}

    union all

    select distinct
        tenant_id,
        coalesce(subject_system, source_system) as source_system,
        'agent_state' as capability,
        'full' as level
    from {{ ref('canonical__agent_time') }}

    union all

    select distinct
        tenant_id,
        source_system,
        'macro_id' as capability,
        'full' as level
    from {{ ref('canonical__messages') }}
    where macro_id is not null

    union all

    select distinct
        tenant_id,
        source_system,
        'no_reply_flag' as capability,
        'full' as level
    from {{ ref('canonical__messages') }}
    where no_reply_needed is not null

    union all

    select distinct
        tenant_id,
        source_system,
        'delete_log' as capability,
        'full' as level
    from {{ ref('canonical__ticket_events') }}
    where event_type in ('message_deleted', 'message_hidden', 'deleted')

    union all

    select distinct
        tenant_id,
        coalesce(subject_system, source_system) as source_system,
        'survey_resolved_question' as capability,
        'full' as level
    from {{ ref('canonical__satisfaction_responses') }}
    where resolved_answer is not null

    union all

    select distinct
        tenant_id,
        source_system,
        'due_date_published' as capability,
        'full' as level
    from {{ ref('canonical__tickets') }}
    where due_by_source is not null

    union all

    select distinct
        sources.tenant_id,
        sources.source_system,
        'business_calendar' as capability,
        case when calendars.origin = 'seed' then 'partial' else 'full' end as level
    from sources
    inner join {{ ref('canonical__business_calendars') }} as calendars
        on sources.tenant_id = calendars.tenant_id

),

capabilities as (

    select capability
    from (
        values
        ('event_log'), ('role_history'), ('handle_time'), ('macro_id'), ('delete_log'), ('no_reply_flag'),
        ('survey_resolved_question'), ('agent_state'), ('business_calendar'), ('due_date_published'), ('assignment_log'),
        ('tag_log'), ('ticket_team')
    ) as known (capability)

),

best as (

    select
        tenant_id,
        source_system,
        capability,
        min(level) as level
    from observed
    group by tenant_id, source_system, capability

)

select
    sources.tenant_id,
    sources.source_system,
    capabilities.capability,
    coalesce(best.level, 'none') as level,
    case
        when best.level is null then 'not declared; nothing of it in the data'
        else 'not declared; read off the data'
    end as note
from sources
cross join capabilities
left join best
    on
    sources.tenant_id = best.tenant_id
    and sources.source_system = best.source_system
    and capabilities.capability = best.capability
