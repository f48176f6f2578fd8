{%- set columns_of = {
    'replies_sent': ['replies_sent'],
    'first_replies_sent': ['first_replies_sent'],
    'assist_replies': ['assist_replies'],
    'internal_notes': ['internal_notes'],
    'closed_with_reply': ['closed_with_reply', 'human_closed_with_reply'],
    'closed_without_reply': ['closed_without_reply', 'closed_without_reply_repaired', 'human_closed_without_reply'],
    'waiver_rate': ['waivers'],
    'comments_deleted': ['comments_deleted', 'comments_deleted_without_reason', 'messages_deleted', 'messages_hidden'],
    'unanswered_deletions': ['unanswered_deletions'],
    'sensitive_actions': [
        'messages_edited', 'bulk_closes', 'author_blocks', 'deletions', 'policy_overrides', 'sensitive_actions',
    ],
    'reaction_time': ['n_reactions'],
} -%}
{%- for clock in ['cal', 'bus'] -%}
{%- do columns_of['reaction_time'].append('n_reactions_' ~ clock) -%}
{%- for statistic in ['sum', 'min', 'max', 'p10', 'median', 'p90'] -%}
{%- do columns_of['reaction_time'].append('reaction_' ~ statistic ~ '_' ~ clock ~ '_s') -%}
{%- endfor -%}
{%- endfor -%}
{%- set kpis = columns_of.keys() | list -%}
with answering as (
    select * from {{ ref('int_operator_answering') }}
),

handling as (
    select * from {{ ref('int_operator_handling') }}
),

days as (
    select * from {{ ref('int_reporting_days') }}
),

contributions as (
    select
        tenant_id,
        source_system,
        agent_key,
        team_key,
        channel_key,
        counted_at,
        activity,
        reaction_cal_s,
        reaction_bus_s
    from answering

    union all

    select
        tenant_id,
        source_system,
        agent_key,
        team_key,
        channel_key,
        counted_at,
        activity,
        cast(null as bigint) as reaction_cal_s,
        cast(null as bigint) as reaction_bus_s
    from handling
),

placed as (
    select
        contributions.tenant_id,
        contributions.source_system,
        days.date_day,
        {{ agent_key_kept('contributions.agent_key', 'days.are_agents_aggregated') }} as agent_key,
        contributions.team_key,
        contributions.channel_key,
        contributions.activity,
        contributions.reaction_cal_s,
        contributions.reaction_bus_s
    from contributions
    inner join days
        on contributions.tenant_id = days.tenant_id
        and cast(contributions.counted_at as date) = days.utc_date
        and contributions.counted_at >= days.day_start_at
        and contributions.counted_at < days.day_end_at
),

counted as (
    select
        tenant_id,
        source_system,
        date_day,
        agent_key,
        team_key,
        channel_key,
        count(*) filter (where activity in ('reply', 'assist_reply')) as replies_sent,
        count(*) filter (where activity = 'first_reply') as first_replies_sent,
        count(*) filter (where activity = 'assist_reply') as assist_replies,
        count(*) filter (where activity = 'internal_note') as internal_notes,
        count(*) filter (where activity in ('closed_with_reply', 'closed_with_reply_by_automation')) as closed_with_reply,
        count(*) filter (where activity like 'closed_without_reply%') as closed_without_reply,
        count(*) filter (where activity like 'closed_without_reply_repaired%') as closed_without_reply_repaired,
        count(*) filter (where activity = 'closed_with_reply') as human_closed_with_reply,
        count(*) filter (where activity in ('closed_without_reply', 'closed_without_reply_repaired'))
            as human_closed_without_reply,
        count(*) filter (where activity = 'waiver') as waivers,
        count(*) filter (where activity in ('comment_removal_with_reason', 'comment_removal_without_reason'))
            as comments_deleted,
        count(*) filter (where activity = 'comment_removal_without_reason') as comments_deleted_without_reason,
        count(*) filter (where activity = 'message_deleted') as messages_deleted,
        count(*) filter (where activity = 'message_hidden') as messages_hidden,
        count(*) filter (where activity = 'message_edited') as messages_edited,
        count(*) filter (where activity = 'unanswered_deletion') as unanswered_deletions,
        count(*) filter (where activity = 'bulk_close') as bulk_closes,
        count(*) filter (where activity = 'author_block') as author_blocks,
        count(*) filter (where activity = 'deletion') as deletions,
        count(*) filter (where activity = 'policy_override') as policy_overrides,
        count(*) filter (
            where activity in ('bulk_close', 'author_block', 'message_edit', 'deletion', 'policy_override')
        ) as sensitive_actions,
        {% for clock in ['cal', 'bus'] %}
        count(reaction_{{ clock }}_s) as n_reactions_{{ clock }},
        cast(sum(reaction_{{ clock }}_s) as bigint) as reaction_sum_{{ clock }}_s,
        min(reaction_{{ clock }}_s) as reaction_min_{{ clock }}_s,
        max(reaction_{{ clock }}_s) as reaction_max_{{ clock }}_s,
        {% for name, fraction in [('p10', 0.1), ('median', 0.5), ('p90', 0.9)] %}
        cast(percentile_cont({{ fraction }}) within group (order by reaction_{{ clock }}_s) as decimal(18, 1))
            as reaction_{{ name }}_{{ clock }}_s,
        {% endfor %}
        {% endfor %}
        count(*) filter (where activity = 'reaction') as n_reactions
    from placed
    group by
        tenant_id,
        source_system,
        date_day,
        agent_key,
        team_key,
        channel_key
),

unseen as (
    {{ kpi_gap_columns_of_sources(kpis) }}
),

final as (
    select
        {{ surrogate_key([
            'counted.tenant_id', 'counted.source_system', 'cast(counted.date_day as varchar)', 'counted.agent_key',
            "coalesce(counted.team_key, '')", "coalesce(counted.channel_key, '')",
        ]) }} as operator_activity_daily_key,
        counted.tenant_id,
        counted.source_system,
        counted.date_day,
        counted.agent_key,
        counted.team_key,
        counted.channel_key,
        {%- for kpi_id, columns in columns_of.items() %}
        {%- for column in columns %}
        case when unseen.no_{{ kpi_id }} is null then counted.{{ column }} end as {{ column }},
        {%- endfor %}
        {%- endfor %}
        {{ kpi_gap_text('unseen', kpis) }} as not_measurable_reason
    from counted
    left join unseen
        on counted.tenant_id = unseen.tenant_id
        and counted.source_system = unseen.source_system
        and {{ month_start('counted.date_day') }} = unseen.month
)

select * from final
