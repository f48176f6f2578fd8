{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- What the coaching flags about single reasons, reopenings, reasons changed and quality count: one row per fact and flag, with
-- the person it counts for, without tickets whose source does not tell what the flag needs. Flags about reasons read the five
-- largest of the last thirty days; `subject` is the reason.
with ranked as (
    select
        *,
        rank() over (partition by tenant_id order by month desc) as months_ago
    from {{ ref('int_reason_ranks') }}
    where window_days = 30 and scope_type = 'company'
),

reasons as (
    select
        tickets.tenant_id,
        tickets.ticket_key,
        tops.reason_name
    from {{ ref('dim_tickets') }} as tickets
    inner join {{ ref('dim_tags') }} as tags
        on coalesce(tickets.resolution_reason_tag_key, tickets.reason_tag_key) = tags.tag_key
    inner join ranked as tops
        on
        tickets.tenant_id = tops.tenant_id
        and lower(tags.name) = tops.reason_name
    where tops.months_ago = 1 and tops.is_top5
),

handled as (
    select
        tenant_id,
        ticket_key,
        agent_key,
        obligation_key,
        max(ended_at) as ended_at,
        sum(handle_s) as handle_s
    from {{ ref('int_handle_sessions') }}
    where obligation_key is not null
    group by tenant_id, ticket_key, agent_key, obligation_key
),

facts as (
    select
        handled.tenant_id,
        'high_aht_reason' as flag_id,
        reasons.reason_name as subject,
        'all' as source_system,
        handled.agent_key,
        handled.obligation_key as fact_key,
        handled.ticket_key,
        handled.ended_at as happened_at,
        {{ as_double('handled.handle_s') }} as numerator,
        {{ as_double('1') }} as denominator
    from handled
    inner join reasons on handled.ticket_key = reasons.ticket_key

    union all

    select
        issues.tenant_id,
        'low_fcr_reason' as flag_id,
        reasons.reason_name as subject,
        'all' as source_system,
        issues.agent_key,
        issues.issue_key as fact_key,
        issues.ticket_key,
        issues.resolved_at as happened_at,
        case when issues.is_fcr then 1 else 0 end as numerator,
        1 as denominator
    from {{ ref('int_resolved_issues') }} as issues
    inner join reasons on issues.ticket_key = reasons.ticket_key
    where issues.is_in_fcr

    union all

    -- only the same system's replies can be compared: not every system says which macro was used
    select
        messages.tenant_id,
        'macro_unused' as flag_id,
        reasons.reason_name as subject,
        messages.source_system,
        messages.author_agent_key as agent_key,
        messages.message_key as fact_key,
        messages.ticket_key,
        messages.sent_at as happened_at,
        case when messages.macro_key is not null then 1 else 0 end as numerator,
        1 as denominator
    from {{ ref('fct_messages') }} as messages
    inner join reasons on messages.ticket_key = reasons.ticket_key
    where messages.is_human_public_reply and not messages.is_ticket_excluded

    union all

    select
        cycles.tenant_id,
        'reopen_outlier' as flag_id,
        'all' as subject,
        'all' as source_system,
        cycles.resolver_agent_key as agent_key,
        cycles.cycle_key as fact_key,
        cycles.ticket_key,
        cycles.ended_at as happened_at,
        case when cycles.is_reopen_within_7d then 1 else 0 end as numerator,
        1 as denominator
    from {{ ref('fct_resolution_cycles') }} as cycles
    inner join {{ ref('dim_tickets') }} as tickets on cycles.ticket_key = tickets.ticket_key
    where not tickets.is_excluded and cycles.matured_at <= {{ as_of_at() }}

    union all

    select
        tenant_id,
        'retag_outlier' as flag_id,
        'all' as subject,
        'all' as source_system,
        agent_key,
        fact_key,
        ticket_key,
        happened_at,
        numerator,
        denominator
    from {{ ref('int_kpi_retags') }}

    {%- for flag, numerator, denominator in [
        ('quality_below_min', 'points_counted', 'points_possible'), ('knowledge_gap', 'training_errors', '1')
    ] %}

    union all

    select
        tenant_id,
        '{{ flag }}' as flag_id,
        'all' as subject,
        'all' as source_system,
        agent_key,
        review_key as fact_key,
        ticket_key,
        reviewed_at as happened_at,
        {{ numerator }} as numerator,
        {{ denominator }} as denominator
    from {{ ref('fct_qa_reviews') }}
    where is_judged
    {%- endfor %}
),

measures as (
    {{ coaching_measures() }}
),

unseen as (
    select distinct
        tickets.ticket_key,
        measures.rule_id
    from {{ ref('int_kpi_unseen_tickets') }} as tickets
    inner join measures on tickets.kpi_id = measures.measured_as
)

select facts.*
from facts
left join unseen
    on
    facts.ticket_key = unseen.ticket_key
    and facts.flag_id = unseen.rule_id
where unseen.ticket_key is null
