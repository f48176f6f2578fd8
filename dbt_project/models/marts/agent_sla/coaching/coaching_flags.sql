-- Suggestions for the week of now, each with its evidence; never an automatic consequence (§13). A flag whose inputs no source
-- delivers is not raised: coaching_rules says why.
with found as (
    select
        tenant_id,
        week,
        flag_id,
        rule_id,
        coalesce(agent_key, 'team') as agent_key,
        team_key,
        evidence,
        suggested_topic,
        is_coaching,
        'all' as subject
    from {{ ref('int_coaching_signals') }}

    union all

    select
        tenant_id,
        cast(date_trunc('week', last_day) as date) as week,
        flag_id,
        flag_id as rule_id,
        agent_key,
        team_key,
        {{ coaching_evidence() }} as evidence,
        {{ coaching_topic() }} as suggested_topic,
        true as is_coaching,
        subject
    from {{ ref('int_coaching_findings') }}
),

possible as (
    select found.*
    from found
    left join {{ ref('coaching_rules') }} as rules
        on
        found.tenant_id = rules.tenant_id
        and found.rule_id = rules.rule_id
    where coalesce(rules.is_measurable, true)
),

known as (
    select
        {{ surrogate_key(['tenant_id', 'cast(week as varchar)', 'flag_id', 'agent_key', "coalesce(team_key, '')", 'subject']) }} as coaching_flag_id,
        {{ coaching_kpi() }} as kpi_id,
        case when agent_key = 'team' then 'team' else 'agent' end as scope_type,
        case when agent_key = 'team' then team_key else agent_key end as scope_id,
        *
    from possible
),

-- The action that answers a flag: the one that names it, else the latest of the last ninety days about the same person and KPI.
answered as (
    select
        known.coaching_flag_id,
        actions.action_id,
        actions.status,
        actions.outcome,
        row_number() over (
            partition by known.coaching_flag_id
            order by
                case when actions.evidence_ref = known.coaching_flag_id then 1 else 2 end, actions.meeting_at desc, actions.action_id
        ) as preference
    from known
    inner join {{ ref('actions') }} as actions
        on
        known.tenant_id = actions.tenant_id
        and (
            actions.evidence_ref = known.coaching_flag_id
            or (
                known.scope_type = actions.scope_type
                and known.scope_id = actions.scope_id
                and known.kpi_id = actions.kpi_id
                and actions.meeting_at >= {{ add_seconds(as_of_at(), "-7776000") }}
            )
        )
),

final as (
    select
        known.coaching_flag_id,
        known.tenant_id,
        known.week,
        known.flag_id,
        nullif(known.subject, 'all') as subject,
        nullif(known.agent_key, 'team') as agent_key,
        known.team_key,
        known.kpi_id,
        known.evidence,
        known.suggested_topic,
        known.is_coaching,
        answered.action_id,
        answered.status as action_status,
        answered.outcome as action_outcome,
        {{ as_of_at() }} as as_of_at
    from known
    left join answered
        on
        known.coaching_flag_id = answered.coaching_flag_id
        and answered.preference = 1
)

select * from final
